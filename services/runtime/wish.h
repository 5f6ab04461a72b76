/*
 * What RS wishes of the life that begins, by the service's recovery policy: it
 * stands in rs.table, which the manifest has to map; a service asks once, in
 * `start`. Without the map nothing is wished.
 */
#ifndef RUNTIME_WISH_H
#define RUNTIME_WISH_H

#include <stdbool.h>

/*
 * "clean-start:N": so many lives in a row ended soon that what they left may be the
 * cause. True, and logged: the preserved state named `what` is to be forgotten, without
 * a look at it, where it else is checked and taken up.
 */
bool wish_clean_start(const char *what);

/* "reset-device:N", or a complaint about the device: it is to be reset before it is used. */
bool wish_device_reset(void);

#endif
