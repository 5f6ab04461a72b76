#include "services/rs/obituary.h"

#include "services/runtime/exception.h"

#include <inttypes.h>
#include <stdio.h>

static const char *cause_name(uint32_t cause)
{
	switch (cause) {
#define X(name, code, text)                                                                        \
	case code: return text;
		EXIT_CAUSE_TABLE(X)
#undef X
	default: return "unknown cause";
	}
}

/* The kernel ends its texts, but how far we read is our own business. */
#define EXIT_TEXT_MAX ((int)sizeof(((struct service_entry *)0)->exit_text))

void obituary_cause(const struct service_entry *life, char *text, size_t text_bytes)
{
	switch (life->exit_cause) {
	case EXIT_EXCEPTION:
		snprintf(text, text_bytes,
			 "exception %" PRIu64 " (%s) at 0x%" PRIx64 ", rip 0x%" PRIx64,
			 life->exit_detail, exception_text(life->exit_detail), life->exit_address,
			 life->exit_rip);
		return;
	case EXIT_PANIC:
		snprintf(text, text_bytes, "panic: %.*s", EXIT_TEXT_MAX, life->exit_text);
		return;
	case EXIT_EXIT:
		snprintf(text, text_bytes, "exit with code %" PRIu64, life->exit_detail);
		return;
	default:
		snprintf(text, text_bytes, "%s, rip 0x%" PRIx64, cause_name(life->exit_cause),
			 life->exit_rip);
		return;
	}
}

void obituary_dump(const struct service_entry *life, char *text, size_t text_bytes)
{
	snprintf(text, text_bytes,
		 "rip 0x%" PRIx64 ", rsp 0x%" PRIx64 ", detail %" PRIu64 ", address 0x%" PRIx64
		 ", lived %" PRIu64 " ms%s%.*s",
		 life->exit_rip, life->exit_rsp, life->exit_detail, life->exit_address,
		 (life->died_us - life->started_us) / 1000, life->exit_text[0] == '\0' ? "" : ", ",
		 EXIT_TEXT_MAX, life->exit_text);
}
