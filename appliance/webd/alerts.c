/* See alerts.h. */
#include "appliance/webd/alerts.h"

#include "appliance/webd/world.h"
#include "services/proto/event.h"

#include <string.h>

#define TAKEN_AT_ONCE 8u

static struct alert ring[ALERTS_MAX];
static uint64_t next_number = 1;

static struct alert *place(void)
{
	struct alert *alert = &ring[next_number % ALERTS_MAX];

	memset(alert, 0, sizeof(*alert));
	alert->number = next_number++;
	return alert;
}

static void rs_alert_take(const struct ds_entry *entry)
{
	struct rs_alert said;
	struct alert *alert = place();

	memcpy(&said, entry->value, sizeof(said));
	alert->time_us = said.time_us;
	alert->slot = said.slot;
	alert->kind = EVENT_SERVICE_CRASHED;
	alert->severity = EVENT_WARNING;
	memcpy(alert->text, said.text, strnlen(said.text, sizeof(said.text)));
}

static void event_take(const struct ds_entry *entry)
{
	struct event said;

	memcpy(&said, entry->value, sizeof(said));
	if (said.version != EVENT_VERSION || said.text_bytes > EVENT_TEXT_BYTES)
		return;
	struct alert *alert = place();
	alert->time_us = said.time_us;
	alert->slot = entry->owner;
	alert->kind = said.kind;
	alert->severity = said.severity;
	memcpy(alert->text, said.text, said.text_bytes);
}

void alerts_take(const struct ds_entry *entry)
{
	if (entry->removed)
		return;
	if (strncmp(entry->name, "alert.", 6) == 0 &&
	    entry->length_bytes == sizeof(struct rs_alert))
		rs_alert_take(entry);
	else if (strncmp(entry->name, "event.", 6) == 0 &&
		 entry->length_bytes == sizeof(struct event))
		event_take(entry);
}

void alerts_follow(void)
{
	struct ds_entry entry;

	for (unsigned i = 0; i < TAKEN_AT_ONCE && act_alert_next(&entry); i++)
		alerts_take(&entry);
}

void alerts_range(uint64_t *first, uint64_t *next)
{
	*next = next_number;
	*first = next_number > ALERTS_MAX ? next_number - ALERTS_MAX : 1;
}

const struct alert *alerts_get(uint64_t number)
{
	return &ring[number % ALERTS_MAX];
}
