/*
 * Records of the region "log.ring" (services/proto/logring.h), copied and
 * checked. Pure. Link with services/runtime/logring.c and crc32.c.
 */
#ifndef RUNTIME_LOGRING_H
#define RUNTIME_LOGRING_H

#include "services/proto/logring.h"

#include <stdbool.h>
#include <stdint.h>

/* Sequence numbers of the records that can still be there: [*first, *next). Both 1: none. */
void logring_range(const struct log_ring *ring, uint64_t *first, uint64_t *next);

/* False: overwritten meanwhile, not yet there, or damaged. Lengths and service are bounded. */
bool logring_get(const struct log_ring *ring, uint64_t sequence, struct log_ring_record *record);

/* What `check` of this record has to be. */
uint16_t logring_check(const struct log_ring_record *record);

#endif
