/*
 * The card's memory, through its data port: address and count are set, then so
 * many bytes are read or written. The chip wraps from the ring's end to its
 * start by itself.
 */
#include "drivers/net/ne2k/ne2k.h"
#include "drivers/net/ne2k/registers.h"

#include <string.h>

#define PATTERN_BYTES 16u

static bool remote_begin(struct nic *nic, uint16_t address, unsigned bytes, unsigned command)
{
	struct io io;

	io_begin(&io, nic->base);
	io_write(&io, NE_CR, 1, CR_RUN);
	/* What has been taken out of the ring is the chip's again; costs no call of its own. */
	if (ring_release())
		io_write(&io, NE_BNRY, 1, ne2k.rx_boundary);
	io_write(&io, NE_ISR, 1, ISR_RDC);
	io_write(&io, NE_RBCR0, 1, bytes & 0xffu);
	io_write(&io, NE_RBCR0 + 1, 1, bytes >> 8);
	io_write(&io, NE_RSAR0, 1, address & 0xffu);
	io_write(&io, NE_RSAR0 + 1, 1, (uint32_t)address >> 8);
	io_write(&io, NE_CR, 1, CR_STA | command);
	return io_run(&io);
}

/* Bounded by REMOTE_US. */
static bool remote_end(struct nic *nic)
{
	uint16_t port = (uint16_t)(nic->base + NE_ISR);
	uint64_t end_us = 0;
	uint32_t status;

	for (;;) {
		if (port_read(port, 1, &status) != OK || status == ISR_ABSENT)
			return false;
		if ((status & ISR_RDC) != 0)
			return true;
		if (end_us == 0)
			end_us = time_us() + REMOTE_US;
		else if (time_us() > end_us)
			return false;
	}
}

bool remote_read(struct nic *nic, uint16_t address, unsigned width, void *to, unsigned bytes)
{
	return remote_begin(nic, address, bytes, CR_READ) &&
	       port_stream_in((uint16_t)(nic->base + NE_DATA), width, to, bytes / width) == OK;
}

bool remote_write(struct nic *nic, uint16_t address, unsigned width, const void *from,
		  unsigned bytes)
{
	return remote_begin(nic, address, bytes, CR_WRITE) &&
	       port_stream_out((uint16_t)(nic->base + NE_DATA), width, from, bytes / width) == OK &&
	       remote_end(nic);
}

/* Whether what is written at `address` can be read there, `widths` bytes at a time. */
static bool pattern_holds(struct nic *nic, uint16_t address, uint8_t seed, unsigned write_width,
			  unsigned read_width)
{
	uint8_t pattern[PATTERN_BYTES], found[PATTERN_BYTES];

	for (unsigned i = 0; i < PATTERN_BYTES; i++)
		pattern[i] = (uint8_t)(seed + 37 * i);
	memset(found, 0, sizeof found);
	return remote_write(nic, address, write_width, pattern, sizeof pattern) &&
	       remote_read(nic, address, read_width, found, sizeof found) &&
	       memcmp(found, pattern, sizeof found) == 0;
}

/* A card of 16 KiB shows them again behind their end, or nothing. */
static bool memory_is_32k(struct nic *nic)
{
	uint16_t low = MEMORY_START * PAGE_BYTES_CARD, high = MEMORY_END_16K * PAGE_BYTES_CARD;
	uint8_t before[PATTERN_BYTES], after[PATTERN_BYTES];

	return pattern_holds(nic, low, 1, 2, 2) &&
	       remote_read(nic, low, 2, before, sizeof before) &&
	       pattern_holds(nic, high, 2, 2, 2) &&
	       pattern_holds(nic, (uint16_t)(MEMORY_END_32K * PAGE_BYTES_CARD - PATTERN_BYTES), 3,
			     2, 2) &&
	       remote_read(nic, low, 2, after, sizeof after) &&
	       memcmp(before, after, sizeof before) == 0;
}

bool remote_explore(struct nic *nic)
{
	uint16_t address = MEMORY_START * PAGE_BYTES_CARD;

	if (!pattern_holds(nic, address, 4, 2, 2))
		return false;
	ne2k.rx_stop = memory_is_32k(nic) ? MEMORY_END_32K : MEMORY_END_16K;
	ne2k.data_width =
		pattern_holds(nic, address, 5, 4, 2) && pattern_holds(nic, address, 6, 2, 4) ? 4
											     : 2;
	return true;
}
