/*
 * Is somebody alive? A number that it changes as long as it is: its pulse. What
 * the number says does not matter, so none that is wrong can keep it alive.
 * Pure.
 */
#ifndef I6300ESB_PULSE_H
#define I6300ESB_PULSE_H

#include <stdbool.h>
#include <stdint.h>

struct pulse {
	uint64_t beat, changed_us;
};

/* Who begins to watch gives the other the whole time for its first change. */
void pulse_begin(struct pulse *pulse, uint64_t beat, uint64_t now_us);

/* To be called with the number now. False: it has been the same for `silent_us`. */
bool pulse_feel(struct pulse *pulse, uint64_t beat, uint64_t silent_us, uint64_t now_us);

#endif
