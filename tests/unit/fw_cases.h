/*
 * A case a drop reason: it sends the one packet that is dropped for it, and what that needs
 * before must drop nothing. Each layer has a table of its own, with NULL where it has no case.
 */
#ifndef FW_CASES_H
#define FW_CASES_H

#include "tests/unit/fw_world.h"

#include <cmocka.h>

typedef void (*drop_case_t)(struct world *w);

extern const drop_case_t fw_cases_link[FW_REASON_COUNT];   /* ports, Ethernet, ARP */
extern const drop_case_t fw_cases_packet[FW_REASON_COUNT]; /* IPv4, TCP, UDP, ICMP */
extern const drop_case_t fw_cases_policy[FW_REASON_COUNT]; /* rules, flows, routes */

/* The frame that the cases of a layer make. */
static struct frame f;

static inline void lan(struct world *w)
{
	world_send(w, LAN_PORT, &f);
}

static inline void wan(struct world *w)
{
	world_send(w, WAN_PORT, &f);
}

static inline void udp(void)
{
	frame_udp(&f, CLIENT, 5000, SERVER, 53, 100);
}

#endif
