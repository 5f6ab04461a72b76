/* Recovery policies that replace the manifest's: see compile.h. */
#include "services/config/compile.h"
#include "services/config/member.h"
#include "services/config/nearest.h"
#include "services/runtime/policy.h"

#include <stdio.h>

static bool refuse_unknown(const struct service_names *services, const char *path, const char *name,
			   struct refusal *refusal)
{
	char nearest[NAME_BYTES + 1] = "";
	unsigned best = nearest_limit(name);

	for (uint32_t i = 0; i < services->count; i++) {
		char known[NAME_BYTES + 1] = "";

		memcpy(known, services->names[i], NAME_BYTES);
		unsigned distance = nearest_distance(name, known);
		if (known[0] == 0 || distance > best || (nearest[0] != 0 && distance == best))
			continue;
		best = distance;
		memcpy(nearest, known, sizeof(nearest));
	}
	if (nearest[0] == 0)
		return refuse(refusal, path, "there is no such service");
	return refuse(refusal, path, "there is no such service; is '%s' meant?", nearest);
}

static bool service_check(const struct service_names *services, const char *path, const char *name,
			  struct refusal *refusal)
{
	if (strcmp(name, "rs") == 0)
		return refuse(refusal, path, "cannot be changed: the kernel itself restarts rs");
	for (uint32_t i = 0; i < services->count; i++)
		if (services->names[i][0] != 0 &&
		    strncmp(services->names[i], name, NAME_BYTES) == 0)
			return true;
	return refuse_unknown(services, path, name, refusal);
}

static bool steps_take(const cJSON *steps, const char *path, struct override *override,
		       struct refusal *refusal)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, steps)
	{
		if (override->count == RECOVERY_STEPS_MAX)
			return refuse(refusal, path, "has more than %d entries",
				      RECOVERY_STEPS_MAX);
		if (!policy_step_read(cJSON_GetStringValue(item),
				      &override->steps[override->count++]))
			return refuse(refusal, path, "has a step that is none");
	}
	/* RS takes no steps for "the manifest's again". */
	if (override->count == 0)
		return refuse(refusal, path, "has no step; leave it out for what is usual");
	return true;
}

static bool override_compile(const cJSON *item, const struct service_names *services,
			     struct override *override, struct refusal *refusal)
{
	char path[REFUSAL_PATH_BYTES], shown[NAME_BYTES];

	refusal_printable(shown, sizeof(shown), item->string);
	snprintf(path, sizeof(path), "/recovery/%s", shown);
	if (!service_check(services, path, item->string, refusal))
		return false;
	memcpy(override->service, item->string, strnlen(item->string, NAME_BYTES));
	return steps_take(item, path, override, refusal);
}

bool compile_recovery(const cJSON *recovery, const struct service_names *services,
		      struct compiled *compiled, struct refusal *refusal)
{
	const cJSON *item;

	if (recovery == NULL)
		return true;
	compiled->override_count = 0;
	memset(compiled->overrides, 0, sizeof(compiled->overrides));
	cJSON_ArrayForEach(item, recovery)
	{
		if (compiled->override_count == OVERRIDES_MAX)
			return refuse(refusal, "/recovery", "has more than %d entries",
				      OVERRIDES_MAX);
		if (!override_compile(item, services,
				      &compiled->overrides[compiled->override_count], refusal))
			return false;
		compiled->override_count++;
	}
	return true;
}
