/*
 * The queue in the store (services/runtime/writeback.h), over a reboot and a power
 * cut. Over our own death it is in "alert.state", which the owner's mails need.
 */
#ifndef ALERTD_SHELF_H
#define ALERTD_SHELF_H

#include "appliance/alertd/queue.h"

/* Once a life; the queue stays the caller's. */
void shelf_init(struct alert_queue *queue);
/*
 * Once a boot, before there are other alerts: true when those of the store are in the queue, or
 * cannot be had.
 */
bool shelf_load(uint64_t now_us);
/* Saves what has changed. Returns when to be called again at the latest. */
uint64_t shelf_save(uint64_t now_us);

#endif
