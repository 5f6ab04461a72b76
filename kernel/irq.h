/* Interrupt lines: masked on arrival, unmasked when every owner has acknowledged. */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include "kernel/slot.h"

#define IRQ_LINES 16
#define IRQ_TIMER 0 /* the 8254's, where there is no APIC */

void irq_init(bool timer_by_pit);

/* The kernel calls; `index` in the slot's manifest entry, 0 for its device's. */
enum status irq_enable(struct slot *self, uint64_t index);
enum status irq_disable(struct slot *self, uint64_t index);
enum status irq_ack(struct slot *self, uint64_t index);

/* The line has interrupted. */
void irq_arrived(unsigned line);

/* The 8259As may deliver the line again, as soon as it is unmasked. */
void irq_end_of_interrupt(unsigned line);

/* Unmasks lines whose time is over; the next such time. */
uint64_t irq_time_out(uint64_t now_us);

/* The slot died: it owns no line any more. */
void irq_forget(struct slot *slot);

/* Whether a device may have that line: it is not the machine's own. */
bool irq_assignable(unsigned line);

#endif
