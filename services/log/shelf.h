/*
 * Warnings and worse in the store (services/runtime/store.h), for after a reboot
 * or a power cut: gathered for a moment, and not written often
 * (services/runtime/wear.h). What the ring has and the store does not is known
 * over our death: ring->journal_next.
 */
#ifndef LOG_SHELF_H
#define LOG_SHELF_H

#include "services/proto/logring.h"

#include <stdbool.h>
#include <stdint.h>

#define SHELF_WAIT_US   6000000u /* for the store; the ring is not begun before */
#define SHELF_LOOK_US   100000u
#define SHELF_GATHER_US 2000000u  /* one failure is often the cause of the next */
#define SHELF_AGAIN_US  60000000u /* after one that failed */

/* Once a life, after ring_init. */
void shelf_init(struct log_ring *ring);
/*
 * True when the store's entries were taken, or cannot be had. They are put into a ring that is
 * empty, as those of earlier boots.
 */
bool shelf_load(uint64_t now_us);
/* Saves what is new; `unix_us` knows times. Returns when to be called again at the latest. */
uint64_t shelf_save(int64_t (*unix_us)(const struct log_ring_record *record), uint64_t now_us);

#endif
