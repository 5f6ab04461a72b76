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
	if (wanted && alert_queue_add(intake->queue, alert, now_us, &lost))
		history_lost(intake->history, &lost);
	history_add(intake->history, alert, wanted ? ALERT_IS_QUEUED : ALERT_IS_OFF);
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
	    strncmp(name, own, (size_t)length) != 0 ||
	    event.sequence <= intake->queue->seen[owner] || event.time_us > now_us)
		return;
	struct alert alert = { .kind = event.kind,
			       .severity = event.severity,
			       .last_us = event.time_us,
			       .text_bytes = event.text_bytes };
	memcpy(alert.text, event.text, sizeof(alert.text));
	intake->queue->seen[owner] = event.sequence;
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

	if (*seen > latest || latest - *seen > RS_ALERTS_MAX)
		*seen = latest > RS_ALERTS_MAX ? latest - RS_ALERTS_MAX : 0;
	while (*seen < latest) {
		++*seen;
		if (rs_alert_copy(rs, *seen, &alert))
			rs_alert_tell(intake, rs, &alert, now_us);
	}
}

/* One that was given up is told at once; that it runs well again, when that has lasted. */
static void rs_entry_look(const struct intake *intake, uint32_t slot, const struct rs_entry *entry,
			  uint64_t now_us)
{
	uint32_t state = __atomic_load_n(&entry->state, __ATOMIC_RELAXED);
	uint64_t ready_us = __atomic_load_n(&entry->last_ready_us, __ATOMIC_RELAXED);
	uint32_t *failed = &intake->queue->failed[slot];

	if (state == RS_FAILED && *failed != ALERT_GIVEN_UP) {
		*failed = ALERT_GIVEN_UP;
		tell(intake, intake->service_name(slot), EVENT_SERVICE_FAILED, EVENT_CRITICAL,
		     now_us, "%s keeps failing and is not restarted any more",
		     intake->service_name(slot));
	} else if (state == RS_RUNNING && *failed && now_us >= ready_us + INTAKE_QUIET_US) {
		*failed = 0;
		tell(intake, intake->service_name(slot), EVENT_SERVICE_RECOVERED, EVENT_INFO,
		     now_us, "%s has been running well again for a minute",
		     intake->service_name(slot));
	}
}

void intake_rs(const struct intake *intake, const struct rs_table *rs, uint64_t now_us)
{
	rs_alerts_take(intake, rs, now_us);
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		rs_entry_look(intake, slot, &rs->services[slot], now_us);
	alert_queue_seal(intake->queue);
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

void intake_wan(const struct intake *intake, struct intake_wan *wan, bool up, uint64_t now_us)
{
	if (!wan->known) { /* told only if it does not come up */
		wan->known = true;
		wan->up = true;
	}
	if (up == wan->up) {
		wan->changing = false;
		return;
	}
	if (!wan->changing)
		wan->since_us = now_us;
	wan->changing = true;
	if (now_us - wan->since_us < INTAKE_WAN_US)
		return;
	wan->up = up;
	wan->changing = false;
	tell(intake, "firewall", up ? EVENT_WAN_UP : EVENT_WAN_DOWN,
	     up ? EVENT_INFO : EVENT_CRITICAL, now_us,
	     up ? "the WAN is back" : "the WAN is down: no link, or no address");
}
