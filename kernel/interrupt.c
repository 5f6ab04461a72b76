/*
 * Interrupts and exceptions. A service's exception is its death and nobody
 * else's; one of the kernel's own is the end, said on the serial port, and the
 * machine restarts.
 */
#include "kernel/cpu.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/schedule.h"
#include "kernel/slot.h"
#include "kernel/time.h"

#define VECTOR_MACHINE_CHECK 18
#define VECTOR_IRQ_TIMER     (VECTOR_IRQ + IRQ_TIMER)

void interrupt_from_user(struct frame *frame);
void interrupt_from_kernel(struct frame *frame);

static void interrupt_serve(uint64_t vector)
{
	if (vector == VECTOR_TIMER || vector == VECTOR_IRQ_TIMER) {
		if (vector == VECTOR_TIMER)
			time_apic_end_of_interrupt();
		else
			irq_end_of_interrupt(IRQ_TIMER);
		schedule_tick();
	} else if (vector != VECTOR_SPURIOUS) {
		irq_arrived((unsigned)vector - VECTOR_IRQ);
	}
}

/* Those that have stacks of their own, and that no service can cause. */
static void machine_fault_check(const struct frame *frame)
{
	if (frame->vector == VECTOR_NMI || frame->vector == VECTOR_DOUBLE_FAULT ||
	    frame->vector == VECTOR_MACHINE_CHECK)
		panic("the machine failed: vector %u at %x", frame->vector, frame->rip);
}

void interrupt_from_user(struct frame *frame)
{
	machine_fault_check(frame);
	if (frame->vector >= VECTOR_IRQ)
		interrupt_serve(frame->vector);
	else
		slot_die(current, EXIT_EXCEPTION, frame->vector,
			 frame->vector == VECTOR_PAGE_FAULT ? cr2_read() : 0);
}

void interrupt_from_kernel(struct frame *frame)
{
	machine_fault_check(frame);
	if (frame->vector < VECTOR_IRQ)
		panic("the kernel failed: vector %u at %x, address %x, running %s", frame->vector,
		      frame->rip, cr2_read(), current ? current->service->name : "nobody");
	interrupt_serve(frame->vector);
}
