/*
 * Clients by TCP (RFC 7766), one question at a time each; what we do not know is
 * asked by TCP too, so that answers of any length up to ANSWER_MAX come through.
 *
 *	READING -> ASKING (connect, send, receive) -> TELLING -> READING
 */
#include "appliance/dnsd/dnsd.h"
#include "services/runtime/random.h"

#include <string.h>

#define ANSWER_MAX 8192u
#define IDLE_US    10000000u

enum stream_state { READING, ASKING, TELLING };

struct stream {
	int fd; /* -1: free */
	int up; /* to the upstream; -1: none */
	enum stream_state state;
	bool asked; /* the question is out, and the answer is being read */
	struct dns_query query;
	uint16_t id;
	unsigned upstream, tries;
	uint64_t deadline_us;
	size_t done, bytes; /* of what is in `buffer`, with its length in front */
	uint8_t buffer[2 + ANSWER_MAX + DNS_OPT_BYTES];
};

static struct stream streams[STREAMS_MAX];
static bool initialised; /* before that, 0 is no socket */
static uint8_t scratch[ANSWER_MAX + DNS_OPT_BYTES];

/*
 * A place for a newcomer: a free one, else that of whom we wait for the longest: who has a
 * question asks it at once (RFC 7766, 6.2.3). NULL: all are being served.
 */
static struct stream *stream_place(void)
{
	struct stream *idle = NULL;

	for (unsigned i = 0; i < STREAMS_MAX; i++) {
		struct stream *stream = &streams[i];
		if (stream->fd < 0)
			return stream;
		if (stream->state == READING &&
		    (idle == NULL || stream->deadline_us < idle->deadline_us))
			idle = stream;
	}
	return idle;
}

bool streams_have_room(void)
{
	return stream_place() != NULL;
}

static void up_drop(struct stream *stream)
{
	socket_abandon(stream->up);
	stream->up = -1;
}

static void stream_close(struct stream *stream)
{
	up_drop(stream);
	socket_abandon(stream->fd);
	stream->fd = -1;
}

static void reading_begin(struct stream *stream, uint64_t now_us)
{
	stream->state = READING;
	stream->done = 0;
	stream->deadline_us = now_us + IDLE_US;
}

void streams_accept(int listener, uint64_t now_us)
{
	struct sockaddr_in from = { 0 };
	socklen_t length = sizeof(from);
	struct stream *stream = stream_place();
	int fd = stream == NULL ? -1 : accept_nowait(listener, (struct sockaddr *)&from, &length);

	if (fd < 0)
		return;
	stream_close(stream);
	stream->fd = fd;
	reading_begin(stream, now_us);
	if (!dnsd_is_client(&from))
		stream_close(stream);
}

/* The message in `buffer` goes out, with its length in front. */
static void framed(struct stream *stream, size_t bytes)
{
	stream->buffer[0] = (uint8_t)(bytes >> 8);
	stream->buffer[1] = (uint8_t)bytes;
	stream->bytes = bytes + 2;
	stream->done = 0;
}

static void telling_begin(struct stream *stream, size_t bytes, uint64_t now_us)
{
	up_drop(stream);
	framed(stream, bytes);
	stream->state = TELLING;
	stream->deadline_us = now_us + IDLE_US;
}

/* Begins it, and later tells how it went. */
static int upstream_connect(const struct stream *stream)
{
	struct sockaddr_in to =
		dnsd_socket_address(dnsd_upstreams.addresses[stream->upstream], DNS_PORT);

	return connect(stream->up, (struct sockaddr *)&to, sizeof(to));
}

/* Asks the upstream whose turn it is; false if none is left. */
static bool asking_begin(struct stream *stream, uint64_t now_us)
{
	up_drop(stream);
	if (stream->tries++ == TRIES_MAX || stream->upstream >= dnsd_upstreams.count)
		return false;
	stream->state = ASKING;
	stream->asked = false;
	stream->id = (uint16_t)random_u32();
	stream->deadline_us = now_us + UPSTREAM_US;
	framed(stream, dns_query_build(&stream->query, stream->id, true, stream->buffer + 2));
	stream->up = socket(AF_INET, SOCK_STREAM, 0);
	if (stream->up >= 0)
		(void)upstream_connect(stream); /* how it went is asked when poll has it */
	return true;
}

static void ask_or_fail(struct stream *stream, uint64_t now_us)
{
	if (!asking_begin(stream, now_us))
		telling_begin(
			stream,
			dns_error_build(&stream->query, DNS_SERVER_FAILURE, stream->buffer + 2),
			now_us);
}

static bool query_take(struct stream *stream, uint64_t now_us)
{
	enum dns_code code;

	if (!dns_query_parse(stream->buffer + 2, stream->done - 2, &stream->query, &code))
		return false;
	stream->tries = 0;
	stream->upstream = dnsd_upstream;
	size_t bytes = code != DNS_NO_ERROR
			       ? dns_error_build(&stream->query, code, stream->buffer + 2)
			       : dnsd_known(&stream->query, stream->buffer + 2, ANSWER_MAX);
	if (bytes != 0)
		telling_begin(stream, bytes, now_us);
	else
		ask_or_fail(stream, now_us);
	return true;
}

/* Reads on into `buffer`; 1: a whole message is there; 0: not yet; -1: it is over. */
static int message_read(struct stream *stream, int fd, size_t most)
{
	size_t wanted = 2;

	if (stream->done >= 2) {
		wanted = 2 + ((size_t)stream->buffer[0] << 8 | stream->buffer[1]);
		if (wanted > most + 2 || wanted < DNS_HEADER_BYTES)
			return -1;
	}
	ssize_t got = recv(fd, stream->buffer + stream->done, wanted - stream->done, MSG_DONTWAIT);
	if (got <= 0)
		return got < 0 && errno == EAGAIN ? 0 : -1;
	stream->done += (size_t)got;
	return stream->done == wanted && wanted > 2;
}

static void client_read(struct stream *stream, uint64_t now_us)
{
	int whole = message_read(stream, stream->fd, DNS_PLAIN_BYTES);

	if (whole < 0 || (whole > 0 && !query_take(stream, now_us)))
		stream_close(stream);
}

/* False if the connection is over. */
static bool buffer_send(struct stream *stream, int fd)
{
	ssize_t sent =
		send(fd, stream->buffer + stream->done, stream->bytes - stream->done, MSG_DONTWAIT);
	if (sent < 0)
		return errno == EAGAIN;
	stream->done += (size_t)sent;
	return true;
}

static void client_write(struct stream *stream, uint64_t now_us)
{
	if (!buffer_send(stream, stream->fd))
		stream_close(stream);
	else if (stream->done == stream->bytes)
		reading_begin(stream, now_us);
}

static bool answer_take(struct stream *stream, uint64_t now_us)
{
	struct dns_answer answer;

	if (!dns_answer_parse(stream->buffer + 2, stream->done - 2, &stream->query, stream->id,
			      &answer))
		return false;
	cache_keep(&dnsd_cache, &stream->query, stream->buffer + 2, &answer, dnsd_now_s());
	size_t bytes = dns_reply_build(&stream->query, stream->buffer + 2, answer.bytes, 0, scratch,
				       sizeof(scratch));
	memcpy(stream->buffer + 2, scratch, bytes);
	telling_begin(stream, bytes, now_us);
	return true;
}

/* Connects, then sends, then reads: as far as it goes. False: this upstream will not do. */
static bool upstream_serve(struct stream *stream, uint64_t now_us)
{
	if (stream->up < 0)
		return false;
	if (!stream->asked) {
		if (upstream_connect(stream) < 0)
			return errno == EINPROGRESS;
		if (!buffer_send(stream, stream->up))
			return false;
		stream->asked = stream->done == stream->bytes;
		if (stream->asked)
			stream->done = 0;
		return true;
	}
	int whole = message_read(stream, stream->up, ANSWER_MAX);
	return whole == 0 || (whole > 0 && answer_take(stream, now_us));
}

static void upstream_work(struct stream *stream, uint64_t now_us)
{
	if (upstream_serve(stream, now_us))
		return;
	stream->upstream = dnsd_upstream_next(stream->upstream);
	ask_or_fail(stream, now_us);
}

unsigned streams_polls(struct pollfd *polls)
{
	for (unsigned i = 0; i < STREAMS_MAX; i++) {
		const struct stream *stream = &streams[i];
		bool asking = stream->fd >= 0 && stream->state == ASKING;
		polls[2 * i] = (struct pollfd){
			.fd = asking ? -1 : stream->fd,
			.events = stream->state == TELLING ? POLLOUT : POLLIN,
		};
		polls[2 * i + 1] = (struct pollfd){
			.fd = asking ? stream->up : -1,
			.events = stream->asked ? POLLIN : POLLOUT,
		};
	}
	return 2 * STREAMS_MAX;
}

void streams_serve(const struct pollfd *polls, uint64_t now_us)
{
	for (unsigned i = 0; i < STREAMS_MAX; i++) {
		struct stream *stream = &streams[i];
		if (stream->fd < 0)
			continue;
		if (polls[2 * i + 1].revents != 0 && stream->state == ASKING)
			upstream_work(stream, now_us);
		else if (polls[2 * i].revents != 0 && stream->state == READING)
			client_read(stream, now_us);
		else if (polls[2 * i].revents != 0 && stream->state == TELLING)
			client_write(stream, now_us);
	}
}

uint64_t streams_expire(uint64_t now_us)
{
	uint64_t next_us = SERVICE_NO_DEADLINE;

	for (unsigned i = 0; i < STREAMS_MAX; i++) {
		struct stream *stream = &streams[i];
		if (stream->fd >= 0 && now_us >= stream->deadline_us) {
			if (stream->state != ASKING) {
				stream_close(stream);
				continue;
			}
			stream->upstream = dnsd_upstream_next(stream->upstream);
			ask_or_fail(stream, now_us);
		}
		if (stream->fd >= 0 && stream->deadline_us < next_us)
			next_us = stream->deadline_us;
	}
	return next_us;
}

void streams_forget(void)
{
	for (unsigned i = 0; i < STREAMS_MAX; i++) {
		if (initialised)
			stream_close(&streams[i]);
		streams[i].fd = streams[i].up = -1;
	}
	initialised = true;
}
