/*
 * The log records that a session shows by itself. Pure.
 *
 * The kernel prints what it logs before the first service runs on the serial
 * port itself; the serial session begins behind that.
 */
#ifndef CONSOLE_FEED_H
#define CONSOLE_FEED_H

#include "services/console/command.h"
#include "services/console/view.h"

struct feed {
	uint64_t next; /* sequence */
};

/* Begins with the oldest record there is, or behind the kernel's own at the boot. */
void feed_from_boot(struct feed *feed, bool skip_kernel);
/* Begins with the first record not older than `time_us`. */
void feed_from_time(struct feed *feed, uint64_t time_us);
/* The next record to show; false: none at present. */
bool feed_next(struct feed *feed, enum log_mode mode, struct log_record *record);

#endif
