#include "services/log/sender.h"

#include "services/log/syslog.h"
#include "services/runtime/logring.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"

#include <string.h>

#define RECORDS_PER_TURN 16
#define FIRST_ALONE_US   500000u /* more than ARP takes */
#define NEXT_BATCH_US    10000u  /* UDP has no flow control: 1,600 records a second at most */

enum state { CLOSED, CONNECTING, OPEN, WAITING };

static struct log_ring *ring;
static struct netconf_syslog conf;
static enum state state;
static int socket_fd = -1;
static uint64_t
	until_us; /* CONNECTING, WAITING: until then; OPEN: the collector has to take a byte */
static uint64_t wait_us;
static uint64_t open_us; /* OPEN: since when */
static bool told;        /* that it is away */

static char frame[SYSLOG_FRAME_BYTES]; /* TCP: what is under way */
static size_t frame_bytes, frame_sent;

static bool by_tcp(void)
{
	return conf.protocol == SYSLOG_TCP;
}

static void connection_drop(void)
{
	if (socket_fd >= 0)
		(void)socket_close(socket_fd);
	socket_fd = -1;
	state = CLOSED;
	frame_bytes = frame_sent = 0;
	ring->remote.connected = 0;
}

void sender_init(struct log_ring *to_send)
{
	ring = to_send;
	conf = (struct netconf_syslog){ 0 };
	socket_fd = -1;
	wait_us = SENDER_WAIT_FIRST_US;
	told = false;
	connection_drop();
}

/* What came out of the store was sent in its own boot. */
static uint64_t oldest_wanted(uint64_t first)
{
	return first > ring->restored ? first : ring->restored;
}

void sender_configure(const struct netconf_syslog *wanted)
{
	uint64_t first, next;

	if (memcmp(wanted, &conf, sizeof(conf)) == 0)
		return;
	connection_drop();
	logring_range(ring, &first, &next);
	if (ring->remote.server == 0 && wanted->server != 0)
		ring->remote.next = oldest_wanted(first);
	conf = *wanted;
	ring->remote.server = conf.server;
	wait_us = SENDER_WAIT_FIRST_US;
	told = false;
}

/*
 * The collector is away: what it has not taken whole is sent again. Said once, and
 * again only after it was there for a while, so that our words do not feed the queue.
 */
static void wait_begin(uint64_t now_us)
{
	if (state == OPEN && now_us - open_us >= SENDER_WAIT_LAST_US) {
		wait_us = SENDER_WAIT_FIRST_US;
		told = false;
	}
	connection_drop();
	state = WAITING;
	until_us = now_us + wait_us;
	wait_us = wait_us * 2 < SENDER_WAIT_LAST_US ? wait_us * 2 : SENDER_WAIT_LAST_US;
	if (!told)
		log_warning("the syslog collector does not take what is sent to it");
	told = true;
}

/* --- What is to be sent -------------------------------------------------------- */

/* The next record of the wanted levels; false: there is none yet. */
static bool record_next(struct log_ring_record *record)
{
	uint64_t first, next;

	logring_range(ring, &first, &next);
	if (ring->remote.next < first) {
		ring->remote.dropped += first - ring->remote.next;
		ring->remote.next = oldest_wanted(first);
	}
	for (; ring->remote.next < next; ring->remote.next++)
		if (logring_get(ring, ring->remote.next, record) && record->level <= conf.level)
			return true;
	return false;
}

static void record_done(void)
{
	ring->remote.next++;
	ring->remote.sent++;
}

/* --- UDP ------------------------------------------------------------------------- */

/* The first goes alone: it makes the collector's address known, and no others wait for that. */
static bool datagrams_send(uint64_t now_us, const struct sender_world *world)
{
	struct log_ring_record record;
	bool first = until_us == open_us;

	if (now_us < until_us)
		return true;
	for (int i = 0; i < (first ? 1 : RECORDS_PER_TURN); i++) {
		if (!record_next(&record))
			return true;
		size_t bytes = syslog_message(&record, world->unix_us(&record), world->host, frame);
		if (send(socket_fd, frame, bytes, MSG_DONTWAIT) < 0)
			return errno == EAGAIN; /* INET has no room now */
		record_done();
		until_us = now_us + (first ? FIRST_ALONE_US : NEXT_BATCH_US);
	}
	return true;
}

/* --- TCP ------------------------------------------------------------------------- */

/* True if it has to wait for the collector. */
static bool frame_push(uint64_t now_us)
{
	ssize_t took = send(socket_fd, frame + frame_sent, frame_bytes - frame_sent, MSG_DONTWAIT);

	if (took < 0 && errno != EAGAIN) {
		wait_begin(now_us);
		return true;
	}
	if (took <= 0)
		return true;
	frame_sent += (size_t)took;
	until_us = now_us + SENDER_STUCK_US;
	if (frame_sent == frame_bytes) {
		frame_bytes = frame_sent = 0;
		record_done();
	}
	return false;
}

static bool frame_next(const struct sender_world *world)
{
	struct log_ring_record record;

	if (frame_bytes != 0)
		return true;
	if (!record_next(&record))
		return false;
	frame_bytes = syslog_frame(&record, world->unix_us(&record), world->host, frame);
	frame_sent = 0;
	return true;
}

/* Collectors say nothing: what comes is thrown away, an end is an end. */
static bool has_ended(void)
{
	char bytes[64];
	ssize_t got = recv(socket_fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno != EAGAIN);
}

static void stream_send(uint64_t now_us, const struct sender_world *world)
{
	if (has_ended()) {
		wait_begin(now_us);
		return;
	}
	for (int i = 0; i < RECORDS_PER_TURN; i++) {
		if (!frame_next(world)) {
			until_us = now_us + SENDER_STUCK_US;
			return;
		}
		if (frame_push(now_us))
			break;
	}
	if (state == OPEN && now_us >= until_us)
		wait_begin(now_us);
}

/* --- Connecting ------------------------------------------------------------------ */

static void connected(uint64_t now_us)
{
	state = OPEN;
	until_us = by_tcp() ? now_us + SENDER_STUCK_US : now_us;
	open_us = now_us;
	ring->remote.connected = by_tcp();
}

static void connect_try(uint64_t now_us)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(conf.port),
				  .sin_addr.s_addr = htonl(conf.server) };

	if (state == CLOSED) {
		socket_fd = socket(AF_INET, by_tcp() ? SOCK_STREAM : SOCK_DGRAM, 0);
		until_us = now_us + SENDER_CONNECT_US;
		state = CONNECTING;
	}
	if (socket_fd >= 0 && connect(socket_fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		connected(now_us);
	else if (socket_fd < 0 || errno != EINPROGRESS || now_us >= until_us)
		wait_begin(now_us);
}

static void state_step(uint64_t now_us, const struct sender_world *world)
{
	if (state == WAITING && now_us >= until_us)
		state = CLOSED;
	if (state == CLOSED || state == CONNECTING)
		connect_try(now_us);
	if (state != OPEN)
		return;
	if (by_tcp())
		stream_send(now_us, world);
	else if (!datagrams_send(now_us, world))
		wait_begin(now_us);
}

uint64_t sender_work(uint64_t now_us, const struct sender_world *world, int *fd, short *events)
{
	uint64_t first, next;

	*fd = -1;
	*events = 0;
	if (conf.server == 0)
		return SERVICE_NO_DEADLINE;
	state_step(now_us, world);
	logring_range(ring, &first, &next);
	bool more = state == OPEN && ring->remote.next < next;
	if (state == OPEN && !by_tcp())
		return !more               ? SERVICE_NO_DEADLINE
		       : now_us < until_us ? until_us
					   : now_us + NEXT_BATCH_US;
	*fd = socket_fd;
	*events = state == CONNECTING || more ? POLLIN | POLLOUT : POLLIN;
	return state == OPEN && !more ? SERVICE_NO_DEADLINE : until_us;
}
