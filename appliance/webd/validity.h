/*
 * From when until when a certificate holds. Browsers refuse one that holds for more than
 * 398 days (CA/Browser Forum, Baseline Requirements, 6.3.2), so it is renewed; where
 * nobody knows the time there can be no such limit. Pure.
 */
#ifndef WEBD_VALIDITY_H
#define WEBD_VALIDITY_H

#include <stdbool.h>
#include <stdint.h>

/* 2025-01-01 00:00:00, before any appliance was made: a clock that says less is wrong. */
#define VALIDITY_FIRST_S INT64_C(1735689600)
/* 2049-12-31 23:59:59, the last that UTCTime can say (RFC 5280, 4.1.2.5.1). */
#define VALIDITY_LAST_S INT64_C(2524607999)

#define VALIDITY_DAY_S        INT64_C(86400)
#define VALIDITY_DAYS         397
#define VALIDITY_RENEWAL_DAYS 30 /* before its end */

/* Unix time: both still belong to it, and lie between the two above. */
struct validity {
	int64_t first_s, last_s;
};

#define VALIDITY_TEXT_BYTES 15 /* "YYYYMMDDhhmmss" and its zero */

/* Of what is made at `now_s`, Unix time; 0: nobody knows. From a day before, for who is late. */
struct validity validity_at(int64_t now_s);
/* Is what has it to be made anew at `now_s`? */
bool validity_is_due(const struct validity *validity, int64_t now_s);
void validity_text(int64_t unix_s, char text[VALIDITY_TEXT_BYTES]);

#endif
