/*
 * The queue in the store (services/runtime/store.h), over a reboot and a power
 * cut. Over our own death it is in "alert.state", which the owner's mails need; the
 * store is written behind, and not often (services/runtime/wear.h).
 */
#ifndef ALERTD_SHELF_H
#define ALERTD_SHELF_H

#include "appliance/alertd/queue.h"

#define SHELF_WAIT_US  8000000u /* for the store; then we go on without */
#define SHELF_LOOK_US  100000u
#define SHELF_AGAIN_US 60000000u /* after a failure */

/*
 * Once a boot, before there are other alerts: true when those of the store are in the queue, or
 * cannot be had.
 */
bool shelf_load(struct alert_queue *queue, uint64_t now_us);
/* Saves what has changed. Returns when to be called again at the latest. */
uint64_t shelf_save(struct alert_queue *queue, uint64_t now_us);

#endif
