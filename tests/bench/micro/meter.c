/*
 * Counts the guest instructions of single operations, prints a line each to the
 * serial port, and switches the machine off. QEMU's -icount shift=0 makes the
 * time stamp counter advance by one an instruction, so the figures are the same
 * on every machine; tests/bench/costs.py boots this and reads them.
 *
 * The cheapest of many rounds counts: timer interrupts and heartbeats in between
 * do not.
 */
#include "kernel/abi/syscall.h"
#include "services/proto/rs.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"
#include "tests/bench/micro/costs.h"

#include <stdio.h>
#include <string.h>

#define SERIAL_DATA     0x3f8
#define ANSWER_LIMIT_US 1000000

struct cost {
	const char *name;
	uint64_t (*take)(unsigned argument);
	unsigned argument;
	unsigned rounds;
};

static const struct cost costs[] = {
	{ "call and reply", cost_call, 0, 1000 },
	{ "notify", cost_notify, 0, 1000 },
	{ "receive, notified already", cost_receive, 0, 1000 },
	{ "context switch", cost_switch, 0, 1000 },
	{ "copy from 64 bytes", cost_copy_from, 64, 100 },
	{ "copy from 1500 bytes", cost_copy_from, 1500, 100 },
	{ "copy from 4096 bytes", cost_copy_from, 4096, 100 },
	{ "copy from 65536 bytes", cost_copy_from, 65536, 20 },
	{ "copy to 64 bytes", cost_copy_to, 64, 100 },
	{ "copy to 1500 bytes", cost_copy_to, 1500, 100 },
	{ "copy to 4096 bytes", cost_copy_to, 4096, 100 },
	{ "copy to 65536 bytes", cost_copy_to, 65536, 20 },
	{ "port write", cost_port_write, 0, 1000 },
	{ "interrupt to driver", cost_interrupt, 0, 50 },
	{ "restart of an idle service", cost_restart, 0, 5 },
	{ "ring transfer, alone", cost_ring, 1, 100 },
	{ "ring transfer, of 64", cost_ring, 64, 100 },
	{ "flow known, of 100", cost_flow_known, 100, 3 },
	{ "flow known, of 100000", cost_flow_known, 100000, 3 },
	{ "flow unknown, of 100", cost_flow_unknown, 100, 3 },
	{ "flow unknown, of 100000", cost_flow_unknown, 100000, 3 },
	{ "last of 10 rules", cost_rules, 10, 3 },
	{ "last of 256 rules", cost_rules, 256, 3 },
	{ "last of 1000 rules", cost_rules, 1000, 3 },
	{ "last of 10000 rules", cost_rules, 10000, 3 },
	{ "last of 256 rules, no two alike", cost_rules_unlike, 256, 3 },
};
#define COSTS (sizeof(costs) / sizeof(costs[0]))

static void print(const char *text)
{
	for (; *text; text++)
		if (port_write(SERIAL_DATA, 1, (uint8_t)*text) != OK)
			service_panic("no serial port");
}

static void cost_print(const struct cost *cost)
{
	uint64_t best = COST_DISTURBED;
	char line[80];

	for (unsigned round = 0; round < cost->rounds; round++) {
		uint64_t taken = cost->take(cost->argument);

		if (taken < best)
			best = taken;
	}
	if (best == COST_DISTURBED)
		service_panic("%s: no round was left alone", cost->name);
	snprintf(line, sizeof(line), "cost: %s: %lu\r\n", cost->name, (unsigned long)best);
	print(line);
}

static void machine_switch_off(void)
{
	struct rs_request request = { .argument = MACHINE_POWEROFF };
	struct message message = { .op = RS_MACHINE_STOP };
	endpoint_t rs = { service_slot("rs"), ANY_GENERATION };

	memcpy(message.payload.bytes, &request, sizeof(request));
	enum status status = service_call(&rs, &message, ANSWER_LIMIT_US);
	if (status != OK)
		service_panic("RS: %s", status_text(status));
}

int main(void)
{
	kernel_costs_init();
	net_costs_init();
	for (unsigned i = 0; i < COSTS; i++)
		cost_print(&costs[i]);
	print("cost: end\r\n");
	machine_switch_off();
	for (;;)
		(void)kernel_call(SYS_RECEIVE, TIMEOUT_NEVER);
}
