/* What the administrator asks for; see services/proto/rs.h. */
#include "services/rs/supervise.h"

static bool is_living(const struct rs_entry *entry)
{
	return entry->state == RS_STARTING || entry->state == RS_RUNNING;
}

static void start_at_once(struct rs_entry *entry, uint64_t now_us)
{
	entry->restart_at_us = now_us;
	entry->state = RS_BACKOFF;
}

static enum status restart(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	supervise_log(supervisor, LOG_NOTICE, slot, "restart asked for");
	if (slot == supervisor->self) {
		supervisor->own_end = EXIT_REQUEST;
		return OK;
	}
	if (is_living(entry))
		supervise_kill(supervisor, slot, EXIT_REQUEST);
	else if (entry->state == RS_BACKOFF)
		start_at_once(entry, now_us);
	else
		return E_STATE;
	return OK;
}

/* Without the data store nothing else could be told anything. */
static bool is_indispensable(const struct supervisor *supervisor, uint32_t slot)
{
	const char *name = supervisor->manifest->services[slot].name;

	return slot == supervisor->self || (name[0] == 'd' && name[1] == 's' && name[2] == 0);
}

static enum status stop(struct supervisor *supervisor, uint32_t slot)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	if (is_indispensable(supervisor, slot))
		return E_DENIED;
	supervise_log(supervisor, LOG_NOTICE, slot, "stop asked for");
	entry->stopped = RS_YES;
	if (is_living(entry))
		supervise_kill(supervisor, slot, EXIT_REQUEST);
	else
		entry->state = RS_STOPPED;
	return OK;
}

static enum status start_again(struct supervisor *supervisor, uint32_t slot, uint64_t now_us)
{
	struct rs_entry *entry = &supervisor->table->services[slot];

	if (entry->state != RS_STOPPED && entry->state != RS_FAILED)
		return E_STATE;
	supervise_log(supervisor, LOG_NOTICE, slot, "start asked for");
	entry->stopped = 0;
	supervise_deaths_set(entry, 0);
	start_at_once(entry, now_us);
	return OK;
}

static bool is_crash(uint32_t how)
{
	switch (how) {
#define X(name, number, text) case number:
		CRASH_TABLE(X)
#undef X
		return true;
	default: return false;
	}
}

static const char *crash_name(enum crash_how how)
{
	switch (how) {
#define X(name, number, text)                                                                      \
	case number: return text;
		CRASH_TABLE(X)
#undef X
	}
	return "unknown";
}

/* RS itself answers first, so it has to know beforehand what the kernel would say. */
static enum status own_crash(struct supervisor *supervisor, enum crash_how how)
{
	uint16_t image = supervisor->manifest->services[supervisor->self].images[0];

	if (image >= IMAGE_MAX || supervisor->manifest->images[image].crash_entry == 0)
		return E_DENIED;
	supervisor->own_crash = how;
	return OK;
}

static enum status crash(struct supervisor *supervisor, uint32_t slot, uint32_t how)
{
	if (!is_crash(how))
		return E_ARGUMENT;
	supervise_log(supervisor, LOG_NOTICE, slot, "crash asked for: %s",
		      crash_name((enum crash_how)how));
	if (slot == supervisor->self)
		return own_crash(supervisor, (enum crash_how)how);
	return supervisor->actions->crash(slot, (enum crash_how)how);
}

enum status supervise_request(struct supervisor *supervisor, uint32_t op,
			      const struct rs_request *request, uint64_t now_us)
{
	if (request->slot >= supervisor->count)
		return E_ABSENT;
	supervisor->touched |= 1ull << request->slot;
	switch ((enum rs_op)op) {
	case RS_RESTART: return restart(supervisor, request->slot, now_us);
	case RS_STOP: return stop(supervisor, request->slot);
	case RS_START: return start_again(supervisor, request->slot, now_us);
	case RS_CRASH: return crash(supervisor, request->slot, request->argument);
	case RS_UPDATE: return supervise_update(supervisor, request->slot, now_us);
	case RS_REVERT: return supervise_revert(supervisor, request->slot, now_us);
	case RS_POLICY:
	case RS_MACHINE_STOP: return E_CALL; /* not through here */
	}
	return E_CALL;
}

void supervise_end_self(struct supervisor *supervisor)
{
	enum exit_cause cause = supervisor->own_end;
	enum crash_how how = supervisor->own_crash;

	supervisor->own_end = EXIT_NONE;
	supervisor->own_crash = 0;
	if (how != 0 && supervisor->actions->crash(supervisor->self, how) != OK)
		supervise_log(supervisor, LOG_ERROR, supervisor->self, "cannot be crashed");
	if (cause != EXIT_NONE)
		supervise_kill(supervisor, supervisor->self, cause);
}
