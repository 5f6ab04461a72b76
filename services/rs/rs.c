/*
 * RS as a service: the kernel starts it, and starts it again whenever it dies.
 * Everything it decides is in supervise.h; here are its hands.
 */
#include "services/rs/supervise.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

/* Between a notification and the look that may find that all rest; see rs_work. */
#define RS_SETTLE_US 10000u
#define RS_REST_US   50000u /* a wait for longer: to be woken for any reason means to look */

static struct supervisor supervisor;
static uint64_t next_look_us; /* 0: something has happened */
static bool stirred;          /* in this turn */

static void rs_log(enum log_level level, const char *text)
{
	log_at(level, "%s", text);
}

static void rs_machine_stop(enum machine_stop how)
{
	enum status status = machine_stop(how);

	if (status != OK)
		log_error("the machine cannot be stopped: %s", status_text(status));
}

static const struct supervise_actions rs_actions = {
	.start = service_start,
	.kill = service_kill,
	.crash = service_crash_inject,
	.source = service_source,
	.ask = service_notify,
	.log = rs_log,
	.stop_machine = rs_machine_stop,
};

static enum status rs_start(void)
{
	supervise_init(&supervisor, region("manifest", sizeof(struct manifest)),
		       region("ktable", sizeof(struct kernel_table)),
		       region("rs.table", sizeof(struct rs_table)),
		       region("rs.checkpoint", sizeof(struct rs_checkpoints)), &rs_actions,
		       time_us());
	supervise_log_watch(&supervisor, region_find("klog") != NULL
						 ? region("klog", sizeof(struct kernel_log))
						 : NULL);
	return OK;
}

static enum status rs_serve(uint32_t op, const struct message *message,
			    const struct rs_request *request)
{
	struct rs_policy_request policy;

	if (op == RS_MACHINE_STOP)
		return request->argument == MACHINE_REBOOT || request->argument == MACHINE_POWEROFF
			       ? OK
			       : E_ARGUMENT;
	if (op != RS_POLICY)
		return supervise_request(&supervisor, op, request, time_us());
	memcpy(&policy, message->payload.bytes, sizeof(policy));
	return supervise_policy_set(&supervisor, &policy);
}

static void rs_message(const struct message *message)
{
	struct rs_request request;
	endpoint_t from = message->from;
	bool stops = message->op == RS_MACHINE_STOP;

	memcpy(&request, message->payload.bytes, sizeof(request));
	enum status status = rs_serve(message->op, message, &request);
	service_reply_status(from, status);
	next_look_us = 0;
	stirred = true;
	supervise_end_self(&supervisor);
	if (stops && status == OK) {
		log_notice("%s asked for the machine to %s", service_name(from.slot),
			   request.argument == MACHINE_REBOOT ? "reboot" : "switch off");
		rs_machine_stop((enum machine_stop)request.argument);
	}
}

/* An answer to a heartbeat, or the pci service with a new device. */
static void rs_notified(uint64_t sources)
{
	if (supervise_answered(&supervisor, sources, time_us()))
		next_look_us = 0;
	stirred = true;
}

static void rs_event(uint64_t events)
{
	(void)events; /* a death or a misdeed: the look finds which */
	next_look_us = 0;
	stirred = true;
}

/*
 * Who waits, and for what, stands in the kernel's table as of its last timer
 * interrupt. So RS lies down only after a look that came by a time-out, and
 * then the kernel wakes it before its time if somebody stirs.
 */
static uint64_t rs_work(uint64_t now_us)
{
	static uint64_t wake_us;

	if (now_us >= next_look_us) {
		uint64_t latest_us = now_us + (stirred ? RS_SETTLE_US : HEARTBEAT_REST_US);

		wake_us = supervise_look(&supervisor, now_us);
		if (wake_us > latest_us)
			wake_us = latest_us;
		next_look_us = wake_us > now_us + RS_REST_US ? now_us : wake_us;
	}
	stirred = false;
	return wake_us;
}

int main(void)
{
	static const struct service rs = {
		.start = rs_start,
		.message = rs_message,
		.notified = rs_notified,
		.event = rs_event,
		.work = rs_work,
	};

	return service_run(&rs);
}
