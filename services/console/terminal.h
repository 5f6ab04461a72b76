/*
 * The console's side of one terminal: text waits here until the queue to the
 * driver has room for it, so that nothing is lost while the terminal drains.
 * Pure.
 *
 * A driver that takes nothing for TERMINAL_PATIENCE_US while its queue is full
 * counts as dead: what is printed is then lost, so that it never holds the
 * console up, until the driver takes something again.
 */
#ifndef CONSOLE_TERMINAL_H
#define CONSOLE_TERMINAL_H

#include "services/console/text.h"
#include "services/runtime/tty_queue.h"

#define TERMINAL_BYTES       6144u /* a command's step and a prompt, or some log records */
#define TERMINAL_PATIENCE_US 2000000u

struct terminal {
	struct tty_end end;
	struct text text;     /* to be written; empty if terminal_flush said so */
	size_t flushed;       /* bytes of it that the queue has */
	uint32_t consumed;    /* by the driver, when last looked at */
	uint64_t progress_us; /* when that changed */
	bool appended;        /* since the driver was last notified */
	char bytes[TERMINAL_BYTES];
};

void terminal_init(struct terminal *terminal, struct tty_queue *own, const struct tty_queue *other);
/* Moves text to the queue. True: all of it is gone, there is room for more. */
bool terminal_flush(struct terminal *terminal, uint64_t now_us);
/* True once after something was appended to the queue: the driver wants to know. */
bool terminal_notify_take(struct terminal *terminal);

#endif
