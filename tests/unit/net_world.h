/*
 * What a network driver stands on, for its unit tests: regions, a firewall at
 * the other end of the queues, time that a call takes, and a device, which is
 * the test's. The driver's life can be ended at any kernel call.
 */
#ifndef UNIT_NET_WORLD_H
#define UNIT_NET_WORLD_H

#include "drivers/net/nic.h"
#include "tests/unit/unit.h"

#define WORLD_BASE        0xc000u
#define WORLD_PORTS       256u
#define WORLD_RX_PHYSICAL 0x01000000u
#define WORLD_TX_PHYSICAL 0x02000000u
#define WORLD_FIREWALL    9u /* its slot */

/* A device of the test's: registers, and a stream through one of them. */
struct world_device {
	uint32_t (*read)(unsigned offset, unsigned width);
	void (*write)(unsigned offset, unsigned width, uint32_t value);
};

extern struct net_world {
	struct nic nic;
	const struct nic_ops *ops;
	struct world_device device;
	bool absent; /* every register reads as ones */
	uint64_t now_us;
	uint64_t next_us;    /* when the driver wants to be called again */
	unsigned calls;      /* to the kernel, so far */
	unsigned calls_left; /* the life ends at the kernel call that finds 0; UINT32_MAX: never */
	jmp_buf death;
	struct netq_driver driver;
	struct netq_firewall firewall;
	_Alignas(64) uint8_t rx[NETQ_RX_BYTES];
	_Alignas(64) uint8_t tx[NETQ_TX_BYTES];
	struct start_info info;
	bool irq_enabled;
	unsigned irq_acks, notified, complained, complaint, warnings, breaths;
	uint32_t rx_taken; /* frames the firewall has consumed */
	uint32_t rx_next;  /* number that the next frame received has to bear */
	unsigned rx_twice; /* frames that came a second time */
} world;

/* Everything zero, a device of that kind; the driver is not started. */
void world_init(const struct nic_ops *ops, const struct world_device *device);
/* A life begins; `restarted` says it is not the first. */
void world_start(bool restarted);
/* The driver works until it wants to wait; a pending interrupt is delivered if `irq`. */
void world_work(bool irq);
/* As above, and time passes until the driver is done with all that it waits for. */
void world_pass(uint64_t us);
/* One life until the nth kernel call from now, or until it waits; false: it died. */
bool world_work_or_die(bool irq, unsigned calls);
bool world_start_or_die(unsigned calls);

/* A frame with a number in it, and bytes that follow from that. */
void world_frame_make(uint8_t *frame, unsigned length, uint32_t number);
/* The number in a frame whose bytes are as they should be; fails the test otherwise. */
uint32_t world_frame_check(const uint8_t *frame, unsigned length);

/* The firewall consumes at most `max` frames, which have to come in order; how many. */
unsigned world_consume(unsigned max);
/* The firewall adds a frame to send; true if it would have notified the driver. */
bool world_send(unsigned length, uint32_t number);

#endif
