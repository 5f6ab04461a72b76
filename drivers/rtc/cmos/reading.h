/*
 * What the clock's registers say, as Unix time, and the other way. Pure. The
 * chip is believed only if all of it makes sense: there may be none, its battery
 * may be empty, and the century's register is that of something else on some boards.
 */
#ifndef CMOS_READING_H
#define CMOS_READING_H

#include <stdbool.h>
#include <stdint.h>

struct cmos_registers {
	uint8_t second, minute, hour, day, month, year, century;
	uint8_t a, b, d;
};

enum cmos_reading {
	CMOS_GOOD,
	CMOS_UPDATING,    /* read it again */
	CMOS_NO_CHIP,     /* all ones */
	CMOS_IMPLAUSIBLE, /* not a date, not of 2025 to 2099, or the battery was empty */
};

enum cmos_reading cmos_decode(const struct cmos_registers *registers, int64_t *unix_s);

/*
 * Puts the time into the date's registers of *registers, in the format its `b`
 * asks for; the century's only if it held one. False: not of 2025 to 2099.
 */
bool cmos_encode(int64_t unix_s, struct cmos_registers *registers);

/* Does the century's register hold one? */
bool cmos_has_century(const struct cmos_registers *registers);

#endif
