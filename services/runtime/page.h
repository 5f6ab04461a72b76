/*
 * Text that is printed piece by piece into a caller's buffer. A piece that does not
 * fit is left out whole, and remembered. Pure.
 */
#ifndef RUNTIME_PAGE_H
#define RUNTIME_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct page {
	char *text; /* ends in a zero as soon as something was printed */
	size_t room_bytes, used_bytes;
	bool overflow;
};

void page_print(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
