/*
 * The driver's part: says when the interrupt reached it, which is when its wait
 * ended. It also lends the memory from and to which meter copies.
 */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/bench/micro/costs.h"

#include <stddef.h>

static uint8_t lent[COST_COPY_BYTES_MAX];
static struct line_says *says;

static enum status start(void)
{
	uint32_t grant;

	says = region("line", sizeof(*says));
	enum status status = grant_create(service_slot("meter"), lent, sizeof(lent),
					  (enum grant_access)(GRANT_READ | GRANT_WRITE), &grant);

	if (status != OK)
		return status;
	says->grant = grant;
	return irq_enable(0);
}

/* The first thing that happens behind the wait in service_turn. */
static void interrupt(unsigned lines)
{
	says->arrived_ticks = ticks();
	says->interrupts++;
	(void)lines;
	if (irq_ack(0) != OK)
		service_panic("the interrupt cannot be acknowledged");
}

int main(void)
{
	static const struct service line = { .start = start, .interrupt = interrupt };

	return service_run(&line);
}
