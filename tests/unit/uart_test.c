/*
 * The serial driver against a 16550 that behaves as its datasheet says: FIFOs
 * of 16 bytes, overruns, interrupts that are pending until they are served.
 */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <string.h>

int uart_main(void);
#define main uart_main
#include "drivers/tty/uart/uart.c"
#undef main

#define FIFO       16u
#define LINE_BYTES 40000u

static struct {
	bool absent;
	uint8_t scratch, line_control, divisor, interrupts, modem;
	uint8_t received[FIFO], sending[FIFO];
	unsigned received_count, sending_count;
	bool overrun, empty_pending; /* the transmitter's interrupt: until IIR was read */
	char line[LINE_BYTES];       /* what has left */
	size_t line_length;
	unsigned refused; /* bytes written to a full FIFO */
	bool instant;     /* what is sent has left at once, as from an emulated UART */
} device;

static struct tty_queue console_queue, driver_queue;
static struct tty_end console;
static struct start_info information;
static unsigned notified, acknowledged, warnings;
static const struct service *driver;

/* --- The device ---------------------------------------------------------------- */

static uint8_t device_interrupt(void)
{
	if ((device.interrupts & IER_RECEIVED) && device.received_count != 0)
		return 0x04;
	return (device.interrupts & IER_THR_EMPTY) && device.empty_pending ? 0x02 : IIR_NONE;
}

static uint8_t device_line_status(void)
{
	unsigned status = (device.received_count != 0 ? LSR_DATA : 0) |
			  (device.overrun ? LSR_OVERRUN : 0) |
			  (device.sending_count == 0 ? LSR_THR_EMPTY : 0);

	device.overrun = false;
	return (uint8_t)status;
}

static uint8_t device_receive(void)
{
	uint8_t byte = device.received[0];

	if (device.received_count == 0)
		return 0;
	device.received_count--;
	memmove(device.received, device.received + 1, device.received_count);
	return byte;
}

static uint8_t device_read(unsigned offset)
{
	uint8_t identification;

	if (device.absent)
		return 0xff;
	switch (offset) {
	case UART_RBR:
		return device_receive();
	case UART_IIR:
		identification = device_interrupt();
		if (identification == 0x02)
			device.empty_pending = false;
		return identification;
	case UART_LSR:
		return device_line_status();
	case UART_SCR:
		return device.scratch;
	default:
		return 0;
	}
}

static void device_drain(void);

static void device_send(uint8_t byte)
{
	device.empty_pending = false;
	if (device.sending_count == FIFO)
		device.refused++;
	else
		device.sending[device.sending_count++] = byte;
	if (device.instant && device.sending_count == FIFO)
		device_drain();
}

static void device_write(unsigned offset, uint8_t value)
{
	bool divisor = (device.line_control & LCR_DLAB) != 0;

	switch (offset) {
	case UART_THR:
		if (divisor)
			device.divisor = value;
		else
			device_send(value);
		break;
	case UART_IER:
		if (divisor)
			break;
		/* Enabling it with nothing to send raises it at once [8.7]. */
		if ((value & IER_THR_EMPTY) && !(device.interrupts & IER_THR_EMPTY) &&
		    device.sending_count == 0)
			device.empty_pending = true;
		device.interrupts = value;
		break;
	case UART_LCR:
		device.line_control = value;
		break;
	case UART_MCR:
		device.modem = value;
		break;
	case UART_SCR:
		device.scratch = value;
		break;
	default:
		break;
	}
}

/* All that is in the FIFO leaves. */
static void device_drain(void)
{
	memcpy(device.line + device.line_length, device.sending, device.sending_count);
	device.line_length += device.sending_count;
	device.empty_pending = device.sending_count != 0;
	device.sending_count = 0;
}

static void device_type(const char *bytes)
{
	for (; *bytes != '\0'; bytes++) {
		if (device.received_count == FIFO)
			device.overrun = true;
		else
			device.received[device.received_count++] = (uint8_t)*bytes;
	}
}

/* --- The kernel and the runtime -------------------------------------------------- */

enum status port_read(uint16_t port, unsigned width_bytes, uint32_t *value)
{
	assert_int_equal(width_bytes, 1);
	assert_in_range(port, UART_PORT, UART_PORT + 7);
	*value = device_read(port - UART_PORT);
	return OK;
}

enum status port_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
	assert_int_equal(width_bytes, 1);
	assert_in_range(port, UART_PORT, UART_PORT + 7);
	device_write(port - UART_PORT, (uint8_t)value);
	return OK;
}

enum status port_vector(struct port_access *accesses, unsigned count)
{
	enum status status = OK;

	for (struct port_access *access = accesses; access < accesses + count; access++)
		if (status == OK && access->write)
			status = port_write(access->port, access->width_bytes, access->value);
		else if (status == OK)
			status = port_read(access->port, access->width_bytes, &access->value);
	return status;
}

enum status port_stream_out(uint16_t port, unsigned width_bytes, const void *from, size_t count)
{
	enum status status = OK;

	for (size_t i = 0; i < count && status == OK; i++)
		status = port_write(port, width_bytes, ((const uint8_t *)from)[i]);
	return status;
}

enum status irq_enable(unsigned index)
{
	assert_int_equal(index, 0);
	return OK;
}

enum status irq_ack(unsigned index)
{
	assert_int_equal(index, 0);
	acknowledged++;
	return OK;
}

int service_run(const struct service *service)
{
	driver = service;
	return 0;
}

const struct start_info *service_info(void)
{
	return &information;
}

void *region(const char *alias, size_t size_bytes)
{
	assert_int_equal(size_bytes, sizeof(struct tty_queue));
	return strcmp(alias, "drv") == 0 ? &driver_queue : &console_queue;
}

uint32_t service_slot(const char *name)
{
	assert_string_equal(name, "console");
	return 5;
}

void service_notify(uint32_t slot)
{
	assert_int_equal(slot, 5);
	notified++;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	warnings += level <= LOG_WARNING;
}

/* --- The tests -------------------------------------------------------------------- */

/* Works as the runtime lets it: until it has nothing more to do at once. */
static uint64_t work(void)
{
	uint64_t next_us = 0;

	for (unsigned i = 0; i < 1000; i++) {
		next_us = driver->work(1000);
		if (next_us != 1000)
			return next_us;
	}
	fail_msg("busy for ever");
	return next_us;
}

/* The line sends and interrupts, the driver serves, until all is quiet. */
static void run(void)
{
	for (unsigned i = 0; i < LINE_BYTES; i++) {
		device_drain();
		if (device_interrupt() == IIR_NONE && tty_available(&queue) == 0)
			return;
		driver->interrupt(1);
		(void)work();
	}
	fail_msg("never quiet");
}

static int begin(void **state)
{
	(void)state;
	memset(&device, 0, sizeof(device));
	memset(&console_queue, 0, sizeof(console_queue));
	memset(&driver_queue, 0, sizeof(driver_queue));
	information.restarted = 0;
	notified = acknowledged = warnings = 0;
	overruns = idle_rounds = 0;
	tty_attach(&console, &console_queue, &driver_queue);
	(void)uart_main();
	return 0;
}

static void start(void)
{
	assert_int_equal(driver->start(), OK);
	(void)work();
}

static void set_up_for_115200_baud_8n1(void **state)
{
	(void)state;
	start();
	assert_int_equal(device.divisor, 1);
	assert_int_equal(device.line_control, 0x03);
	assert_int_equal(device.modem, 0x0b);
	assert_int_equal(device.interrupts, IER_RECEIVED);
}

static void output_leaves_in_order_and_never_overfills_the_fifo(void **state)
{
	char text[TTY_BYTES];

	(void)state;
	for (unsigned i = 0; i < sizeof(text); i++)
		text[i] = (char)('!' + i % 90);
	start();
	for (unsigned round = 0; round < 4; round++) {
		assert_int_equal(tty_put(&console, text, sizeof(text)), sizeof(text));
		(void)work();
		assert_int_equal(device.interrupts, IER_RECEIVED | IER_THR_EMPTY);
		run();
		assert_memory_equal(device.line + device.line_length - sizeof(text), text,
				    sizeof(text));
	}
	assert_int_equal(device.line_length, 4 * sizeof(text));
	assert_int_equal(device.refused, 0);
	assert_int_equal(device.interrupts, IER_RECEIVED);
}

/* Each byte costs a host 10 us or more, and in between RS has to be answered. */
static void a_queue_full_of_output_is_sent_in_small_parts(void **state)
{
	char text[TTY_BYTES] = { 0 };
	size_t longest = 0;

	(void)state;
	device.instant = true;
	start();
	assert_int_equal(tty_put(&console, text, sizeof(text)), sizeof(text));
	for (unsigned i = 0; i < 1000 && device.line_length < sizeof(text); i++) {
		size_t before = device.line_length;

		(void)driver->work(1000);
		if (device.line_length - before > longest)
			longest = device.line_length - before;
	}
	assert_int_equal(device.line_length, sizeof(text));
	assert_in_range(longest, FIFO, 100);
}

/* What a lost interrupt costs: OUTPUT_CHECK_US. */
static void waiting_output_always_has_a_deadline(void **state)
{
	(void)state;
	start();
	assert_true(work() == SERVICE_NO_DEADLINE);
	(void)tty_put(&console, "more than a FIFO takes", 22);
	assert_int_equal(work(), 1000 + OUTPUT_CHECK_US);
	device_drain();
	device.empty_pending = false;
	assert_true(work() == SERVICE_NO_DEADLINE);
	device_drain();
	assert_memory_equal(device.line, "more than a FIFO takes", 22);
}

static void input_reaches_the_console_which_is_told(void **state)
{
	char bytes[32];

	(void)state;
	start();
	device_type("show ports\r");
	run();
	assert_int_equal(tty_take(&console, bytes, sizeof(bytes)), 11);
	assert_memory_equal(bytes, "show ports\r", 11);
	assert_int_equal(notified, 1);
	assert_true(acknowledged > 0);
}

static void input_that_nobody_takes_is_dropped_at_the_end(void **state)
{
	static char bytes[TTY_BYTES + 1];

	(void)state;
	start();
	for (unsigned i = 0; i < TTY_BYTES / 8 + 10; i++) {
		device_type("01234567");
		run();
	}
	assert_int_equal(tty_take(&console, bytes, sizeof(bytes)), TTY_BYTES);
	assert_memory_equal(bytes + TTY_BYTES - 8, "01234567", 8);
	device_type("x");
	run();
	assert_int_equal(tty_take(&console, bytes, sizeof(bytes)), 1);
}

static void overruns_are_counted_and_seldom_logged(void **state)
{
	(void)state;
	start();
	for (unsigned i = 0; i < 5; i++) {
		device_type("01234567890123456789");
		run();
	}
	assert_int_equal(overruns, 5);
	assert_int_equal(warnings, 3);
}

static void restart_sends_what_was_not_sent_and_keeps_the_fifos(void **state)
{
	(void)state;
	start();
	(void)tty_put(&console, "0123456789abcdefREST", 20);
	(void)work();
	device_type("key");
	information.restarted = 1;
	start();
	run();
	assert_int_equal(device.line_length, 20);
	assert_memory_equal(device.line, "0123456789abcdefREST", 20);
	assert_int_equal(tty_available(&console), 3);
}

static void absent_uart_discards_and_stays_alive(void **state)
{
	(void)state;
	device.absent = true;
	start();
	(void)tty_put(&console, "text", 4);
	assert_true(work() == SERVICE_NO_DEADLINE);
	assert_int_equal(tty_pending(&console), 0);
}

static void uart_that_disappears_is_noticed(void **state)
{
	(void)state;
	start();
	device.absent = true;
	(void)tty_put(&console, "text", 4);
	assert_true(work() == SERVICE_NO_DEADLINE);
	assert_int_equal(tty_pending(&console), 0);
	assert_int_equal(warnings, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(set_up_for_115200_baud_8n1),
		TEST(output_leaves_in_order_and_never_overfills_the_fifo),
		TEST(a_queue_full_of_output_is_sent_in_small_parts),
		TEST(waiting_output_always_has_a_deadline),
		TEST(input_reaches_the_console_which_is_told),
		TEST(input_that_nobody_takes_is_dropped_at_the_end),
		TEST(overruns_are_counted_and_seldom_logged),
		TEST(restart_sends_what_was_not_sent_and_keeps_the_fifos),
		TEST(absent_uart_discards_and_stays_alive),
		TEST(uart_that_disappears_is_noticed),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
