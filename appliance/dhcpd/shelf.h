/*
 * The leases in the store (services/runtime/writeback.h), over a reboot. Over our
 * own death they are in DS, which the client waits for; the store is written
 * behind, at most every SHELF_REST_S.
 */
#ifndef DHCPD_SHELF_H
#define DHCPD_SHELF_H

#include "appliance/dhcpd/leases.h"

#define SHELF_REST_S 2u /* between two writes: a renewal an hour, 128 clients */

/* Once a life; `leases` stay the caller's. */
void shelf_init(struct leases *leases);
/* True once the store's were taken, or cannot be had; what there already is stays as it is. */
bool shelf_load(uint64_t now_us);
/* A lease has changed. */
void shelf_mark(uint64_t now_us);
/* Saves if something has changed. Returns when to be called again at the latest. */
uint64_t shelf_save(uint64_t now_us);

#endif
