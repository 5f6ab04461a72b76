/* See validity.h. */
#include "appliance/webd/validity.h"

#include "services/runtime/civil.h"

#include <stdio.h>

static bool is_known(int64_t now_s)
{
	return now_s >= VALIDITY_FIRST_S && now_s <= VALIDITY_LAST_S;
}

struct validity validity_at(int64_t now_s)
{
	struct validity validity = { .first_s = VALIDITY_FIRST_S, .last_s = VALIDITY_LAST_S };

	if (!is_known(now_s))
		return validity;
	if (now_s - VALIDITY_DAY_S > validity.first_s)
		validity.first_s = now_s - VALIDITY_DAY_S;
	if (validity.first_s + VALIDITY_DAYS * VALIDITY_DAY_S - 1 < validity.last_s)
		validity.last_s = validity.first_s + VALIDITY_DAYS * VALIDITY_DAY_S - 1;
	return validity;
}

bool validity_is_due(const struct validity *validity, int64_t now_s)
{
	int64_t first_s = validity->first_s, last_s = validity->last_s;

	if (!is_known(now_s))
		return false;
	if (now_s < first_s || last_s - first_s >= VALIDITY_DAYS * VALIDITY_DAY_S)
		return true;
	/* At the end of all times another one would hold no longer. */
	return last_s < VALIDITY_LAST_S && now_s > last_s - VALIDITY_RENEWAL_DAYS * VALIDITY_DAY_S;
}

void validity_text(int64_t unix_s, char text[VALIDITY_TEXT_BYTES])
{
	struct civil at;

	(void)civil_of_unix(unix_s, &at);
	snprintf(text, VALIDITY_TEXT_BYTES, "%04u%02u%02u%02u%02u%02u", (unsigned)at.year % 10000u,
		 at.month % 100u, at.day % 100u, at.hour % 100u, at.minute % 100u,
		 at.second % 100u);
}
