/* The calls that most tests of the socket server make, each in one line. */
#ifndef INET_CALLS_H
#define INET_CALLS_H

#include "tests/unit/inet_fixture.h"

enum { WEB = 20, DNS = 21, ALERT = 22 }; /* slots of clients */

static inline struct fixture_answer send_bytes(uint32_t slot, uint32_t id, const void *bytes,
					       uint32_t length_bytes, uint16_t flags)
{
	struct socket_request request = { .id = id, .length_bytes = length_bytes, .flags = flags };
	return fixture_call(slot, SOCKET_SEND, request, (void *)(uintptr_t)bytes);
}

static inline struct fixture_answer receive(uint32_t slot, uint32_t id, void *bytes,
					    uint32_t length_bytes, uint16_t flags)
{
	struct socket_request request = { .id = id, .length_bytes = length_bytes, .flags = flags };
	return fixture_call(slot, SOCKET_RECEIVE, request, bytes);
}

static inline unsigned ready(uint32_t slot, uint32_t id)
{
	struct socket_poll poll = { .id = id, .wanted = SOCKET_READABLE | SOCKET_WRITABLE };
	struct socket_request request = { .flags = SOCKET_NONBLOCKING,
					  .length_bytes = sizeof(poll) };
	assert_int_equal(fixture_call(slot, SOCKET_POLL, request, &poll).status, OK);
	return poll.ready;
}

#endif
