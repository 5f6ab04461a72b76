/*
 * What webd proves itself with: the certificate and the authority behind it, kept in
 * step with the names, the address and the time in force.
 */
#ifndef WEBD_IDENTITY_H
#define WEBD_IDENTITY_H

#include "appliance/webd/state.h"

/* How long after the boot the first certificate of all waits for somebody to know the time. */
#define IDENTITY_CLOCK_US 5000000u

enum identity {
	IDENTITY_WAITS,   /* for the clock: look again soon */
	IDENTITY_GOES_ON, /* a piece is done, the next one may follow at once */
	IDENTITY_READY,   /* the server has it */
};

/* `state` stays the caller's, who has loaded it before the first call of the others. */
void identity_init(struct state *state);
/* A piece of making or loading it. Nobody may be connected. */
enum identity identity_work(void);
/* The one that the server has is for other names, or its time is over. */
bool identity_is_due(void);

#endif
