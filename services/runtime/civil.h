/*
 * Unix time (seconds since 1970, UTC, without leap seconds) and the date and
 * time of the proleptic Gregorian calendar. Pure.
 */
#ifndef RUNTIME_CIVIL_H
#define RUNTIME_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#define CIVIL_YEAR_FIRST 1970
#define CIVIL_YEAR_LAST  9999 /* RFC 3339, 1: four digits */

struct civil {
	int32_t year;
	uint8_t month, day; /* from 1 */
	uint8_t hour, minute, second;
	uint8_t weekday; /* 0: Sunday */
};

/* False, and 1970-01-01 00:00:00: `unix_s` lies outside the years above. */
bool civil_of_unix(int64_t unix_s, struct civil *civil);
/* False: no such date or time; weekday is not looked at. */
bool civil_to_unix(const struct civil *civil, int64_t *unix_s);

#define CIVIL_TEXT_BYTES 40 /* what is used is at most 32 */
/*
 * "2026-11-21T12:46:24.123456Z" (RFC 3339, 5.6), with as many digits of the
 * fraction as asked for, 0 to 6, and the offset instead of Z if it is not 0.
 * "-" if the time cannot be said. Returns its length.
 */
unsigned civil_format(int64_t unix_us, int32_t offset_minutes, unsigned digits,
		      char text[CIVIL_TEXT_BYTES]);

#endif
