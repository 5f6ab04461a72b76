/*
 * Publishes an event for the owner (services/proto/event.h). Waits for DS as
 * any call of services/runtime/ds.h does; what DS did not take is kept, and
 * event_work() tries it again.
 *
 * Link with services/runtime/event.c. Needs call ds, grant_create, grant_revoke.
 */
#ifndef RUNTIME_EVENT_H
#define RUNTIME_EVENT_H

#include "services/proto/event.h"

#include <stdbool.h>

/*
 * Also a line of the log. Text beyond EVENT_TEXT_BYTES is cut. More than EVENT_RING
 * that DS has not taken: the oldest is forgotten, and the log says so.
 */
void event_publish(enum event_kind kind, enum event_severity severity, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* To be called from `work`: false if something has still to be published; come again soon. */
bool event_work(void);

/* Of services/runtime/event_kind.c, pure. "wan-down"; "unknown" for a foreign value. */
const char *event_kind_text(uint32_t kind);
/* The kind whose trouble it ends; EVENT_NONE: it ends none. */
enum event_kind event_kind_ends(uint32_t kind);

#endif
