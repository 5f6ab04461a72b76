/*
 * A receiver that went silent without a word: device and driver are alive, the
 * link is up, and nothing arrives. Only someone outside can tell that from a
 * quiet network, so a neighbour that has answered before is asked again.
 *
 *	HEARING --nothing for 1 s, or 5 s if we sent nothing either--> ASKING
 *	          (10, 20, 40, 64 s after as many answers with nothing else between, if
 *	          no packet has passed the firewall for 30 s either)
 *	ASKING  --anything arrives--> HEARING
 *	        --four questions sent, none answered--> BLAMED: the driver is complained about
 *	BLAMED  --anything arrives--> HEARING
 *	        --the wait is over--> ASKING
 *
 * RS ends the driver for it, and its next life resets the device. If something
 * arrives soon after, that has helped. If not, the neighbours may just be
 * switched off: then the next complaint waits 10 s, and twice as long each time
 * up to an hour; after an hour more without one it is forgotten. A question is a
 * frame of 60 bytes, and counts only if it has left. All ports are asked at the same
 * times, rather earlier than later, so that the processor wakes once for them. Pure.
 */
#ifndef FIREWALL_SILENCE_H
#define FIREWALL_SILENCE_H

#include "netstack/firewall/fw.h"

#define SILENCE_SENDING_MS      1000u /* nothing arrives although we send */
#define SILENCE_IDLE_MS         5000u /* nothing arrives and nothing was sent */
#define SILENCE_IDLE_LONGEST_MS 64000u
#define SILENCE_QUIET_MS        30000u
#define SILENCE_PERIOD_MS       500u  /* between questions; a neighbour answers in a millisecond */
#define SILENCE_QUESTIONS       4u    /* to as many neighbours, if there are */
#define SILENCE_HELPED_MS       5000u /* what arrives so soon after a reset arrives because of it */
#define SILENCE_WAIT_FIRST_MS   10000u
#define SILENCE_WAIT_LONGEST_MS 3600000u

struct silence {
	uint32_t rx_seen, tx_seen; /* the queues' indices when something last arrived */
	uint32_t heard_ms, asked_ms, blamed_ms;
	uint32_t wait_ms; /* after blamed_ms, before the next complaint */
	uint32_t idle_ms; /* more than SILENCE_IDLE_MS: only answers have arrived lately */
	uint8_t questions;
	bool blamed;   /* at blamed_ms, and it has not helped */
	bool alone;    /* nobody is known behind the port, and nothing has arrived since */
	uint16_t next; /* neighbour to be asked next */
	/* Who was asked last: asked again though long forgotten, as nobody else is left. */
	uint32_t witness;
	mac_t witness_mac;
};

/* What a look needs to know of the port. */
struct silence_signs {
	bool listens;  /* it has a link, or does not know, and a driver that is ready */
	bool all_sent; /* nothing waits in its transmit queue */
	bool quiet;    /* no packet has passed the firewall for SILENCE_QUIET_MS */
	uint32_t rx_produced, tx_produced;
};

enum silence_step { SILENCE_NOTHING, SILENCE_ASK, SILENCE_BLAME };

/* What is due now. To be called about every FW_TICK_MS, or, while no frames come or go, when
 * silence_due_in_ms says. */
enum silence_step silence_look(struct silence *silence, const struct silence_signs *signs,
			       uint32_t now_ms);

/* Until a look may find more than this one, if nothing arrives and nothing is sent meanwhile. */
uint32_t silence_due_in_ms(const struct silence *silence, const struct silence_signs *signs,
			   uint32_t now_ms);

/* SILENCE_ASK: asks a neighbour behind `port`, by ARP. Nobody is known there: nothing is due. */
void silence_ask(struct silence *silence, struct firewall *fw, uint8_t port);

#endif
