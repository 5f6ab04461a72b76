/*
 * Bytes between a terminal driver (uart, vga) and the console: two queues in
 * two regions, each written by one side only, as in netq.h.
 *
 *	NAME.drv	the driver writes	struct tty_queue: what was typed
 *	NAME.con	the console writes	struct tty_queue: what to show
 *
 * The queue of one region is consumed by the other side, which says how far in
 * `consumed` of its own region. The consumer notifies nobody; the producer
 * notifies the consumer after every batch it appends. A full queue drops what
 * is typed, and makes the console wait (drop after a bound), so that a dead
 * terminal never holds it up.
 *
 * Text is bytes, UTF-8 passes through; lines to show end in "\r\n". The
 * terminal understands the VT100 sequences of cursor left and right, erase to
 * end of line, and sends ESC [ A to D for the arrow keys.
 */
#ifndef PROTO_TTY_H
#define PROTO_TTY_H

#include <stdint.h>

#define TTY_BYTES 8192u /* of queue: a power of two */
#define TTY_REGION_BYTES 12288u

struct tty_queue {
	_Alignas(64) uint32_t produced; /* bytes, modulo 2^32; byte i is data[i % TTY_BYTES] */
	_Alignas(64) uint32_t consumed; /* of the other side's queue */
	_Alignas(64) uint8_t data[TTY_BYTES];
};

_Static_assert(sizeof(struct tty_queue) <= TTY_REGION_BYTES, "region size");

#endif
