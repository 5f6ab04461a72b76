/*
 * The kernel log is a ring of records in memory that services may read, so a
 * service's last lines are there after its death. A record is invalid
 * (sequence 0) while it changes.
 *
 * The kernel has no driver; only its words before the services run, and its
 * last ones, go straight to the serial port, each byte with a bounded wait.
 */
#include "kernel/log.h"

#include "kernel/abi/table.h"
#include "kernel/cpu.h"
#include "kernel/crash.h"
#include "kernel/machine.h"
#include "kernel/string.h"
#include "kernel/time.h"

#include <stdarg.h>

/* 16550 at the first PC serial port (PC16550D datasheet, 8.0). */
#define UART_DATA         0x3f8
#define UART_INTERRUPTS   0x3f9
#define UART_FIFO         0x3fa
#define UART_LINE         0x3fb
#define UART_STATUS       0x3fd
#define UART_STATUS_EMPTY 0x20
#define UART_POLLS_MAX    100000 /* a byte takes 87 us at 115200 baud */

static struct kernel_log *records;
static bool to_serial = true, serial_ready;

static void serial_put(char c)
{
	for (unsigned polls = 0; polls < UART_POLLS_MAX; polls++)
		if (in8(UART_STATUS) & UART_STATUS_EMPTY)
			break;
	out8(UART_DATA, (uint8_t)c);
}

static void serial_set(void)
{
	out8(UART_INTERRUPTS, 0);
	out8(UART_LINE, 0x80); /* divisor: 115200 / 1 */
	out8(UART_DATA, 1);
	out8(UART_INTERRUPTS, 0);
	out8(UART_LINE, 3); /* 8N1 */
	out8(UART_FIFO, 7);
	serial_ready = true;
}

static void serial_line(const char *text, size_t length)
{
	if (!serial_ready)
		serial_set();
	for (const char *prefix = "kernel: "; *prefix; prefix++)
		serial_put(*prefix);
	for (size_t i = 0; i < length; i++)
		serial_put(text[i]);
	serial_put('\r');
	serial_put('\n');
}

void log_init(void *memory)
{
	records = memory;
	records->next_sequence = 1;
}

void log_serial_end(void)
{
	to_serial = false;
}

void log_append(uint16_t slot, uint32_t generation, enum log_level level, const char *text,
		size_t length)
{
	uint64_t sequence = records->next_sequence;
	struct log_record *record = &records->records[sequence % KERNEL_LOG_RECORDS];

	if (length > LOG_TEXT_BYTES)
		length = LOG_TEXT_BYTES;
	__atomic_store_n(&record->sequence, 0, __ATOMIC_SEQ_CST);
	record->time_us = time_now_us();
	record->slot = slot;
	record->level = (uint16_t)level;
	record->generation = generation;
	record->length_bytes = (uint16_t)length;
	for (size_t i = 0; i < length; i++)
		record->text[i] =
			(text[i] >= ' ' && text[i] != 0x7f) || text[i] < 0 ? text[i] : '?';
	__atomic_store_n(&record->sequence, sequence, __ATOMIC_SEQ_CST);
	__atomic_store_n(&records->next_sequence, sequence + 1, __ATOMIC_SEQ_CST);
}

struct line {
	char text[LOG_TEXT_BYTES];
	size_t length;
};

static void line_put(struct line *line, char c)
{
	if (line->length < sizeof(line->text))
		line->text[line->length++] = c;
}

static void line_number(struct line *line, uint64_t value, unsigned base)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		line_put(line, digits[--count]);
}

static void line_format(struct line *line, const char *format, va_list arguments)
{
	for (line->length = 0; *format; format++) {
		if (*format != '%') {
			line_put(line, *format);
			continue;
		}
		switch (*++format) {
		case 's':
			for (const char *s = va_arg(arguments, const char *); *s; s++)
				line_put(line, *s);
			break;
		case 'u': line_number(line, va_arg(arguments, uint64_t), 10); break;
		case 'x': line_number(line, va_arg(arguments, uint64_t), 16); break;
		}
	}
}

void klog(enum log_level level, const char *format, ...)
{
	struct line line;
	va_list arguments;

	va_start(arguments, format);
	line_format(&line, format, arguments);
	va_end(arguments);
	if (records)
		log_append(LOG_FROM_KERNEL, 0, level, line.text, line.length);
	if (to_serial)
		serial_line(line.text, line.length);
}

void last_words(bool restart, const char *format, ...)
{
	struct line line;
	va_list arguments;

	va_start(arguments, format);
	line_format(&line, format, arguments);
	va_end(arguments);
	if (records)
		log_append(LOG_FROM_KERNEL, 0, LOG_ERROR, line.text, line.length);
	crash_of_kernel(line.text, line.length);
	serial_ready = false; /* a service may have set it otherwise */
	serial_line(line.text, line.length);
	machine_screen_show(line.text, line.length);
	while (!restart)
		__asm__ volatile("cli; hlt");
	machine_reboot();
}
