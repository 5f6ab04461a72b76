/*
 * Finds the IPv4 address of a name by asking the appliance's own name server,
 * which knows the upstreams and keeps what they said. One question at a time; a
 * step never waits.
 *
 *	resolver_begin, then from `work` resolver_work until it is not RESOLVER_BUSY
 *
 * Put resolver->fd into what is given to socket_watch (POLLIN). Call random_init
 * first. Link with services/runtime/{resolver,dnsname,random}.c.
 */
#ifndef RUNTIME_RESOLVER_H
#define RUNTIME_RESOLVER_H

#include "services/runtime/dnsname.h"

#include <stdbool.h>
#include <stdint.h>

enum resolver_state {
	RESOLVER_IDLE,
	RESOLVER_BUSY,  /* call again when fd is readable, or at deadline_us */
	RESOLVER_FOUND, /* see addresses */
	RESOLVER_NO_NAME,
	RESOLVER_FAILED, /* no answer, or none that helps: try again some time */
};

struct resolver {
	enum resolver_state state;
	int fd; /* -1: none */
	unsigned tries;
	uint64_t deadline_us;
	uint32_t server;
	uint8_t query[DNSNAME_QUERY_BYTES];
	size_t query_bytes;
	uint32_t addresses[DNSNAME_ADDRESSES_MAX]; /* host byte order */
	unsigned count;
};

/* fd is -1, state RESOLVER_IDLE. Forgets a socket: for the beginning of a life. */
void resolver_init(struct resolver *resolver);
/* `server`: of names, in host byte order. An address in place of a name is found at once. */
void resolver_begin(struct resolver *resolver, uint32_t server, const char *name, uint64_t now_us);
enum resolver_state resolver_work(struct resolver *resolver, uint64_t now_us);
/* Closes the socket; RESOLVER_IDLE. */
void resolver_end(struct resolver *resolver);

#endif
