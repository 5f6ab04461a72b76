/* The last lines entered, newest first. Pure. */
#ifndef CONSOLE_HISTORY_H
#define CONSOLE_HISTORY_H

#define LINE_BYTES    256 /* of a command line, its final zero included */
#define HISTORY_LINES 16

struct history {
	char lines[HISTORY_LINES][LINE_BYTES];
	unsigned count; /* of all lines ever added */
};

/* Adds a line, unless it is empty or the same as the last. */
void history_add(struct history *history, const char *line);
/* The line entered `ago` lines ago, 0 being the last; NULL: there is none. */
const char *history_get(const struct history *history, unsigned ago);

#endif
