/*
 * Counts the guest instructions of a call and its reply. It stands in RS's
 * place in a system of two services, so nothing else runs. QEMU's -icount
 * shift=0 makes the time stamp counter advance by one an instruction.
 *
 * The result goes to the serial port as one line, then the machine powers off.
 */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"

#include <stdio.h>

#define ROUNDS            1000
#define SERIAL_DATA       0x3f8
#define SERVER_TIMEOUT_US 1000000

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void print(const char *text)
{
	for (; *text; text++)
		if (port_write(SERIAL_DATA, 1, (uint8_t)*text) != OK)
			service_panic("no serial port");
}

/* The cheapest of ROUNDS, so that a timer interrupt in between does not count. */
static uint64_t call_measure(uint64_t server)
{
	uint64_t best = UINT64_MAX;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t start = ticks();
		struct kernel_result result = kernel_call(SYS_CALL, server, SERVER_TIMEOUT_US);
		uint64_t taken = ticks() - start;

		if (result.status != OK)
			service_panic("call: %s", status_text(result.status));
		if (taken < best)
			best = taken;
	}
	return best;
}

int main(void)
{
	uint32_t generation;
	uint32_t server = service_slot("pong");
	char line[64];

	enum status status = service_start(server, &generation);

	if (status != OK)
		service_panic("pong does not start: %s", status_text(status));
	uint64_t instructions = call_measure(server | (uint64_t)generation << 32);

	snprintf(line, sizeof(line), "ipc: call and reply %lu instructions\r\n",
		 (unsigned long)instructions);
	print(line);
	if (machine_stop(MACHINE_POWEROFF) != OK)
		print("ipc: this machine does not power off\r\n");
	for (;;)
		(void)kernel_call(SYS_RECEIVE, TIMEOUT_NEVER);
}
