/*
 * The leases in the store (services/runtime/store.h), over a reboot. Over our own
 * death they are in DS, which the client waits for; the store is written behind,
 * at most every SHELF_REST_S.
 */
#ifndef DHCPD_SHELF_H
#define DHCPD_SHELF_H

#include "appliance/dhcpd/leases.h"

#define SHELF_REST_S 2u /* between two writes: a renewal an hour, 128 clients */
#define SHELF_WAIT_S 8u /* for the store; then the server goes on without */

/* True once the store's were taken, or cannot be had; what `leases` has already stays as it is. */
bool shelf_load(struct leases *leases, uint64_t now_s);
/* A lease has changed. */
void shelf_mark(void);
/* Saves if something has changed. True: call again within a tenth of a second. */
bool shelf_save(const struct leases *leases, uint64_t now_s);

#endif
