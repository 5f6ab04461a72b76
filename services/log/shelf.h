/*
 * Warnings and worse in the store (services/runtime/writeback.h), for after a
 * reboot or a power cut. What the ring has and the store does not is known over
 * our death: ring->journal_next.
 */
#ifndef LOG_SHELF_H
#define LOG_SHELF_H

#include "services/proto/logring.h"

#include <stdbool.h>
#include <stdint.h>

#define SHELF_GATHER_US 2000000u /* one failure is often the cause of the next */

/* Wall time of a record of the ring; 0: not known. */
typedef int64_t shelf_clock(const struct log_ring_record *record);

/* Once a life, after ring_init. */
void shelf_init(struct log_ring *ring, shelf_clock *unix_us);
/*
 * True when the store's entries were taken, or cannot be had; the ring is not begun before. They
 * are put into a ring that is empty, as those of earlier boots.
 */
bool shelf_load(uint64_t now_us);
/* Saves what is new. Returns when to be called again at the latest. */
uint64_t shelf_save(uint64_t now_us);

#endif
