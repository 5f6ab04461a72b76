/* See candidate.h. */
#include "services/console/candidate.h"

#include "services/console/act.h"
#include "services/console/view.h"

#include <string.h>

const char *candidate_word(const char *kind, unsigned nth)
{
	static char name[NAME_BYTES];

	if (strcmp(kind, "HOW") == 0)
		return act_crash_word(nth);
	if (strcmp(kind, "NAME") != 0 || nth >= view_service_count())
		return NULL;
	view_service_name(nth, name);
	return name;
}
