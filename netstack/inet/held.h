/*
 * Calls that wait for their answer. A client is one thread and a call blocks
 * it, so there is at most one a client: a new call from it means that the held
 * one has timed out.
 */
#ifndef INET_HELD_H
#define INET_HELD_H

#include "netstack/inet/requests.h"

void inet_held_add(const struct inet_call *call);
void inet_held_forget(uint32_t slot);
/* Tries each again; the answered ones are forgotten. */
void inet_held_retry(void);

#endif
