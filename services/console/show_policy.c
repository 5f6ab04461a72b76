/* What service show and service policy tell of a policy, and of where the program comes from. */
#include "services/console/show_policy.h"

#include "services/runtime/policy.h"
#include "services/console/view.h"

#include <string.h>

/* The policy in force; the strings it is made of may change under our eyes, so it is copied. */
static void policy_in_force(const struct view_service *service, char text[POLICY_TEXT_BYTES])
{
	struct manifest_recovery steps[RECOVERY_STEPS_MAX];

	if (service->rs.policy.overridden != 0)
		memcpy(steps, service->rs.policy.steps, sizeof(steps));
	else
		memcpy(steps, view.manifest->services[service->slot].recovery, sizeof(steps));
	policy_write(steps, text);
}

static const char *program_source(const struct view_service *service)
{
	return service->kernel.updated == IMAGE_UPDATE ? "update" : "booted";
}

static const char *program_build_id(const struct view_service *service)
{
	return service->kernel.updated == IMAGE_UPDATE ? view.kernel->update_id
						       : view.manifest->build_id;
}

void show_policy_json(struct json *json, struct text *out, const struct view_service *service)
{
	char policy[POLICY_TEXT_BYTES];

	policy_in_force(service, policy);
	json_word(json, out, "policy", policy);
	json_word(json, out, "policy_of",
		  service->rs.policy.overridden != 0 ? "administrator" : "manifest");
}

void show_policy_text(struct text *out, const struct view_service *service)
{
	char policy[POLICY_TEXT_BYTES];

	policy_in_force(service, policy);
	text_printf(out, "policy       %s (%s)\r\n", policy,
		    service->rs.policy.overridden != 0 ? "set by the administrator"
						       : "of the manifest");
}

void show_program_json(struct json *json, struct text *out, const struct view_service *service)
{
	json_word(json, out, "source", program_source(service));
	json_string(json, out, "build_id", program_build_id(service),
		    sizeof(view.kernel->update_id));
	json_number(json, out, "on_trial", service->rs.program.trial_until_us != 0);
	json_number(json, out, "updatable", service->kernel.updatable != 0);
}

void show_program_text(struct text *out, const struct view_service *service)
{
	text_printf(out, "program      %s, build ", program_source(service));
	text_foreign(out, program_build_id(service), sizeof(view.kernel->update_id));
	if (service->rs.program.trial_until_us != 0)
		text_string(out, ", on trial");
	else if (service->kernel.updatable != 0 && service->kernel.updated != IMAGE_UPDATE)
		text_string(out, "; an update is there");
	text_string(out, "\r\n");
}
