/*
 * What every network driver has in common: its life, and when it does what. The
 * chip's part is a table of operations in a fixed order, so that the second
 * driver reads itself.
 *
 *	running --(ring lies, transmitter hangs, mode needs it)--> restart is due
 *	restart is due --(firewall has read what it was given, or 10 ms)--> setup
 *	setup --(it works)--> running
 *	      --(it does not)--> gone, tried again every second
 *
 * The device is looked at after an interrupt, and every NIC_WATCH_US in case one
 * was lost, as long as frames come or go; after a pause of that every NIC_PAUSE_US,
 * of that every NIC_LINK_US. If nothing has arrived for NIC_LINK_US, its registers
 * are compared with what they were set to, as a device can lose them without a word.
 * After NIC_ACTIVE_US it is left to its interrupts, and both are done every SERVICE_REST_US
 * only. Drivers look at the same times, so that the processor wakes once for them.
 * Every pass is bounded, and every interrupt is acknowledged after the device has
 * been served.
 */
#ifndef NET_NIC_H
#define NET_NIC_H

#include "drivers/net/multicast.h"
#include "drivers/net/rx_queue.h"
#include "drivers/net/tx_queue.h"
#include "services/runtime/service.h"

#define NIC_WATCH_US      10000u   /* a lost interrupt costs that much, */
#define NIC_PAUSE_US      80000u   /* after a pause of NIC_WATCH_US that much */
#define NIC_ACTIVE_US     2000000u /* so that a silence that follows is checked for once at least */
#define NIC_HELD_US       200u     /* until we look whether the firewall has caught up */
#define NIC_DRAIN_US      10000u   /* a restart waits for the firewall at most so long */
#define NIC_TX_TIMEOUT_US 200000u  /* 16 collisions and a long pause frame fit in it */
#define NIC_LINK_US       1000000u
#define NIC_RETURN_US     1000000u /* between attempts to set up a device that is gone */

/* What handle_irq found, OR-ed. */
enum nic_event {
	NIC_LINK = 1,   /* the link may have changed */
	NIC_BROKEN = 2, /* the device has to be set up again */
	NIC_GONE = 4,   /* nobody drives the bus: every register reads as ones */
	NIC_SOON = 8,   /* to be called again after NIC_HELD_US */
};

enum nic_rx {
	NIC_RX_EMPTY,  /* all frames there were have been taken */
	NIC_RX_MORE,   /* the batch was full */
	NIC_RX_HELD,   /* the firewall has to consume some before */
	NIC_RX_BROKEN, /* the device's ring makes no sense */
};

/* How to receive; what the firewall says, checked. */
struct nic_mode {
	uint32_t sequence; /* of the firewall's */
	bool promiscuous;
	uint8_t filter[MULTICAST_FILTER_BYTES];
};

struct nic;

struct nic_ops {
	const char *name;
	unsigned rx_batch; /* frames received before others get their turn: a millisecond's worth */
	/*
	 * Takes over the device as our former life left it: no frame that it has
	 * received is lost, none that it has sent is sent again. False: it does not
	 * check out, set it up.
	 */
	bool (*adopt)(struct nic *nic);
	/* Resets and starts the device, MAC and model in nic->own; nothing is in flight. E_DEVICE.
	 */
	enum status (*setup)(struct nic *nic);
	/* Gives the device what the firewall has consumed, takes its events: enum nic_event. */
	unsigned (*handle_irq)(struct nic *nic);
	/* Appends at most `max` frames to nic->rxq. */
	enum nic_rx (*rx_take)(struct nic *nic, unsigned max);
	/*
	 * Completes what has been sent of nic->txq and hands over more; sees to an
	 * interrupt if some remains in flight. Returns 0, NIC_BROKEN, or NIC_SOON if
	 * it ended because it had done enough at once.
	 */
	unsigned (*tx_submit)(struct nic *nic);
	enum netq_link (*link_read)(struct nic *nic, uint32_t *speed_mbit);
	/* Applies nic->mode without loss; false: it takes a restart. */
	bool (*mode_set)(struct nic *nic);
	/*
	 * Nothing has been received for a while: is the device still as it was set up? What can be
	 * written at any time is only written again. False: it is not.
	 */
	bool (*holds)(struct nic *nic);
};

struct nic {
	const struct nic_ops *ops;
	uint16_t base; /* first I/O port */
	bool isa;
	struct netq_driver *own;
	const struct netq_firewall *theirs;
	uint8_t *rx;                       /* the regions, */
	const uint8_t *tx;                 /* and as the device */
	uint32_t rx_physical, tx_physical; /* sees them */
	struct rx_queue rxq;
	struct tx_queue txq;
	struct nic_mode mode;
	uint64_t now_us;
	uint64_t look_at_us;    /* when to look at the device without an interrupt */
	uint64_t link_at_us;    /* when to look at the link, and whether anything has arrived */
	uint64_t rx_frames;     /* at the last such look */
	uint64_t tx_moved_us;   /* when a frame was last completed, or nothing was in flight */
	uint64_t active_us;     /* when a frame last came or went, */
	uint32_t moved;         /* and how many had by then, modulo 2^32 */
	uint64_t restart_by_us; /* when a restart that is due waits no longer */
	bool irq_pending;       /* arrived, and not acknowledged */
	bool restart_due;
	bool rx_stopped; /* the ring lies: nothing more is taken from it */
	bool gone;
};

/* Attaches regions and queues, adopts the device or sets it up. */
void nic_start(struct nic *nic, const struct nic_ops *ops);

void nic_interrupt(struct nic *nic);

/* One pass; returns when the next is due, SERVICE_NO_DEADLINE never. */
uint64_t nic_work(struct nic *nic, uint64_t now_us);

#endif
