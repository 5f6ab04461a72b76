/*
 * What single operations cost. Each function does one once and returns what it
 * took in ticks of the time stamp counter: under QEMU's -icount shift=0, guest
 * instructions of everybody who had to run for it, and three for the counter.
 */
#ifndef BENCH_COSTS_H
#define BENCH_COSTS_H

#include <stdint.h>

#define COST_COPY_BYTES_MAX 65536u
#define COST_DISTURBED      UINT64_MAX /* this time it cannot be told */

/* What line says of itself: the region "line". */
struct line_says {
	uint64_t arrived_ticks; /* when its wait for an interrupt last ended */
	uint32_t interrupts;
	uint32_t grant; /* COST_COPY_BYTES_MAX of its memory, for meter to read and write */
};

enum idle_op {
	IDLE_ANSWER = 1, /* OK */
	IDLE_DIE = 2,    /* no answer but E_DEAD */
};

static inline uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* kernel_costs.c: the argument is what to do it with, if anything. */
void kernel_costs_init(void);
uint64_t cost_call(unsigned unused);
uint64_t cost_notify(unsigned unused);
uint64_t cost_receive(unsigned unused);
uint64_t cost_switch(unsigned unused);
uint64_t cost_copy_from(unsigned bytes);
uint64_t cost_copy_to(unsigned bytes);
uint64_t cost_port_write(unsigned unused);
uint64_t cost_interrupt(unsigned unused);
uint64_t cost_restart(unsigned unused);

/* net_costs.c: per frame, look-up or decision, of many in a row. */
void net_costs_init(void);
uint64_t cost_ring(unsigned batch);
uint64_t cost_flow_known(unsigned flows);
uint64_t cost_flow_unknown(unsigned flows);
uint64_t cost_rules(unsigned count);
uint64_t cost_rules_unlike(unsigned count);

#endif
