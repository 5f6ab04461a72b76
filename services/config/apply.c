/* See engine.h: from a document to what the services read, and RS's policies. */
#include "services/config/document.h"
#include "services/config/engine.h"
#include "services/runtime/service.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RS_TIMEOUT_US 20000u /* under the heartbeat's period */
#define AGAIN_US      100000u

void apply_status(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(engine.status, sizeof(engine.status), format, arguments);
	va_end(arguments);
	engine.publish_at_us = 0;
	engine.edition++;
}

static void tell(const char *const *names, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (service_slot(names[i]) < SERVICE_MAX)
			service_notify(service_slot(names[i]));
}

void apply_compiled(void)
{
	static const char *const net[] = { "firewall", "inet", "dhcpd", "dnsd",
					   "time",     "log",  "webd",  "alertd" };
	static const char *const alerts[] = { "alertd" };
	static const char *const web[] = { "webd" };

	engine.state->stands = 0;
	(void)force_put(&engine.net, &engine.compiled.net, &engine.compiled.lists);
	/* Always: our former life may have died between the switch and this. */
	tell(net, sizeof(net) / sizeof(net[0]));
	if (force_put(&engine.alerts, &engine.compiled.alerts, NULL))
		tell(alerts, 1);
	if (force_put(&engine.web, &engine.compiled.web, NULL))
		tell(web, 1);
}

bool apply_running(void)
{
	const struct service_names services = { service_info()->names, SERVICE_MAX };
	const struct ledger *ledger = &engine.state->ledger;
	const struct ledger_head *head = ledger_head(ledger);
	const struct ledger_entry *entry = head == NULL ? NULL : ledger_find(ledger, head->running);
	struct refusal refusal;

	if (entry == NULL || !ledger_text(ledger, entry, engine_text))
		return false;
	if (document_compile(engine_text, entry->length_bytes, &services, &engine.compiled,
			     &refusal)) {
		apply_compiled();
		return true;
	}
	log_error("configuration %u is refused: %s: %s", (unsigned)entry->serial, refusal.path,
		  refusal.reason);
	return false;
}

/* --- Recovery policies ---------------------------------------------------- */

static const struct override *override_of(uint32_t slot)
{
	const char *name = service_name(slot);

	for (uint32_t i = 0; i < engine.compiled.override_count; i++)
		if (strncmp(engine.compiled.overrides[i].service, name, NAME_BYTES) == 0)
			return &engine.compiled.overrides[i];
	return NULL;
}

/* What is to be asked of RS for that slot. False: nothing. */
static bool policy_differs(uint32_t slot, struct rs_policy_request *request)
{
	const struct rs_policy *policy = &engine.rs->services[slot].policy;
	const struct override *override = override_of(slot);
	bool managed = (engine.state->managed >> slot & 1) != 0;

	*request = (struct rs_policy_request){ .slot = slot };
	if (override == NULL)
		return managed && policy->overridden != 0;
	request->count = override->count;
	memcpy(request->steps, override->steps, sizeof(request->steps));
	return policy->overridden == 0 ||
	       memcmp(policy->steps, override->steps, sizeof(policy->steps)) != 0;
}

static enum status policy_set(const struct rs_policy_request *request)
{
	endpoint_t rs = { .slot = service_slot("rs"), .generation = ANY_GENERATION };
	enum status status = E_DEAD;

	for (unsigned i = 0; i < 2 && status == E_DEAD; i++) {
		struct message message = { .op = RS_POLICY };

		memcpy(message.payload.bytes, request, sizeof(*request));
		status = service_call(&rs, &message, RS_TIMEOUT_US);
	}
	return status;
}

uint64_t apply_policies(uint64_t now_us)
{
	struct rs_policy_request request;

	for (uint32_t slot = 0; slot < SERVICE_MAX && service_name(slot)[0] != 0; slot++) {
		if (!policy_differs(slot, &request))
			continue;
		enum status status = policy_set(&request);
		if (status != OK)
			log_warning("recovery policy of %s: %s", service_name(slot),
				    status_text(status));
		if (request.count != 0)
			engine.state->managed |= 1ull << slot;
		else
			engine.state->managed &= ~(1ull << slot);
		return status == OK ? now_us : now_us + AGAIN_US;
	}
	return SERVICE_NO_DEADLINE;
}
