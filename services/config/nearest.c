#include "services/config/nearest.h"

#include <string.h>

#define COMPARED_MAX 31u

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Wagner and Fischer (1974), one row of the matrix at a time. */
unsigned nearest_distance(const char *left, const char *right)
{
	size_t rows = strnlen(left, COMPARED_MAX), columns = strnlen(right, COMPARED_MAX);
	unsigned row[COMPARED_MAX + 1];

	for (unsigned column = 0; column <= columns; column++)
		row[column] = column;
	for (unsigned i = 0; i < rows; i++) {
		unsigned diagonal = row[0];

		row[0] = i + 1;
		for (unsigned column = 1; column <= columns; column++) {
			unsigned replaced = diagonal + (left[i] != right[column - 1]);

			diagonal = row[column];
			row[column] = smaller(replaced, smaller(row[column], row[column - 1]) + 1);
		}
	}
	return row[columns];
}

unsigned nearest_limit(const char *word)
{
	return strlen(word) < 2 ? 1 : (unsigned)strlen(word) / 2;
}
