/* The smallest service: it waits, answers, and dies when asked, so that its restart can be
 * measured. */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/bench/micro/costs.h"

static enum status start(void)
{
	return OK;
}

static void message(const struct message *request)
{
	if (request->op == IDLE_DIE)
		kernel_exit(0);
	service_reply_status(request->from, OK);
}

int main(void)
{
	static const struct service idle = { .start = start, .message = message };

	return service_run(&idle);
}
