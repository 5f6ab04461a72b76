/*
 * The region "log.ring" (services/proto/logring.h), its writer's side. Pure. A
 * death at any instant leaves whole records, none twice and none lost but those
 * that the kernel's log itself has overwritten meanwhile.
 */
#ifndef LOG_RING_H
#define LOG_RING_H

#include "services/proto/logring.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Takes over what it finds: a former life's if `restarted`, else a former boot's,
 * if the region survived that. Records that do not check out are no records.
 */
void ring_init(struct log_ring *ring, const struct kernel_log *kernel, bool restarted);

/* What is to be known of a record besides what the kernel's log says. */
struct ring_names {
	int64_t (*unix_us)(uint64_t time_us); /* 0: not known */
	void (*service)(uint16_t slot, char name[NAME_BYTES]);
};

/* Copies at most `most` records from the kernel's log; returns how many are left. */
uint64_t ring_follow(struct log_ring *ring, const struct kernel_log *kernel,
		     const struct ring_names *names, unsigned most);

/* Adds a record; its sequence and check are filled in. */
void ring_put(struct log_ring *ring, const struct log_ring_record *record);

#endif
