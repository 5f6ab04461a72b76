/* The kernel log, and the kernel's last words. */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include "kernel/abi/syscall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Until this is called, what the kernel logs also goes out on the serial port. */
void log_serial_end(void);

/* Keeps the records in `memory` (struct kernel_log) from now on. */
void log_init(void *memory);

/* Appends a line of `slot`'s; control characters become '?'. */
void log_append(uint16_t slot, uint32_t generation, enum log_level level, const char *text,
		size_t length);

/* A line of the kernel's own: %s text, %u decimal, %x hexadecimal, both 64 bits wide. */
void klog(enum log_level level, const char *format, ...);

/* Says why on serial port and screen. panic: the machine restarts; halt: it stays. */
_Noreturn void last_words(bool restart, const char *format, ...);
#define panic(...) last_words(true, __VA_ARGS__)
#define halt(...)  last_words(false, __VA_ARGS__)

#endif
