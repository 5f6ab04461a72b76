/* See show_count.h. */
#include "services/console/show_count.h"

#include <stdlib.h>

bool show_count_parse(struct job *job, struct text *out, uint32_t standard, uint32_t most,
		      uint32_t *count)
{
	const char *argument = job->arguments[0];
	unsigned long value = 0;
	char *end;

	*count = standard;
	if (job->argument_count == 0)
		return true;
	if (argument[0] >= '0' && argument[0] <= '9') {
		value = strtoul(argument, &end, 10);
		if (*end != '\0')
			value = 0;
	}
	if (value < 1 || value > most)
		return job_fail(job, out, "'%s' is not a number from 1 to %u", argument, most);
	*count = (uint32_t)value;
	return true;
}
