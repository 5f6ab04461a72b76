/*
 * The alerts that wait, as one record of the store, for after a reboot. Pure.
 */
#ifndef ALERTD_ARCHIVE_H
#define ALERTD_ARCHIVE_H

#include "appliance/alertd/queue.h"

#define ARCHIVE_MAGIC 0x31414c41u /* "ALA1" */

struct archive {
	uint32_t magic; /* ARCHIVE_MAGIC */
	uint32_t count;
	struct alert alerts[ALERTS_MAX]; /* oldest first; only so many are in the record */
};

/* Returns its length. */
size_t archive_make(struct archive *archive, const struct alert_queue *queue);
/*
 * What the store gave, as alerts of an earlier boot, into a queue that has none yet. Returns how
 * many; a record that does not check out has none.
 */
uint32_t archive_take(const struct archive *archive, size_t bytes, struct alert_queue *queue,
		      uint64_t now_us);

#endif
