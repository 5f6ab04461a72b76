/* The N of `show log N` and its like. */
#ifndef CONSOLE_SHOW_COUNT_H
#define CONSOLE_SHOW_COUNT_H

#include "services/console/command.h"

/*
 * The first argument as a number from 1 to `most`, `standard` if there is none.
 * False: it is no such number, and `out` says so.
 */
bool show_count_parse(struct job *job, struct text *out, uint32_t standard, uint32_t most,
		      uint32_t *count);

#endif
