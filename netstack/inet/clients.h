/*
 * The services that use sockets, each known by slot and life. When a life ends,
 * all that it had here goes with it.
 */
#ifndef INET_CLIENTS_H
#define INET_CLIENTS_H

#include "kernel/abi/table.h"

/*
 * A bit a slot: those that have called, in any of our lives. Kept by the caller over our restart;
 * bits stay, as who is told once too often that we are back only looks once too often.
 */
void inet_clients_init(uint64_t *seen);
/* A call came from `client`: if it is a new life, the old one's things go. */
void inet_client_seen(endpoint_t client);
/* This life of the client has ended. */
void inet_client_gone(endpoint_t client);
/* Looks into the kernel's table for clients that died and said nothing since. */
void inet_clients_check(const struct kernel_table *table);

#endif
