/*
 * What picolibc wants from the system below it: memory, an end, and somewhere
 * to print to. Only services with `heap` in the manifest can malloc.
 */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- Memory ------------------------------------------------------------------ */

void *sbrk(ptrdiff_t increment)
{
	static uint64_t used_bytes;
	uint64_t wanted_bytes = used_bytes + (uint64_t)increment;

	/* A step down too far wraps, and is too large as well. */
	if (wanted_bytes > service_info()->heap_bytes) {
		errno = ENOMEM;
		return (void *)-1;
	}
	void *before = (void *)(USER_HEAP_BASE + used_bytes);
	used_bytes = wanted_bytes;
	return before;
}

/* --- Ends -------------------------------------------------------------------- */

void exit(int code)
{
	kernel_exit(code);
}

void _exit(int code)
{
	kernel_exit(code);
}

void abort(void)
{
	service_panic("abort");
}

int raise(int signal)
{
	service_panic("signal %d", signal);
}

void __assert_func(const char *file, int line, const char *function, const char *expression)
{
	service_panic("%s:%d: %s: %s", file, line, function, expression);
}

void __assert_no_args(void)
{
	service_panic("assertion, before %p", __builtin_return_address(0));
}

/* --- Printing: each line becomes one of the log ------------------------------ */

struct log_stream {
	FILE file; /* first: put gets a pointer to it */
	enum log_level level;
	int length;
	char line[LOG_TEXT_BYTES];
};

static int log_flush(FILE *file)
{
	struct log_stream *stream = (struct log_stream *)file;

	if (stream->length > 0)
		log_at(stream->level, "%.*s", stream->length, stream->line);
	stream->length = 0;
	return 0;
}

static int log_put(char character, FILE *file)
{
	struct log_stream *stream = (struct log_stream *)file;

	if (character != '\n')
		stream->line[stream->length++] = character;
	if (character == '\n' || stream->length == LOG_TEXT_BYTES - 1)
		log_flush(file);
	return (unsigned char)character;
}

static struct log_stream output = {
	.file = FDEV_SETUP_STREAM(log_put, NULL, log_flush, _FDEV_SETUP_WRITE),
	.level = LOG_INFO,
};
static struct log_stream errors = {
	.file = FDEV_SETUP_STREAM(log_put, NULL, log_flush, _FDEV_SETUP_WRITE),
	.level = LOG_ERROR,
};

FILE *const stdout = &output.file;
FILE *const stderr = &errors.file;
