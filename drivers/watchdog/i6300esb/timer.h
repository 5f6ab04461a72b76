/* The chip: a timer that resets the machine unless it is told in time not to. */
#ifndef I6300ESB_TIMER_H
#define I6300ESB_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Sets the time until the reset, 2 ms to 35 min, and begins to count anew. It
 * counts only once the pci service has switched it on, before this or after.
 */
void timer_set(uint32_t timeout_ms);

/* Begins to count anew. */
void timer_kick(void);

/* True if the timer was what reset the machine last; says so once. */
bool timer_has_reset(void);

#endif
