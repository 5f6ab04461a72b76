/* Which policy of a service is in force, and what of its steps is done by others. */
#include "services/rs/recovery.h"
#include "services/rs/supervise.h"
#include "services/runtime/crc32.h"

#include <stdio.h>
#include <string.h>

static uint32_t policy_crc(const struct rs_policy *policy)
{
	return crc32_of(&policy->overridden, sizeof(*policy) - sizeof(policy->crc32));
}

bool supervise_policy_is_sound(const struct rs_policy *policy)
{
	if (policy->overridden == 0)
		return policy->crc32 == 0;
	return policy->overridden == 1 && policy->crc32 == policy_crc(policy) &&
	       recovery_steps_are_sound(policy->steps);
}

const struct manifest_recovery *supervise_policy(const struct supervisor *supervisor, uint32_t slot)
{
	const struct rs_policy *policy = &supervisor->table->services[slot].policy;

	return policy->overridden == 0 ? supervisor->manifest->services[slot].recovery
				       : policy->steps;
}

enum status supervise_policy_set(struct supervisor *supervisor,
				 const struct rs_policy_request *request)
{
	struct rs_policy policy = { .overridden = 1 };

	if (request->slot >= supervisor->count)
		return E_ABSENT;
	if (request->slot == supervisor->self)
		return E_DENIED; /* the kernel restarts RS, always */
	if (request->count > RECOVERY_STEPS_MAX)
		return E_ARGUMENT;
	memcpy(policy.steps, request->steps, request->count * sizeof(policy.steps[0]));
	if (!recovery_steps_are_sound(policy.steps))
		return E_ARGUMENT;
	policy.crc32 = policy_crc(&policy);
	if (request->count == 0)
		policy = (struct rs_policy){ .overridden = 0 };
	supervisor->table->services[request->slot].policy = policy;
	supervisor->touched |= 1ull << request->slot;
	supervise_log(supervisor, LOG_NOTICE, request->slot, "recovery policy %s",
		      request->count == 0 ? "of the manifest again" : "set");
	return OK;
}

void supervise_alert(struct supervisor *supervisor, uint32_t slot, const char *cause,
		     uint64_t now_us)
{
	struct rs_table *table = supervisor->table;
	const struct rs_entry *entry = &table->services[slot];
	uint64_t sequence = table->alert_sequence + 1;
	struct rs_alert *alert = &table->alerts[sequence % RS_ALERTS_MAX];

	alert->sequence = 0;
	alert->time_us = now_us;
	alert->slot = slot;
	alert->cause = entry->last_cause;
	(void)snprintf(alert->text, sizeof(alert->text), "%.*s died (%s)", NAME_BYTES,
		       supervise_name(supervisor, slot), cause);
	__atomic_store_n(&alert->sequence, sequence, __ATOMIC_RELEASE);
	__atomic_store_n(&table->alert_sequence, sequence, __ATOMIC_RELEASE);
}

void supervise_last_configuration(struct supervisor *supervisor, uint32_t slot)
{
	supervise_log(supervisor, LOG_WARNING, slot,
		      "asks for the last good configuration after so many deaths");
	__atomic_add_fetch(&supervisor->table->last_configuration, 1, __ATOMIC_RELEASE);
}
