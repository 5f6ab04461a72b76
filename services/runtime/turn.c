#include "services/runtime/turn.h"

#include "services/runtime/kernel.h"
#include "services/runtime/syscall.h"

/* What service_breathe took and the service has not been told of. */
static struct {
	uint64_t sources, events;
	uint64_t breathed_us; /* or begun to work */
	unsigned breaths;
} kept = { .breaths = SERVICE_BREATHS_MAX }; /* none in `start`: we are not ready yet */

/* How long `receive` may wait: TIMEOUT_NONE if the work goes on. */
static uint64_t work(const struct service *service)
{
	if (service->work == NULL)
		return TIMEOUT_NEVER;
	kept.breathed_us = time_us();
	uint64_t next_us = service->work(kept.breathed_us);
	if (next_us == SERVICE_NO_DEADLINE)
		return TIMEOUT_NEVER;
	uint64_t now_us = time_us();
	return next_us > now_us ? next_us - now_us : TIMEOUT_NONE;
}

/*
 * RS asks by a notification and is answered by one: first of all, as what
 * follows may take its time, and never before `start` and `work` have passed.
 */
static uint64_t heartbeat_take(uint64_t sources)
{
	const struct start_info *info = service_info();
	uint64_t rs = 1ull << info->rs_slot;

	if (info->self.slot == info->rs_slot || (sources & rs) == 0)
		return sources;
	service_notify(info->rs_slot);
	return sources & ~rs;
}

static void kept_add(void)
{
	kept.sources |= heartbeat_take(ipc_buffer()->sources);
	kept.events |= ipc_buffer()->events;
}

void service_breathe(void)
{
	if (kept.breaths == SERVICE_BREATHS_MAX)
		return;
	kept.breaths++;
	struct kernel_result result = kernel_call(SYS_RECEIVE, TIMEOUT_NONE);
	if (result.status == OK && result.value == RECEIVED_MESSAGE)
		(void)service_reply_status(ipc_buffer()->message.from, E_AGAIN);
	else if (result.status == OK)
		kept_add();
}

void service_breathe_if_long(void)
{
	uint64_t now_us = time_us();

	if (now_us - kept.breathed_us < SERVICE_LONG_TURN_US)
		return;
	kept.breathed_us = now_us;
	service_breathe();
}

static void notification(const struct service *service)
{
	uint64_t sources = kept.sources, events = kept.events;
	unsigned lines = (unsigned)(events & EVENT_IRQ_MASK);

	events &= ~EVENT_IRQ_MASK;
	if (lines != 0 && service->interrupt != NULL)
		service->interrupt(lines);
	if (events != 0 && service->event != NULL)
		service->event(events);
	if (sources != 0 && service->notified != NULL)
		service->notified(sources);
}

static void message(const struct service *service)
{
	const struct message *request = &ipc_buffer()->message;

	if (service->message != NULL)
		service->message(request);
	else
		(void)service_reply_status(request->from, E_CALL);
}

void service_turn(const struct service *service)
{
	kept.sources = kept.events = 0;
	kept.breaths = 0;
	uint64_t timeout_us = work(service);
	if ((kept.sources | kept.events) != 0)
		timeout_us = TIMEOUT_NONE;
	ipc_buffer()->rests = 1;
	struct kernel_result result = kernel_call(SYS_RECEIVE, timeout_us);
	ipc_buffer()->rests = 0;

	if (result.status == OK && result.value == RECEIVED_MESSAGE)
		message(service);
	else if (result.status == OK)
		kept_add();
	else if (result.status != E_TIMEOUT)
		service_panic("receive: %s", status_text(result.status));
	if ((kept.sources | kept.events) != 0)
		notification(service);
}
