/* See nearest.h. */
#include "services/console/nearest.h"

#include "services/console/command.h"

#include <limits.h>
#include <string.h>

#define COMPARED_MAX 63

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned result = a < b ? a : b;

	return result < c ? result : c;
}

/* Wagner and Fischer (1974), one row of the matrix at a time. */
unsigned nearest_distance(const char *left, const char *right)
{
	unsigned row[COMPARED_MAX + 1];
	size_t left_length = strnlen(left, COMPARED_MAX);
	size_t right_length = strnlen(right, COMPARED_MAX);

	for (unsigned column = 0; column <= right_length; column++)
		row[column] = column;
	for (unsigned i = 0; i < left_length; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (unsigned j = 0; j < right_length; j++) {
			unsigned above = row[j + 1];

			row[j + 1] = least(above + 1, row[j] + 1, diagonal + (left[i] != right[j]));
			diagonal = above;
		}
	}
	return row[right_length];
}

const char *nearest_command(const char *typed)
{
	const char *nearest = commands[0].words;
	unsigned best = UINT_MAX;

	for (unsigned i = 0; i < command_count; i++) {
		unsigned distance = nearest_distance(typed, commands[i].words);

		if (distance < best) {
			best = distance;
			nearest = commands[i].words;
		}
	}
	return nearest;
}
