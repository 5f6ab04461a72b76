/*
 * An RTL8139 as its datasheet says, for tests of its driver: the receive ring
 * and the transmitter work on the world's regions, and an address outside them
 * fails the test, as does any write that the manifest's DMA rules forbid.
 */
#ifndef UNIT_RTL8139_DEVICE_H
#define UNIT_RTL8139_DEVICE_H

#include "tests/unit/net_world.h"

#define WIRE_FRAMES_MAX 4096u

extern struct rtl8139_device {
	uint32_t rbstart, rcr, tcr, mar[2];
	uint32_t tsd[4], tsad[4];
	uint32_t rcr_odd;     /* bits of RCR that read inverted */
	uint8_t station_bits; /* flipped in the station address since the last reset */
	uint8_t command, media;
	uint16_t capr, cbr, imr, isr;
	uint16_t lost; /* frames there was no room for */
	unsigned resets, next_tx;
	bool slow;                      /* frames are only sent by device_send_one */
	bool stuck_reset;               /* CR_RST never clears */
	bool frozen_capr;               /* overflows although there is room */
	uint32_t sent[WIRE_FRAMES_MAX]; /* their numbers */
	unsigned sent_count;
	uint32_t next_received; /* number of the next frame that arrives */
} device;

void rtl8139_device_init(void);
/* The driver's first life has begun and waits. A cmocka set-up. */
int rtl8139_device_start(void **state);
/* The line that the interrupt controller sees. */
bool device_interrupts(void);
/* A frame arrives; false: it did not fit. */
bool device_receive(unsigned length, uint32_t number);
/* The next in order of those that fit. */
bool device_receive_next(unsigned length);
/* The same with a header of the test's choice. */
bool device_receive_header(unsigned length, uint32_t number, uint32_t header);
/* Sends one frame of those handed over; false: there is none. */
bool device_send_one(void);
/* The oldest frame handed over is given up after 16 collisions. */
void device_abort_one(void);
/* Frames 0 to `count` - 1 were sent, each once and in order. */
void device_assert_sent(unsigned count);

#endif
