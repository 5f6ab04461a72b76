/*
 * The chip's part of the RTL8139 driver: what it remembers of the device, and
 * its two halves. Positions in the receive ring are offsets from its start.
 */
#ifndef RTL8139_RTL8139_H
#define RTL8139_RTL8139_H

#include "drivers/net/nic.h"

extern const struct nic_ops rtl8139_ops;

struct rtl8139 {
	uint32_t rx_position; /* of the next frame to take */
	uint32_t rx_end;      /* where the device writes next, as last read */
	uint32_t rx_released; /* up to here the device may write again */
	bool rx_short;        /* the device ran out of room: release what there is at once */
	uint32_t rx_epoch;    /* frames from this index of the queue on lie in this ring */
	uint32_t tx_base;     /* index i is sent by descriptor (i - tx_base) % 4 */
	uint32_t tx_skipped;  /* frames dropped, as far as tx_base has been moved for them */
	uint16_t interrupts;  /* IMR as last written */
	bool readable;        /* its registers read as they were written */
	unsigned unfinished;  /* looks in a row at a frame that is not all there */
	unsigned overflows;   /* in a row, with an empty ring: the receiver hangs */
};

extern struct rtl8139 rtl8139;

/* Notes for the next life, after a change of what it has to know. */
void rtl8139_note(struct nic *nic);

/* --- ring.c: receiving */

/* An empty ring, for a device just set up. */
void ring_init(struct nic *nic);
/* Finds the next frame from our former life's notes, between CAPR and CBR. False: it cannot be. */
bool ring_adopt(struct nic *nic, uint32_t read_position, uint32_t write_position);
/* Up to where the firewall has consumed; what CAPR is to say. */
uint32_t ring_release_position(const struct nic *nic);
enum nic_rx ring_take(struct nic *nic, unsigned max);

/* --- transmitter.c: sending */

/* All four descriptors are idle. False: the kernel refused an address. */
bool transmitter_init(struct nic *nic);
/* Completes what was sent while nobody looked, keeps what still is in flight. */
bool transmitter_adopt(struct nic *nic);
unsigned transmitter_submit(struct nic *nic);

#endif
