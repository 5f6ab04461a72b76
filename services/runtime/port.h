/*
 * I/O instructions of our own, where the kernel has opened our ports
 * (start_info.ports_direct); elsewhere they are an exception, and the end.
 * `width_bytes` is 1, 2 or 4. Bytes are little-endian on the bus.
 */
#ifndef RUNTIME_PORT_H
#define RUNTIME_PORT_H

#include <stdint.h>

static inline uint32_t port_in(uint16_t port, unsigned width_bytes)
{
	uint32_t value = 0;

	if (width_bytes == 1)
		__asm__ volatile("inb %w1, %b0" : "+a"(value) : "d"(port) : "memory");
	else if (width_bytes == 2)
		__asm__ volatile("inw %w1, %w0" : "+a"(value) : "d"(port) : "memory");
	else
		__asm__ volatile("inl %w1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline void port_out(uint16_t port, unsigned width_bytes, uint32_t value)
{
	if (width_bytes == 1)
		__asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port) : "memory");
	else if (width_bytes == 2)
		__asm__ volatile("outw %w0, %w1" : : "a"(value), "d"(port) : "memory");
	else
		__asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port) : "memory");
}

#endif
