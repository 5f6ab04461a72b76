/* What the kernel and RS do for others: messages, notifications, copies, interrupts, restarts. */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"
#include "tests/bench/micro/costs.h"

/* 16550: the empty transmitter interrupts when that is switched on (datasheet, table II). */
#define UART_INTERRUPTS   0x3f9
#define UART_CAUSE        0x3fa
#define UART_TRANSMITTER  0x02
#define CALL_LIMIT_US     1000000
#define INTERRUPT_REST_US 1000   /* fewer than the kernel calls a storm */
#define LIFE_US           600000 /* so long a life, and RS counts deaths from one again */
#define DRAIN_MAX         100

static uint64_t peer, self_slot;
static uint32_t line_slot, idle_slot;
static const struct line_says *line;
static uint8_t buffer[COST_COPY_BYTES_MAX];

void kernel_costs_init(void)
{
	peer = service_slot("peer");
	line_slot = service_slot("line");
	idle_slot = service_slot("idle");
	self_slot = service_info()->self.slot;
	line = region("line", sizeof(*line));
}

static void expect(enum status status, const char *what)
{
	if (status != OK)
		service_panic("%s: %s", what, status_text(status));
}

static void rest(uint64_t us)
{
	(void)kernel_call(SYS_RECEIVE, us);
}

uint64_t cost_call(unsigned unused)
{
	uint64_t begin = ticks();
	struct kernel_result result = kernel_call(SYS_CALL, peer, CALL_LIMIT_US);
	uint64_t taken = ticks() - begin;

	(void)unused;
	expect(result.status, "call");
	return taken;
}

/* Ourselves, who do not wait: nobody has to be woken. */
uint64_t cost_notify(unsigned unused)
{
	uint64_t begin = ticks();
	struct kernel_result result = kernel_call(SYS_NOTIFY, self_slot);
	uint64_t taken = ticks() - begin;

	(void)unused;
	expect(result.status, "notify");
	rest(TIMEOUT_NONE);
	return taken;
}

uint64_t cost_receive(unsigned unused)
{
	(void)unused;
	expect(kernel_call(SYS_NOTIFY, self_slot).status, "notify");
	uint64_t begin = ticks();
	struct kernel_result result = kernel_call(SYS_RECEIVE, TIMEOUT_NEVER);
	uint64_t taken = ticks() - begin;

	expect(result.status, "receive");
	return taken;
}

/*
 * Peer, who waits and is more urgent, is notified, receives, and waits again. Apart from the two
 * switches that is one notification and one receipt.
 */
uint64_t cost_switch(unsigned unused)
{
	uint64_t begin = ticks();
	struct kernel_result result = kernel_call(SYS_NOTIFY, peer);
	uint64_t there_and_back = ticks() - begin;
	uint64_t rest_of_it = cost_notify(unused) + cost_receive(unused);

	expect(result.status, "notify");
	if (there_and_back < rest_of_it)
		return COST_DISTURBED; /* by a timer interrupt, in what is taken away */
	return (there_and_back - rest_of_it) / 2;
}

uint64_t cost_copy_from(unsigned bytes)
{
	uint64_t begin = ticks();
	enum status status = copy_from(line_slot, line->grant, 0, buffer, bytes);
	uint64_t taken = ticks() - begin;

	expect(status, "copy_from");
	return taken;
}

uint64_t cost_copy_to(unsigned bytes)
{
	uint64_t begin = ticks();
	enum status status = copy_to(line_slot, line->grant, 0, buffer, bytes);
	uint64_t taken = ticks() - begin;

	expect(status, "copy_to");
	return taken;
}

static enum status interrupts_set(uint32_t value)
{
	return port_write(UART_INTERRUPTS, 1, value);
}

/* One that interrupts nobody. */
uint64_t cost_port_write(unsigned unused)
{
	uint64_t begin = ticks();
	enum status status = interrupts_set(0);
	uint64_t taken = ticks() - begin;

	(void)unused;
	expect(status, "port_write");
	return taken;
}

/* Takes the cause away, so that the next one is an edge. */
static void line_calm(void)
{
	uint32_t cause;

	expect(interrupts_set(0), "port_write");
	expect(port_read(UART_CAUSE, 1, &cause), "port_read");
}

/* From where the write that causes it would have ended to where line's wait has ended. */
uint64_t cost_interrupt(unsigned unused)
{
	uint32_t before = line->interrupts;

	line_calm();
	uint64_t write = cost_port_write(unused);
	uint64_t begin = ticks();
	expect(interrupts_set(UART_TRANSMITTER), "port_write");
	for (unsigned i = 0; line->interrupts == before && i < DRAIN_MAX; i++)
		__asm__ volatile("" : : : "memory");
	if (line->interrupts == before)
		service_panic("no interrupt");
	uint64_t taken = line->arrived_ticks - begin - write;
	line_calm();
	rest(INTERRUPT_REST_US);
	return taken;
}

/* From the request that kills it to the answer of its next life. */
uint64_t cost_restart(unsigned unused)
{
	endpoint_t idle = { idle_slot, ANY_GENERATION };
	struct message message = { .op = IDLE_DIE };

	(void)unused;
	rest(LIFE_US);
	uint64_t begin = ticks();
	enum status status = service_call(&idle, &message, CALL_LIMIT_US);
	while (status == E_DEAD) {
		message.op = IDLE_ANSWER;
		idle.generation = ANY_GENERATION;
		status = service_call(&idle, &message, CALL_LIMIT_US);
	}
	uint64_t taken = ticks() - begin;
	expect(status, "idle");
	return taken;
}
