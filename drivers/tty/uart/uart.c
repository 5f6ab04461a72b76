/*
 * The serial terminal: a 16550 UART between its line and the console.
 * 115200 baud, 8 data bits, no parity, no flow control.
 *
 * Input goes to the queue as it comes; what does not fit is dropped. Output
 * leaves the queue 16 bytes at a time, whenever the transmit FIFO is empty,
 * which an interrupt says; nothing waits for the line. A byte is consumed when
 * it is in the FIFO, so a restarted driver sends what its former life had not.
 *
 * Invariant: while output waits, IER_THR_EMPTY is set, or the deadline of
 * uart_work is at most OUTPUT_CHECK_US away (a lost interrupt costs that much).
 *
 * With no UART in the machine the driver stays, idle, and discards the output.
 */
#include "drivers/tty/uart/registers.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/tty_queue.h"

#define IRQ_INDEX       0u
#define OUTPUT_CHECK_US (8 * UART_FIFO_TIME_US)
#define IDLE_ROUNDS_MAX 4u /* a device that wants more than this is not heard any longer */
/*
 * What is done before the next wait, which is where the heartbeat is answered:
 * bytes received, and FIFOs filled, which count as four. An emulated line takes
 * a byte as soon as it is there, but each costs its host 10 us or more: a queue
 * full of output in one go took longer than the heartbeat allows.
 */
#define WORK_MAX  16u
#define WORK_FIFO 4u

static struct tty_end queue;
static uint32_t console_slot;
static bool present;
static uint8_t interrupts_enabled; /* IER as last written */
static uint32_t overruns;          /* times the device lost input: we were too late */
static unsigned idle_rounds;       /* in a row that found an interrupt pending and nothing to do */

static uint8_t uart_read(unsigned offset)
{
	uint32_t value;

	if (port_read((uint16_t)(UART_PORT + offset), 1, &value) != OK)
		return LSR_ABSENT;
	return (uint8_t)value;
}

static void uart_write(unsigned offset, unsigned value)
{
	if (port_write((uint16_t)(UART_PORT + offset), 1, value) != OK)
		present = false;
}

/* Only a real UART keeps its scratch register. */
static bool uart_detect(void)
{
	static const uint8_t patterns[] = { 0x5a, 0xa5 };

	for (unsigned i = 0; i < sizeof(patterns); i++) {
		uart_write(UART_SCR, patterns[i]);
		if (uart_read(UART_SCR) != patterns[i])
			return false;
	}
	return true;
}

/* The FIFOs keep what is in them if an earlier life filled them. */
static void uart_setup(bool restarted)
{
	unsigned clear = restarted ? 0 : FCR_CLEAR_RX | FCR_CLEAR_TX;

	uart_write(UART_IER, 0);
	uart_write(UART_LCR, LCR_8N1 | LCR_DLAB);
	uart_write(UART_DLL, UART_DIVISOR_115200);
	uart_write(UART_DLM, 0);
	uart_write(UART_LCR, LCR_8N1);
	uart_write(UART_FCR, FCR_ENABLE | FCR_TRIGGER_8 | clear);
	uart_write(UART_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
	/* Reading them takes back interrupts that were pending. */
	(void)uart_read(UART_IIR);
	(void)uart_read(UART_MSR);
	interrupts_enabled = IER_RECEIVED;
	uart_write(UART_IER, interrupts_enabled);
}

static void uart_interrupts_set(uint8_t wanted)
{
	if (wanted == interrupts_enabled)
		return;
	interrupts_enabled = wanted;
	uart_write(UART_IER, wanted);
}

/* Reading the line status clears the bit [8.4], so each loss is seen once. */
static void uart_overrun_count(uint8_t line_status)
{
	if (line_status == LSR_ABSENT || !(line_status & LSR_OVERRUN))
		return;
	overruns++;
	/* At 1, 2, 4, ...: a line that never stops does not fill the log. */
	if ((overruns & (overruns - 1)) == 0)
		log_warning("input lost %u times: the FIFO overran", overruns);
}

static uint8_t uart_line_status(void)
{
	uint8_t line_status = uart_read(UART_LSR);

	uart_overrun_count(line_status);
	return line_status;
}

/* One byte of input, and the line status behind it, in one kernel call. */
static uint8_t uart_receive_byte(void)
{
	struct port_access accesses[] = {
		{ .port = UART_PORT + UART_RBR, .width_bytes = 1 },
		{ .port = UART_PORT + UART_LSR, .width_bytes = 1 },
	};
	uint8_t byte;

	if (port_vector(accesses, 2) != OK)
		return LSR_ABSENT;
	byte = (uint8_t)accesses[0].value;
	(void)tty_put(&queue, &byte, 1);
	uart_overrun_count((uint8_t)accesses[1].value);
	return (uint8_t)accesses[1].value;
}

/* Fills the empty transmit FIFO from the queue. */
static void uart_send_batch(void)
{
	uint8_t bytes[UART_FIFO_BYTES];
	size_t count = tty_peek(&queue, bytes, sizeof(bytes));

	if (port_stream_out(UART_PORT + UART_THR, 1, bytes, count) == OK)
		tty_consume(&queue, count);
}

/* What remains of a UART that was unplugged, or never was. */
static void uart_discard(void)
{
	tty_consume(&queue, tty_available(&queue));
}

/* Serves the device until it wants nothing, or WORK_MAX is done; returns how much it was. */
static unsigned uart_serve(void)
{
	uint8_t line_status = uart_line_status();
	unsigned served = 0;

	while (served < WORK_MAX) {
		if (line_status == LSR_ABSENT)
			return served;
		if (line_status & LSR_DATA) {
			line_status = uart_receive_byte();
			served++;
			continue;
		}
		if (!(line_status & LSR_THR_EMPTY) || tty_available(&queue) == 0)
			return served;
		uart_send_batch();
		line_status = uart_line_status();
		served += WORK_FIFO;
	}
	return served;
}

/*
 * A PC's serial interrupt is an edge: it comes again only after none was
 * pending. So, after serving, the identification register has to say so. True:
 * it does not, serve again.
 */
static bool uart_serve_batch(void)
{
	uint32_t typed_before = queue.produced;
	unsigned served = uart_serve();

	uart_interrupts_set(tty_available(&queue) != 0 ? IER_RECEIVED | IER_THR_EMPTY
						       : IER_RECEIVED);
	if (queue.produced != typed_before)
		service_notify(console_slot);
	idle_rounds = served == 0 ? idle_rounds + 1 : 0;
	if (uart_read(UART_IIR) & IIR_NONE)
		idle_rounds = 0;
	else if (idle_rounds < IDLE_ROUNDS_MAX)
		return true;
	return served >= WORK_MAX;
}

static enum status uart_start(void)
{
	bool restarted = service_info()->restarted != 0;

	tty_attach(&queue, region("drv", sizeof(struct tty_queue)),
		   region("con", sizeof(struct tty_queue)));
	console_slot = service_slot("console");
	present = true;
	present = uart_detect() && present;
	if (!present) {
		log_notice("no UART at port %#x", UART_PORT);
		return OK;
	}
	uart_setup(restarted);
	return irq_enable(IRQ_INDEX);
}

/* The device is served in uart_work, which comes before the next wait. */
static void uart_interrupt(unsigned lines)
{
	(void)lines;
	if (irq_ack(IRQ_INDEX) != OK)
		log_warning("interrupt could not be acknowledged");
}

static uint64_t uart_work(uint64_t now_us)
{
	if (!present) {
		uart_discard();
		return SERVICE_NO_DEADLINE;
	}
	if (uart_line_status() == LSR_ABSENT) {
		log_warning("the UART is gone");
		present = false;
		return now_us;
	}
	if (uart_serve_batch())
		return now_us;
	return tty_available(&queue) != 0 ? now_us + OUTPUT_CHECK_US : SERVICE_NO_DEADLINE;
}

/* New output: uart_work sees to it. */
static void uart_notified(uint64_t sources)
{
	(void)sources;
}

static const struct service uart = {
	.start = uart_start,
	.notified = uart_notified,
	.interrupt = uart_interrupt,
	.work = uart_work,
};

int main(void)
{
	return service_run(&uart);
}
