#include "services/runtime/resolver.h"

#include "services/runtime/random.h"
#include "services/runtime/socket.h"

#include <string.h>

#define DNS_PORT  53
#define TRIES_MAX 3u
#define ANSWER_US 4000000u /* the name server itself asks several upstreams */

void resolver_init(struct resolver *resolver)
{
	memset(resolver, 0, sizeof(*resolver));
	resolver->fd = -1;
}

void resolver_end(struct resolver *resolver)
{
	socket_abandon(resolver->fd);
	resolver->fd = -1;
	resolver->state = RESOLVER_IDLE;
}

static enum resolver_state outcome(struct resolver *resolver, enum resolver_state state)
{
	resolver_end(resolver);
	resolver->state = state;
	return state;
}

void resolver_begin(struct resolver *resolver, uint32_t server, const char *name, uint64_t now_us)
{
	resolver_end(resolver);
	resolver->count = 1;
	if (dnsname_is_address(name, &resolver->addresses[0])) {
		resolver->state = RESOLVER_FOUND;
		return;
	}
	resolver->server = server;
	resolver->tries = 0;
	resolver->deadline_us = now_us;
	resolver->query_bytes = dnsname_query_build(name, (uint16_t)random_u32(), resolver->query);
	resolver->state = resolver->query_bytes == 0 ? RESOLVER_NO_NAME : RESOLVER_BUSY;
}

/* Each try from another port. What cannot be sent now is tried at the next deadline. */
static void question_send(struct resolver *resolver)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(DNS_PORT),
				  .sin_addr.s_addr = htonl(resolver->server) };

	socket_abandon(resolver->fd);
	resolver->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (resolver->fd >= 0 && connect(resolver->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		(void)send(resolver->fd, resolver->query, resolver->query_bytes, MSG_DONTWAIT);
}

static bool answer_take(struct resolver *resolver, enum dnsname_outcome *result)
{
	uint8_t answer[DNSNAME_ANSWER_BYTES];

	if (resolver->fd < 0)
		return false;
	ssize_t got = recv(resolver->fd, answer, sizeof(answer), MSG_DONTWAIT);
	if (got < 0 && errno != EAGAIN) { /* INET has lost it: the deadline opens another */
		socket_abandon(resolver->fd);
		resolver->fd = -1;
	}
	if (got < 0)
		return false;
	*result = dnsname_answer_parse(answer, (size_t)got, resolver->query, resolver->query_bytes,
				       resolver->addresses, &resolver->count);
	return *result != DNSNAME_FOREIGN;
}

enum resolver_state resolver_work(struct resolver *resolver, uint64_t now_us)
{
	enum dnsname_outcome result;

	if (resolver->state != RESOLVER_BUSY)
		return resolver->state;
	if (answer_take(resolver, &result)) {
		if (result == DNSNAME_FOUND)
			return outcome(resolver, RESOLVER_FOUND);
		return outcome(resolver,
			       result == DNSNAME_NONE ? RESOLVER_NO_NAME : RESOLVER_FAILED);
	}
	if (now_us < resolver->deadline_us)
		return RESOLVER_BUSY;
	if (resolver->tries++ == TRIES_MAX)
		return outcome(resolver, RESOLVER_FAILED);
	resolver->deadline_us = now_us + ANSWER_US;
	question_send(resolver);
	return RESOLVER_BUSY;
}
