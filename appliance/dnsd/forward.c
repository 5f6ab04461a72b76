/*
 * Questions by UDP on their way (RFC 5452): each from a port of its own, which INET
 * draws at random, with a random id, to a connected socket, so that only that
 * upstream's answer arrives. The same question by several clients is asked once.
 *
 *	free -> asked -> answered: every asker is told
 *	          |  ^
 *	          +--+ no answer in time, or a failure: the next upstream, TRIES_MAX times
 */
#include "appliance/dnsd/dnsd.h"
#include "services/runtime/random.h"

#include <string.h>

#define ASKERS_MAX 4u

struct asker {
	struct sockaddr_in from;
	struct dns_query query;
};

struct forward {
	unsigned asker_count; /* 0: free */
	struct asker askers[ASKERS_MAX];
	int fd; /* -1: none */
	uint16_t id;
	bool edns;
	unsigned upstream, tries;
	uint64_t deadline_us;
};

static struct forward forwards[FORWARDS_MAX];
static uint8_t message[DNS_UDP_BYTES + DNS_OPT_BYTES];
static uint8_t reply[DNS_UDP_BYTES + DNS_OPT_BYTES + DNS_QUERY_BYTES];

static void forward_close(struct forward *forward)
{
	socket_abandon(forward->fd);
	forward->fd = -1;
}

static void forward_end(struct forward *forward)
{
	forward_close(forward);
	forward->asker_count = 0;
}

static bool question_send(struct forward *forward)
{
	uint32_t address = dnsd_upstreams.addresses[forward->upstream];
	struct sockaddr_in to = dnsd_socket_address(address, DNS_PORT);
	uint8_t out[DNS_QUERY_BYTES];

	forward->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (forward->fd < 0)
		return false;
	forward->id = (uint16_t)random_u32();
	size_t bytes = dns_query_build(&forward->askers[0].query, forward->id, forward->edns, out);
	return connect(forward->fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	       send(forward->fd, out, bytes, MSG_DONTWAIT) >= 0;
}

static void askers_fail(int listener, struct forward *forward)
{
	for (unsigned i = 0; i < forward->asker_count; i++) {
		const struct asker *asker = &forward->askers[i];
		size_t bytes = dns_error_build(&asker->query, DNS_SERVER_FAILURE, reply);
		(void)sendto(listener, reply, bytes, MSG_DONTWAIT,
			     (const struct sockaddr *)&asker->from, sizeof(asker->from));
	}
	forward_end(forward);
}

/* If it cannot be sent now, the deadline tries the next upstream. */
static void forward_try(int listener, struct forward *forward, uint64_t now_us)
{
	forward_close(forward);
	if (forward->tries++ == TRIES_MAX || forward->upstream >= dnsd_upstreams.count) {
		askers_fail(listener, forward);
		return;
	}
	forward->deadline_us = now_us + UPSTREAM_US;
	if (!question_send(forward))
		forward_close(forward);
}

static bool asker_is(const struct asker *asker, const struct sockaddr_in *from,
		     const struct dns_query *query)
{
	return asker->from.sin_addr.s_addr == from->sin_addr.s_addr &&
	       asker->from.sin_port == from->sin_port && asker->query.id == query->id;
}

/* Joins who asks the same already. */
static bool question_join(const struct sockaddr_in *from, const struct dns_query *query)
{
	for (unsigned i = 0; i < FORWARDS_MAX; i++) {
		struct forward *forward = &forwards[i];
		const struct dns_query *first = &forward->askers[0].query;
		if (forward->asker_count == 0 || !dns_query_same(first, query) ||
		    first->dnssec != query->dnssec || first->unchecked != query->unchecked)
			continue;
		for (unsigned j = 0; j < forward->asker_count; j++)
			if (asker_is(&forward->askers[j], from, query))
				return true; /* it asks again: the answer is on its way */
		if (forward->asker_count < ASKERS_MAX)
			forward->askers[forward->asker_count++] = (struct asker){ *from, *query };
		return true;
	}
	return false;
}

/* When all are in use the client asks again in a moment. */
void forwards_ask(int listener, const struct sockaddr_in *from, const struct dns_query *query)
{
	if (question_join(from, query))
		return;
	for (unsigned i = 0; i < FORWARDS_MAX; i++) {
		struct forward *forward = &forwards[i];
		if (forward->asker_count != 0)
			continue;
		forward->askers[0] = (struct asker){ *from, *query };
		forward->asker_count = 1;
		forward->fd = -1;
		forward->tries = 0;
		forward->edns = true;
		forward->upstream = dnsd_upstream;
		forward_try(listener, forward, time_us());
		return;
	}
}

static void askers_tell(int listener, const struct forward *forward,
			const struct dns_answer *answer)
{
	for (unsigned i = 0; i < forward->asker_count; i++) {
		const struct asker *asker = &forward->askers[i];
		size_t bytes = dns_reply_build(&asker->query, message, answer->bytes, 0, reply,
					       asker->query.room_bytes);
		(void)sendto(listener, reply, bytes, MSG_DONTWAIT,
			     (const struct sockaddr *)&asker->from, sizeof(asker->from));
	}
}

static void answer_take(int listener, struct forward *forward, uint64_t now_us)
{
	const struct dns_query *query = &forward->askers[0].query;
	struct dns_answer answer;
	ssize_t got = recv(forward->fd, message, sizeof(message), MSG_DONTWAIT);

	if (got < 0 || !dns_answer_parse(message, (size_t)got, query, forward->id, &answer))
		return; /* forged or damaged: the right one may still come */
	if (answer.code == DNS_FORMAT_ERROR && forward->edns) {
		forward->edns = false; /* RFC 6891, 6.2.2: it does not know EDNS */
		forward_try(listener, forward, now_us);
		return;
	}
	if (answer.code != DNS_NO_ERROR && answer.code != DNS_NO_NAME &&
	    forward->tries < TRIES_MAX && dnsd_upstreams.count > 1) {
		forward->upstream = dnsd_upstream_next(forward->upstream);
		forward_try(listener, forward, now_us);
		return;
	}
	cache_keep(&dnsd_cache, query, message, &answer, dnsd_now_s());
	askers_tell(listener, forward, &answer);
	forward_end(forward);
}

unsigned forwards_polls(struct pollfd *polls)
{
	for (unsigned i = 0; i < FORWARDS_MAX; i++)
		polls[i] =
			(struct pollfd){ .fd = forwards[i].asker_count != 0 ? forwards[i].fd : -1,
					 .events = POLLIN };
	return FORWARDS_MAX;
}

void forwards_serve(int listener, const struct pollfd *polls, uint64_t now_us)
{
	for (unsigned i = 0; i < FORWARDS_MAX; i++)
		if (polls[i].fd >= 0 && polls[i].revents != 0)
			answer_take(listener, &forwards[i], now_us);
}

uint64_t forwards_expire(int listener, uint64_t now_us)
{
	uint64_t next_us = SERVICE_NO_DEADLINE;

	for (unsigned i = 0; i < FORWARDS_MAX; i++) {
		struct forward *forward = &forwards[i];
		if (forward->asker_count != 0 && now_us >= forward->deadline_us) {
			forward->upstream = dnsd_upstream_next(forward->upstream);
			forward_try(listener, forward, now_us);
		}
		if (forward->asker_count != 0 && forward->deadline_us < next_us)
			next_us = forward->deadline_us;
	}
	return next_us;
}

void forwards_forget(void)
{
	for (unsigned i = 0; i < FORWARDS_MAX; i++) {
		if (forwards[i].asker_count != 0)
			forward_close(&forwards[i]);
		forwards[i].asker_count = 0;
	}
}
