/* See history.h. */
#include "services/console/history.h"

#include <stddef.h>
#include <string.h>

const char *history_get(const struct history *history, unsigned ago)
{
	if (ago >= HISTORY_LINES || ago >= history->count)
		return NULL;
	return history->lines[(history->count - 1 - ago) % HISTORY_LINES];
}

void history_add(struct history *history, const char *line)
{
	const char *last = history_get(history, 0);
	char *place = history->lines[history->count % HISTORY_LINES];

	if (line[0] == '\0' || (last != NULL && strcmp(last, line) == 0))
		return;
	strncpy(place, line, LINE_BYTES - 1);
	place[LINE_BYTES - 1] = '\0';
	history->count++;
}
