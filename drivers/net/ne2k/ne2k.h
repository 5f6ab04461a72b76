/*
 * The chip's part of the NE2000 driver: what it remembers of the card, and its
 * parts. Programmed I/O throughout: the card never touches our memory.
 */
#ifndef NE2K_NE2K_H
#define NE2K_NE2K_H

#include "drivers/net/io.h"
#include "drivers/net/nic.h"

extern const struct nic_ops ne2k_ops;

/* Recovery from an overflow, step by step so that nobody waits for it; see ne2k.c. */
enum ne2k_state {
	NE2K_RUNNING,
	NE2K_STOPPED,  /* until stopped_until_us */
	NE2K_LOOPBACK, /* started, to let the ring be emptied */
};

struct ne2k {
	enum ne2k_state state;
	uint64_t stopped_until_us;
	bool resend;         /* a transmission was cut off by the overflow */
	uint8_t interrupts;  /* IMR as last written */
	uint8_t data_width;  /* of the data port: 2, or 4 if that works */
	uint8_t rx_stop;     /* page behind the ring */
	uint8_t rx_next;     /* page of the next frame to take */
	uint8_t rx_current;  /* page that the chip writes next, as last read */
	uint8_t rx_boundary; /* as last written */
	uint8_t rx_released; /* rx_next, when the boundary followed it last */
	bool readable;       /* its registers read as they were written */
	bool transmitting;   /* the oldest frame in flight is on its way */
	uint32_t tx_base;    /* index i lies in buffer (i - tx_base) % 2 */
};

extern struct ne2k ne2k;

/* --- remote_dma.c: the card's memory. False: the card does not finish. Bytes are whole units. */
bool remote_read(struct nic *nic, uint16_t address, unsigned width, void *to, unsigned bytes);
bool remote_write(struct nic *nic, uint16_t address, unsigned width, const void *from,
		  unsigned bytes);
/* What the card can: its memory's end and data_width. */
bool remote_explore(struct nic *nic);

/* --- ring.c: receiving */
void ring_init(struct nic *nic);
/* Moves rx_boundary behind what has been taken; true: it has to be written to BNRY. */
bool ring_release(void);
bool ring_adopt(struct nic *nic, uint8_t boundary, uint8_t current);
enum nic_rx ring_take(struct nic *nic, unsigned max);

/* --- transmitter.c: sending */
void transmitter_init(struct nic *nic);
unsigned transmitter_submit(struct nic *nic);

#endif
