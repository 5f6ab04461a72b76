/* See page.h. */
#include "services/runtime/page.h"

#include <stdarg.h>
#include <stdio.h>

void page_print(struct page *page, const char *format, ...)
{
	size_t room = page->room_bytes - page->used_bytes;
	va_list arguments;

	va_start(arguments, format);
	int wrote = vsnprintf(page->text + page->used_bytes, room, format, arguments);
	va_end(arguments);
	if (wrote < 0 || (size_t)wrote >= room)
		page->overflow = true;
	else
		page->used_bytes += (size_t)wrote;
}
