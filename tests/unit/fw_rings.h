/*
 * The other side of the firewall's queues, and stand-ins for the three calls that
 * fw_port.c makes: what was notified and complained about, and when RS might have
 * been answered, is counted here.
 */
#ifndef FW_RINGS_H
#define FW_RINGS_H

#include "netstack/firewall/fw_port.h"
#include "tests/unit/fw_world.h"

struct ring {
	struct netq_driver driver;
	struct netq_firewall own;
	uint8_t rx[NETQ_TX_BYTES];
	uint8_t tx[NETQ_TX_BYTES];
};

struct rings {
	struct world *w;
	struct fw_ports ports;
	struct quarantine quarantine;
	struct ring ring[FW_PORTS];
};

#define RING_SLOT(port) (10u + (port))

extern unsigned notified_count[64], complained_count[64], complained_last[64], breaths;

/* LAN, WAN, second LAN and host, all ready with link. */
struct rings *rings_new(void);
void rings_free(struct rings *r);
void rings_attach(struct rings *r, unsigned port, bool restarted);
/* The driver receives a frame: appended and published. */
void ring_receive(struct rings *r, unsigned port, const struct frame *f);
/* The driver takes the next frame to send; false: none. */
bool ring_transmit(struct rings *r, unsigned port, struct frame *f);
/* All frames to send are sent and forgotten. */
void rings_transmit_all(struct rings *r);

#endif
