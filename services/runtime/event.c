/*
 * See event.h. Which event is the next is looked up in DS once a life: the names
 * of our former lives are still there, and the sequence goes on behind them.
 */
#include "services/runtime/event.h"

#include "services/runtime/ds.h"
#include "services/runtime/service.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct event waiting[EVENT_RING];
static unsigned waiting_count;
static uint64_t next_sequence; /* 0: not looked up yet */

static const enum log_level level_of[] = { LOG_NOTICE, LOG_WARNING, LOG_ERROR };

static void name_of(uint64_t sequence, char name[DS_NAME_BYTES])
{
	snprintf(name, DS_NAME_BYTES, "event.%s.%u", service_name(service_info()->self.slot),
		 (unsigned)(sequence % EVENT_RING));
}

/* False: DS is not there now. */
static bool sequence_find(void)
{
	uint64_t last = 0;

	if (next_sequence != 0)
		return true;
	for (uint64_t n = 0; n < EVENT_RING; n++) {
		struct ds_entry entry;
		struct event event;
		char name[DS_NAME_BYTES];

		name_of(n, name);
		enum status status = ds_retrieve(name, &entry);
		if (status == E_ABSENT)
			continue;
		if (status != OK)
			return false;
		memcpy(&event, entry.value, sizeof(event));
		if (entry.length_bytes == sizeof(event) && event.sequence > last &&
		    event.sequence != UINT64_MAX)
			last = event.sequence;
	}
	next_sequence = last + 1;
	return true;
}

static void oldest_forget(void)
{
	memmove(waiting, waiting + 1, sizeof(waiting) - sizeof(*waiting));
	waiting_count--;
}

/* False: DS is not there now. */
static bool oldest_publish(void)
{
	char name[DS_NAME_BYTES];

	waiting[0].sequence = next_sequence;
	name_of(next_sequence, name);
	enum status status = ds_publish(name, &waiting[0], sizeof(waiting[0]));
	if (status == E_TIMEOUT || status == E_DEAD)
		return false;
	if (status == OK)
		next_sequence++;
	else
		log_warning("event %s is lost: %s", name, status_text(status));
	oldest_forget();
	return true;
}

bool event_work(void)
{
	if (waiting_count == 0)
		return true;
	if (!sequence_find())
		return false;
	while (waiting_count != 0)
		if (!oldest_publish())
			return false;
	return true;
}

void event_publish(enum event_kind kind, enum event_severity severity, const char *format, ...)
{
	char text[EVENT_TEXT_BYTES + 1];
	va_list arguments;

	assert(severity <= EVENT_CRITICAL);
	va_start(arguments, format);
	int wanted = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	uint32_t length = wanted < 0 ? 0 : (uint32_t)wanted;
	if (length > EVENT_TEXT_BYTES)
		length = EVENT_TEXT_BYTES;
	log_at(level_of[severity], "%s", text);
	if (waiting_count == EVENT_RING) {
		log_warning("an event could not be published and is forgotten");
		oldest_forget();
	}
	struct event *event = &waiting[waiting_count++];
	*event = (struct event){ .version = EVENT_VERSION,
				 .kind = (uint16_t)kind,
				 .severity = (uint16_t)severity,
				 .time_us = time_us(),
				 .text_bytes = length };
	memcpy(event->text, text, length);
	(void)event_work();
}
