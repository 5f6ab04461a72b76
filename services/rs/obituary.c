#include "services/rs/obituary.h"

#include <inttypes.h>
#include <stdio.h>

/* Intel SDM volume 3, 6.15: the exceptions that a service can raise. */
static const char *exception_name(uint64_t vector)
{
	switch (vector) {
	case 0: return "divide error";
	case 1: return "debug";
	case 3: return "breakpoint";
	case 4: return "overflow";
	case 5: return "bound range";
	case 6: return "invalid opcode";
	case 7: return "no floating point";
	case 13: return "general protection";
	case 14: return "page fault";
	case 16: return "x87 floating point";
	case 17: return "alignment";
	case 19: return "SIMD floating point";
	default: return "other";
	}
}

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
			 life->exit_detail, exception_name(life->exit_detail), life->exit_address,
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
		 ", lived %" PRIu64 " ms, %.*s",
		 life->exit_rip, life->exit_rsp, life->exit_detail, life->exit_address,
		 (life->died_us - life->started_us) / 1000, EXIT_TEXT_MAX, life->exit_text);
}
