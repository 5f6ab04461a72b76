/*
 * An NE2000 card as the DP8390's datasheet says, for tests of its driver: PROM,
 * memory of 16 or 32 KiB, remote DMA, the ring, the transmitter.
 */
#ifndef UNIT_NE2K_DEVICE_H
#define UNIT_NE2K_DEVICE_H

#include "tests/unit/net_world.h"

#define WIRE_FRAMES_MAX 4096u
#define CARD_BYTES      0x10000u

extern struct ne2k_device {
	uint8_t memory[CARD_BYTES]; /* PROM at 0, memory from 0x4000 on */
	uint8_t command, pstart, pstop, boundary, current;
	uint8_t tsr, tpsr, isr, imr, rcr, tcr, dcr;
	uint8_t par[6], mar[8], counters[3];
	uint16_t tbcr, rsar, rbcr;
	bool small;      /* 16 KiB, which show again behind their end */
	bool words_only; /* an access of four bytes gives or takes only two of them */
	bool slow;       /* frames are only sent by device_send_one */
	bool tx_hangs;   /* until it is reset */
	bool dma_hangs;  /* no remote DMA is ever through */
	bool extra_page; /* leaves a page free behind each frame, as some clones do */
	bool full_is_empty; /* it fills the ring to its last page, and then overwrites it */
	unsigned lost, resets, overflow_stops;
	uint64_t stopped_us;            /* when it was stopped last */
	uint32_t sent[WIRE_FRAMES_MAX]; /* their numbers */
	unsigned sent_count;
	uint32_t next_received; /* number of the next frame that arrives */
} device;

void ne2k_device_init(void);
/* The driver's first life has begun and waits. A cmocka set-up. */
int ne2k_device_start(void **state);
/* The line that the interrupt controller sees. */
bool device_interrupts(void);
/* A frame arrives; false: it did not fit. */
bool device_receive(unsigned length, uint32_t number);
/* The next in order of those that fit. */
bool device_receive_next(unsigned length);
/* The header of the frame that arrived last, for tests that change it. */
uint8_t *device_last_header(void);
/* Ends a transmission; false: there is none. */
bool device_send_one(bool well);
/* Frames 0 to `count` - 1 were sent, each once and in order. */
void device_assert_sent(unsigned count);

#endif
