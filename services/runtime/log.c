/* Log lines and last words; both are formatted right into the IPC buffer. */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"

#include <stdarg.h>
#include <stdio.h>

/* Returns the length, without a newline at the end. */
static uint64_t text_format(const char *format, va_list arguments)
{
	char *text = ipc_buffer()->text;
	int wanted = vsnprintf(text, LOG_TEXT_BYTES, format, arguments);
	uint64_t length = wanted < 0 ? 0 : (uint64_t)wanted;

	if (length >= LOG_TEXT_BYTES)
		length = LOG_TEXT_BYTES - 1;
	return length > 0 && text[length - 1] == '\n' ? length - 1 : length;
}

void log_at(enum log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	uint64_t length = text_format(format, arguments);
	va_end(arguments);
	(void)kernel_call(SYS_LOG, level, length);
}

void service_panic(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	uint64_t length = text_format(format, arguments);
	va_end(arguments);
	(void)kernel_call(SYS_PANIC, length);
	__builtin_trap();
}
