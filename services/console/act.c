/*
 * The commands that change something: requests to RS, which answers at once;
 * what came of it is seen in `service list`. Not pure: it calls RS.
 */
#include "services/console/act.h"

#include "services/console/command.h"
#include "services/runtime/policy.h"
#include "services/console/show_policy.h"
#include "services/console/view.h"
#include "services/proto/rs.h"
#include "services/runtime/service.h"

#include <string.h>

/* Under the heartbeat's period, so that an RS that hangs does not take us with it. */
#define RS_TIMEOUT_US 20000u

static const struct {
	const char *word;
	enum crash_how how;
} crashes[] = {
#define X(name, number, text) { text, CRASH_##name },
	CRASH_TABLE(X)
#undef X
};

#define REFUSED "rs refuses that for this service"

#define CRASHES (sizeof(crashes) / sizeof(crashes[0]))

const char *act_crash_word(unsigned nth)
{
	return nth < CRASHES ? crashes[nth].word : NULL;
}

static enum status rs_call(enum rs_op op, const void *request, size_t bytes)
{
	endpoint_t rs = { .slot = view.manifest->rs_slot, .generation = ANY_GENERATION };
	struct message message = { .op = op };

	memcpy(message.payload.bytes, request, bytes);
	return service_call(&rs, &message, RS_TIMEOUT_US);
}

static enum status rs_ask(enum rs_op op, uint32_t slot, uint32_t argument)
{
	struct rs_request request = { .slot = slot, .argument = argument };

	return rs_call(op, &request, sizeof(request));
}

/* What the status of a request to RS means to who typed it; `refused` explains E_DENIED. */
static bool act_report(struct job *job, struct text *out, enum status status, const char *what,
		       const char *refused)
{
	switch (status) {
	case OK: text_printf(out, "%s requested\r\n", what); return false;
	case E_DENIED: return job_fail(job, out, "%s", refused);
	case E_TIMEOUT: return job_fail(job, out, "rs does not answer");
	case E_DEAD: return job_fail(job, out, "rs died before it answered; look, and try again");
	default: return job_fail(job, out, "rs: %s", status_text(status));
	}
}

/* `refused`: why, if RS says E_DENIED. */
static bool act_on_service(struct job *job, struct text *out, enum rs_op op, const char *verb,
			   const char *refused)
{
	uint32_t slot = view_service_find(job->arguments[0]);
	char what[40] = "";

	if (slot == SERVICE_MAX)
		return job_fail(job, out, "no service is named '%s'", job->arguments[0]);
	strncat(what, verb, 16);
	strncat(what, " of ", 5);
	strncat(what, job->arguments[0], NAME_BYTES);
	return act_report(job, out, rs_ask(op, slot, 0), what, refused);
}

bool service_restart(struct job *job, struct text *out)
{
	return act_on_service(job, out, RS_RESTART, "restart", REFUSED);
}

bool service_stop(struct job *job, struct text *out)
{
	return act_on_service(job, out, RS_STOP, "stop", REFUSED);
}

bool service_start_again(struct job *job, struct text *out)
{
	return act_on_service(job, out, RS_START, "start", REFUSED);
}

bool service_update(struct job *job, struct text *out)
{
	return act_on_service(job, out, RS_UPDATE, "update",
			      "rs is not updated while it runs: a new rs that fails could not be "
			      "taken back, as taking back is what rs does; boot the new version");
}

bool service_revert(struct job *job, struct text *out)
{
	return act_on_service(job, out, RS_REVERT, "revert", REFUSED);
}

static bool policy_show(struct job *job, struct text *out, uint32_t slot)
{
	struct view_service service;

	if (!view_service_get(slot, &service))
		return false;
	if (!job->as_json) {
		show_policy_text(out, &service);
		return false;
	}
	json_object(&job->json, out, NULL);
	json_string(&job->json, out, "name", service.name, NAME_BYTES);
	show_policy_json(&job->json, out, &service);
	json_object_end(&job->json, out);
	text_string(out, "\r\n");
	return false;
}

static bool policy_explain(struct job *job, struct text *out, const char *wrong)
{
	if (wrong[0] == '\0')
		return job_fail(job, out, "a policy has at most %d steps", RECOVERY_STEPS_MAX);
	job_fail(job, out, "'%s' is no step; steps are, with commas between:", wrong);
	for (unsigned i = 0; policy_step_word(i) != NULL; i++)
		text_printf(out, " %s", policy_step_word(i));
	text_string(out, "; with :N from the Nth death in a row on, restart with :MS\r\n");
	return false;
}

bool service_policy(struct job *job, struct text *out)
{
	struct rs_policy_request request = { .slot = view_service_find(job->arguments[0]) };
	char wrong[32];

	if (request.slot == SERVICE_MAX)
		return job_fail(job, out, "no service is named '%s'", job->arguments[0]);
	if (job->argument_count == 1)
		return policy_show(job, out, request.slot);
	if (strcmp(job->arguments[1], "default") != 0 &&
	    !policy_read(job->arguments[1], request.steps, &request.count, wrong))
		return policy_explain(job, out, wrong);
	return act_report(job, out, rs_call(RS_POLICY, &request, sizeof(request)), "policy",
			  "the kernel restarts rs, whatever the policy");
}

bool service_crash_make(struct job *job, struct text *out)
{
	uint32_t slot = view_service_find(job->arguments[0]);

	if (slot == SERVICE_MAX)
		return job_fail(job, out, "no service is named '%s'", job->arguments[0]);
	for (unsigned i = 0; i < CRASHES; i++)
		if (strcmp(crashes[i].word, job->arguments[1]) == 0)
			return act_report(job, out, rs_ask(RS_CRASH, slot, crashes[i].how), "crash",
					  "this image was not built for tests");
	job_fail(job, out, "'%s' is no way to crash; the ways are:", job->arguments[1]);
	for (unsigned i = 0; i < CRASHES; i++)
		text_printf(out, " %s", crashes[i].word);
	text_string(out, "\r\n");
	return false;
}

bool machine_reboot(struct job *job, struct text *out)
{
	return act_report(job, out, rs_ask(RS_MACHINE_STOP, 0, MACHINE_REBOOT), "reboot",
			  "rs refuses to reboot");
}

bool machine_poweroff(struct job *job, struct text *out)
{
	return act_report(job, out, rs_ask(RS_MACHINE_STOP, 0, MACHINE_POWEROFF), "power-off",
			  "rs refuses to switch off");
}
