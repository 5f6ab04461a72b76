/* See event.h: what the table of kinds says. Pure. */
#include "services/runtime/event.h"

const char *event_kind_text(uint32_t kind)
{
	switch (kind) {
#define X(name, number, word, ends)                                                                \
	case number: return word;
		EVENT_KIND_TABLE(X)
#undef X
	}
	return "unknown";
}

enum event_kind event_kind_ends(uint32_t kind)
{
	switch (kind) {
#define X(name, number, word, ends)                                                                \
	case number: return EVENT_##ends;
		EVENT_KIND_TABLE(X)
#undef X
	}
	return EVENT_NONE;
}
