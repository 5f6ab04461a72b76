/* What tests of whole packets begin with, do and look at. */
#ifndef FW_CHECKS_H
#define FW_CHECKS_H

#include "tests/unit/fw_world.h"

#include <cmocka.h>

static inline int world_setup(void **state)
{
	*state = world_new();
	return 0;
}

static inline int world_teardown(void **state)
{
	world_free(*state);
	return 0;
}

static inline void assert_forwarded(const struct world *w, unsigned port)
{
	if (w->verdict.outcome != FW_FORWARD)
		print_message("outcome %u, reason %s\n", w->verdict.outcome,
			      fw_reason_word(w->verdict.reason));
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(port));
	assert_true(frame_sums_hold(w->out.buffer + ETHERNET_HEADER_BYTES,
				    w->out.bytes - ETHERNET_HEADER_BYTES));
}

static inline void assert_dropped(const struct world *w, enum fw_reason reason)
{
	assert_int_equal(w->verdict.outcome, FW_DROP);
	assert_string_equal(fw_reason_word(w->verdict.reason), fw_reason_word(reason));
}

/* A connection of the client, opened. */
static inline void tcp_syn(struct world *w, uint16_t port)
{
	struct frame f;

	frame_tcp(&f, CLIENT, port, SERVER, 80, TCP_SYN, 1000, 0, 0);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	frame_tcp(&f, SERVER, 80, WAN_ADDRESS, port, TCP_SYN | TCP_ACK, 5000, 1001, 0);
	world_send(w, WAN_PORT, &f);
	assert_forwarded(w, LAN_PORT);
	frame_tcp(&f, CLIENT, port, SERVER, 80, TCP_ACK, 1001, 5001, 0);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(w->fw.conns.by_state[FW_CONN_TCP_ESTABLISHED] > 0, 1);
}

#endif
