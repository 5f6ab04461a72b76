#include "appliance/alertd/intake.h"

#include "services/proto/alertconf.h"
#include "services/runtime/wallclock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint32_t intake_event_bit(uint32_t kind)
{
	switch (kind) {
	case EVENT_SERVICE_CRASHED: return ALERTCONF_EVENT_CRASH;
	case EVENT_SERVICE_FAILED: return ALERTCONF_EVENT_GIVE_UP;
	case EVENT_SERVICE_RECOVERED: return ALERTCONF_EVENT_RECOVERED;
	case EVENT_SYSTEM_STARTED:
	case EVENT_KERNEL_RESTARTED: return ALERTCONF_EVENT_REBOOT;
	case EVENT_WAN_DOWN:
	case EVENT_WAN_UP: return ALERTCONF_EVENT_WAN;
	case EVENT_DISK_TROUBLE:
	case EVENT_DISK_RECOVERED: return ALERTCONF_EVENT_DISK;
	case EVENT_LOGIN_FAILED: return ALERTCONF_EVENT_LOGIN;
	case EVENT_CONFIG_CHANGED:
	case EVENT_CONFIG_REVERTED: return ALERTCONF_EVENT_CONFIGURATION;
	default: return 0; /* a foreign number, too */
	}
}

static void take(const struct intake *intake, const char *service, struct alert *alert,
		 uint64_t now_us)
{
	uint32_t bit = intake_event_bit(alert->kind);
	bool wanted = intake->mails && (bit == 0 || intake->events & bit);
	struct alert lost;
	struct wallclock at;

	alert->count = 1;
	alert->first_us = alert->last_us;
	if (intake->clock != NULL && wallclock_at(intake->clock, alert->last_us, &at))
		alert->unix_us = at.unix_us;
	strncpy(alert->service, service, sizeof(alert->service) - 1);
	history_add(intake->history, alert, wanted ? ALERT_IS_QUEUED : ALERT_IS_OFF);
	if (wanted && alert_queue_add(intake->queue, alert, now_us, &lost))
		history_lost(intake->history, &lost);
}

__attribute__((format(printf, 6, 7))) static void tell(const struct intake *intake,
						       const char *service, enum event_kind kind,
						       enum event_severity severity,
						       uint64_t now_us, const char *format, ...)
{
	struct alert alert = { .kind = (uint16_t)kind,
			       .severity = (uint16_t)severity,
			       .last_us = now_us };
	char text[EVENT_TEXT_BYTES + 1];
	va_list arguments;

	va_start(arguments, format);
	int wanted = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	alert.text_bytes = wanted < 0 ? 0 : (uint32_t)wanted;
	if (alert.text_bytes > EVENT_TEXT_BYTES)
		alert.text_bytes = EVENT_TEXT_BYTES;
	memcpy(alert.text, text, alert.text_bytes);
	take(intake, service, &alert, now_us);
}

void intake_event(const struct intake *intake, const char *name, const void *value, size_t bytes,
		  uint32_t owner, uint64_t now_us)
{
	char own[NAME_BYTES + 8];
	struct event event;

	if (bytes != sizeof(event) || owner >= SERVICE_MAX)
		return;
	memcpy(&event, value, sizeof(event));
	/* Only a service itself speaks under its name. */
	int length = snprintf(own, sizeof(own), "event.%s.", intake->service_name(owner));
	if (event.version != EVENT_VERSION || event.text_bytes > EVENT_TEXT_BYTES ||
	    event.severity > EVENT_CRITICAL || length < 0 || (size_t)length >= sizeof(own) ||
	    strncmp(name, own, (size_t)length) != 0 || event.time_us > now_us ||
	    !alert_queue_see(intake->queue, owner, event.sequence))
		return;
	struct alert alert = { .kind = event.kind,
			       .severity = event.severity,
			       .last_us = event.time_us,
			       .text_bytes = event.text_bytes };
	memcpy(alert.text, event.text, sizeof(alert.text));
	take(intake, intake->service_name(owner), &alert, now_us);
	alert_queue_seal(intake->queue);
}

static bool rs_alert_copy(const struct rs_table *rs, uint64_t sequence, struct rs_alert *copy)
{
	const struct rs_alert *shared = &rs->alerts[sequence % RS_ALERTS_MAX];

	if (__atomic_load_n(&shared->sequence, __ATOMIC_ACQUIRE) != sequence)
		return false;
	memcpy(copy, shared, sizeof(*copy));
	copy->text[sizeof(copy->text) - 1] = 0;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&shared->sequence, __ATOMIC_RELAXED) == sequence;
}

static void rs_alert_tell(const struct intake *intake, const struct rs_table *rs,
			  const struct rs_alert *alert, uint64_t now_us)
{
	bool runs = false;

	if (alert->slot < SERVICE_MAX) {
		const struct rs_entry *entry = &rs->services[alert->slot];
		runs = __atomic_load_n(&entry->state, __ATOMIC_RELAXED) == RS_RUNNING;
		if (!intake->queue->failed[alert->slot])
			intake->queue->failed[alert->slot] = ALERT_CRASHED;
	}
	tell(intake, intake->service_name(alert->slot), EVENT_SERVICE_CRASHED, EVENT_WARNING,
	     alert->time_us < now_us ? alert->time_us : now_us, "%s%s", alert->text,
	     runs ? "; it runs again" : "");
}

static void rs_alerts_take(const struct intake *intake, const struct rs_table *rs, uint64_t now_us)
{
	uint64_t latest = __atomic_load_n(&rs->alert_sequence, __ATOMIC_ACQUIRE);
	uint64_t *seen = &intake->queue->rs_seen;
	struct rs_alert alert;

	if (*seen > latest)
		*seen = latest > RS_ALERTS_MAX ? latest - RS_ALERTS_MAX : 0;
	if (latest - *seen > RS_ALERTS_MAX) { /* overwritten, before we looked */
		alert_queue_miss(intake->queue, latest - *seen - RS_ALERTS_MAX);
		*seen = latest - RS_ALERTS_MAX;
	}
	while (*seen < latest) {
		++*seen;
		if (rs_alert_copy(rs, *seen, &alert))
			rs_alert_tell(intake, rs, &alert, now_us);
		else
			alert_queue_miss(intake->queue, 1);
	}
}

/* One that was given up is told at once; that it runs well again, when that has lasted. */
static bool rs_entry_look(const struct intake *intake, uint32_t slot, const struct rs_entry *entry,
			  uint64_t now_us, bool *told)
{
	uint32_t state = __atomic_load_n(&entry->state, __ATOMIC_RELAXED);
	uint64_t ready_us = __atomic_load_n(&entry->last_ready_us, __ATOMIC_RELAXED);
	uint8_t *failed = &intake->queue->failed[slot];

	if (state == RS_FAILED && *failed != ALERT_GIVEN_UP) {
		*told = true;
		*failed = ALERT_GIVEN_UP;
		tell(intake, intake->service_name(slot), EVENT_SERVICE_FAILED, EVENT_CRITICAL,
		     now_us, "%s keeps failing and is not restarted any more",
		     intake->service_name(slot));
	} else if (state == RS_RUNNING && *failed && now_us >= ready_us + INTAKE_QUIET_US) {
		*told = true;
		*failed = 0;
		tell(intake, intake->service_name(slot), EVENT_SERVICE_RECOVERED, EVENT_INFO,
		     now_us, "%s has been running well again for a minute",
		     intake->service_name(slot));
	}
	return state == RS_RUNNING && *failed != 0;
}

bool intake_rs(const struct intake *intake, const struct rs_table *rs, uint64_t now_us)
{
	uint64_t seen = intake->queue->rs_seen;
	bool waits = false, told;

	rs_alerts_take(intake, rs, now_us);
	told = intake->queue->rs_seen != seen;
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		waits |= rs_entry_look(intake, slot, &rs->services[slot], now_us, &told);
	if (told)
		alert_queue_seal(intake->queue);
	return waits;
}

void intake_boot(const struct intake *intake, const struct crash_log *crashes, uint64_t now_us)
{
	uint32_t next = crashes->next_sequence;

	if (crashes->magic != CRASH_LOG_MAGIC || crashes->boots <= 1) {
		tell(intake, "kernel", EVENT_SYSTEM_STARTED, EVENT_INFO, now_us,
		     "the appliance has been started");
		return;
	}
	const struct crash_record *last = &crashes->records[(next - 1) % CRASH_RECORDS];
	if (next > 1 && last->slot == CRASH_OF_KERNEL && last->boot + 1 == crashes->boots)
		tell(intake, "kernel", EVENT_KERNEL_RESTARTED, EVENT_CRITICAL, now_us,
		     "the kernel failed and the appliance restarted: %.*s",
		     (int)strnlen(last->text, sizeof(last->text)), last->text);
	else
		tell(intake, "kernel", EVENT_SYSTEM_STARTED, EVENT_INFO, now_us,
		     "the appliance has been restarted");
}

/* "3 h 20 min", "25 s"; what is unknown is left out. */
static void outage_text(uint64_t outage_s, char text[INTAKE_OUTAGE_BYTES])
{
	unsigned hours = (unsigned)(outage_s / 3600), minutes = (unsigned)(outage_s / 60 % 60);

	text[0] = 0;
	if (hours != 0)
		snprintf(text, INTAKE_OUTAGE_BYTES, "; it was down for %u h %u min", hours,
			 minutes);
	else if (minutes != 0)
		snprintf(text, INTAKE_OUTAGE_BYTES, "; it was down for %u min %u s", minutes,
			 (unsigned)(outage_s % 60));
	else if (outage_s != 0)
		snprintf(text, INTAKE_OUTAGE_BYTES, "; it was down for %u s", (unsigned)outage_s);
}

static void wan_tell_down(const struct intake *intake, enum intake_wan how, const char *since)
{
	tell(intake, "firewall", EVENT_WAN_DOWN, EVENT_CRITICAL, intake->queue->wan.down_us,
	     "the WAN %s: %s", since, how == INTAKE_WAN_NO_LINK ? "no link" : "no address");
}

bool intake_wan(const struct intake *intake, enum intake_wan how, uint64_t now_us)
{
	struct wan *wan = &intake->queue->wan, before = *wan;
	char outage[INTAKE_OUTAGE_BYTES];
	struct wallclock at = { 0 };

	if (intake->clock != NULL && !wallclock_at(intake->clock, now_us, &at))
		at.unix_us = 0;
	enum wan_news news = wan_look(wan, how == INTAKE_WAN_UP, now_us, at.unix_us);
	switch (news) {
	case WAN_WENT_DOWN: wan_tell_down(intake, how, "is down"); break;
	case WAN_STAYED_DOWN: wan_tell_down(intake, how, "does not come up"); break;
	case WAN_CAME_BACK:
		outage_text(wan_outage_s(wan, now_us, at.unix_us), outage);
		tell(intake, "firewall", EVENT_WAN_UP, EVENT_INFO, now_us, "the WAN is back%s",
		     outage);
		break;
	case WAN_CAME_UP:
	case WAN_NO_NEWS: break;
	}
	if (memcmp(wan, &before, sizeof(before)) != 0)
		alert_queue_seal(intake->queue);
	return news == WAN_CAME_UP || news == WAN_CAME_BACK;
}

void intake_dates(const struct intake *intake)
{
	struct alert_queue *queue = intake->queue;
	bool changed = false;
	struct wallclock at;

	for (uint32_t i = 0; i < queue->count && intake->clock != NULL; i++) {
		struct alert *alert = &queue->alerts[i];
		if (alert->unix_us != 0 || alert->earlier ||
		    !wallclock_at(intake->clock, alert->last_us, &at))
			continue;
		alert->unix_us = at.unix_us;
		changed = true;
	}
	if (changed)
		alert_queue_seal(queue);
}
