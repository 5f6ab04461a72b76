/*
 * The two 8259A (datasheet 231468), through the local APIC's LINT0 where there
 * is one. The I/O APIC is left alone: which of its pins a PCI line reaches is
 * known only to ACPI's byte code, and no interpreter of that is worth having in
 * a kernel for lines that the PICs deliver as well.
 *
 * A line is masked on arrival. Each owner that has it enabled is told, and owes
 * an acknowledgement; when none is owed, or the deadline has passed, the line
 * is open again. So a hung sharer costs the others at most its deadline. A line
 * that comes back too fast stays masked for a while: that is polling it.
 */
#include "kernel/irq.h"

#include "kernel/bundle.h"
#include "kernel/cpu.h"
#include "kernel/ipc.h"
#include "kernel/log.h"
#include "kernel/region.h"
#include "kernel/time.h"

#define PIC1_COMMAND         0x20
#define PIC1_DATA            0x21
#define PIC2_COMMAND         0xa0
#define PIC2_DATA            0xa1
#define PIC_INIT             0x11 /* ICW1: edge, cascade, ICW4 follows */
#define PIC_8086             0x01 /* ICW4 */
#define PIC_END_OF_INTERRUPT 0x20
#define PIC_READ_SERVICE     0x0b /* OCW3: in-service register */
#define PIC_CASCADE          2

#define DEVICE_DEADLINE_US 5000
#define STORM_WINDOW_US    10000
#define STORM_ARRIVALS_MAX 500 /* in a window: 50,000 interrupts a second */

static struct line {
	uint64_t owners;     /* slots that have it enabled */
	uint64_t owed;       /* of them, who has not acknowledged */
	uint64_t open_at_us; /* masked at most until then; TIME_NEVER: it is open */
	uint64_t window_end_us;
	unsigned arrivals; /* in this window */
	bool resting;      /* stormed: masked until open_at_us, acknowledged or not */
} lines[IRQ_LINES];

static uint16_t mask = 0xffff;
static uint64_t reopen_us = TIME_NEVER; /* no line is due before */

/* To the chip that has the line: each access is a microsecond on the way of a frame. */
static void mask_write(unsigned line)
{
	out8(line < 8 ? PIC1_DATA : PIC2_DATA, (uint8_t)(line < 8 ? mask : mask >> 8));
}

static void line_mask(unsigned line)
{
	mask |= (uint16_t)(1u << line);
	mask_write(line);
}

static void line_unmask(unsigned line)
{
	lines[line].open_at_us = TIME_NEVER;
	lines[line].owed = 0;
	lines[line].resting = false;
	if (!lines[line].owners)
		return;
	mask &= (uint16_t) ~(1u << line);
	mask_write(line);
}

void irq_init(bool timer_by_pit)
{
	out8(PIC1_COMMAND, PIC_INIT);
	out8(PIC2_COMMAND, PIC_INIT);
	out8(PIC1_DATA, VECTOR_IRQ);
	out8(PIC2_DATA, VECTOR_IRQ + 8);
	out8(PIC1_DATA, 1 << PIC_CASCADE);
	out8(PIC2_DATA, PIC_CASCADE);
	out8(PIC1_DATA, PIC_8086);
	out8(PIC2_DATA, PIC_8086);
	mask = (uint16_t) ~(1u << PIC_CASCADE);
	if (timer_by_pit)
		mask &= (uint16_t) ~(1u << IRQ_TIMER);
	mask_write(0);
	mask_write(8);
	for (unsigned line = 0; line < IRQ_LINES; line++)
		lines[line].open_at_us = TIME_NEVER;
}

bool irq_assignable(unsigned line)
{
	/* Timer, cascade, clock, coprocessor. */
	if (line >= IRQ_LINES || line == IRQ_TIMER || line == PIC_CASCADE || line == 8 ||
	    line == 13)
		return false;
	for (unsigned i = 0; i < manifest->service_count; i++)
		for (unsigned n = 0; n < manifest->services[i].irq_count; n++)
			if (manifest->services[i].irqs[n].line == line)
				return false;
	return true;
}

/* The line behind a slot's index: its device's comes first. False: it has none such. */
static bool line_of(const struct slot *slot, uint64_t index, unsigned *line)
{
	if (slot->service->flags & SERVICE_DEVICE) {
		*line = slot->entry->device.irq_line;
		return index == 0 && slot->entry->device.bus != DEVICE_NONE && *line < IRQ_LINES;
	}
	if (index >= slot->service->irq_count)
		return false;
	*line = slot->service->irqs[index].line;
	return true;
}

static uint64_t deadline_of(const struct slot *slot, unsigned index)
{
	return index < slot->service->irq_count ? slot->service->irqs[index].deadline_us
						: DEVICE_DEADLINE_US;
}

static enum status line_find(struct slot *self, uint64_t index, unsigned *line)
{
	if (line_of(self, index, line))
		return OK;
	slot_refuse(self, &self->entry->refusals.call, index);
	return E_DENIED;
}

enum status irq_enable(struct slot *self, uint64_t index)
{
	unsigned line;
	enum status status = line_find(self, index, &line);

	if (status != OK)
		return status;
	lines[line].owners |= slot_bit(self);
	if (!lines[line].owed && !lines[line].resting)
		line_unmask(line);
	return OK;
}

/* `slot` owes the line nothing any more. */
static void line_settle(struct slot *slot, unsigned line)
{
	struct line *l = &lines[line];

	if (!(l->owed & slot_bit(slot)))
		return;
	l->owed &= ~slot_bit(slot);
	if (!l->owed && !l->resting)
		line_unmask(line);
}

enum status irq_disable(struct slot *self, uint64_t index)
{
	unsigned line;
	enum status status = line_find(self, index, &line);

	if (status != OK)
		return status;
	lines[line].owners &= ~slot_bit(self);
	line_settle(self, line);
	if (!lines[line].owners)
		line_mask(line);
	return OK;
}

enum status irq_ack(struct slot *self, uint64_t index)
{
	unsigned line;
	enum status status = line_find(self, index, &line);

	if (status == OK)
		line_settle(self, line);
	return status;
}

void irq_forget(struct slot *slot)
{
	for (unsigned line = 0; line < IRQ_LINES; line++) {
		if (!(lines[line].owners & slot_bit(slot)))
			continue;
		lines[line].owners &= ~slot_bit(slot);
		line_settle(slot, line);
		if (!lines[line].owners)
			line_mask(line);
	}
}

/* Lines 7 and 15 also report interrupts that are none (datasheet, "Spurious"). */
static bool spurious(unsigned line)
{
	if (line != 7 && line != 15)
		return false;
	uint16_t command = line == 7 ? PIC1_COMMAND : PIC2_COMMAND;

	out8(command, PIC_READ_SERVICE);
	if (in8(command) & 0x80)
		return false;
	if (line == 15)
		out8(PIC1_COMMAND, PIC_END_OF_INTERRUPT);
	return true;
}

void irq_end_of_interrupt(unsigned line)
{
	if (line >= 8)
		out8(PIC2_COMMAND, PIC_END_OF_INTERRUPT);
	out8(PIC1_COMMAND, PIC_END_OF_INTERRUPT);
}

/* Tells the owners; the longest time that one of them may take. */
static uint64_t owners_tell(unsigned line)
{
	uint64_t longest = 0;

	for (uint64_t left = lines[line].owners; left; left &= left - 1) {
		struct slot *slot = &slots[__builtin_ctzll(left)];
		unsigned owned;

		for (unsigned index = 0; index < SERVICE_IRQS_MAX; index++) {
			if (!line_of(slot, index, &owned) || owned != line)
				continue;
			slot->entry->irqs++;
			ipc_event(slot, EVENT_IRQ(index));
			if (deadline_of(slot, index) > longest)
				longest = deadline_of(slot, index);
		}
	}
	return longest;
}

static bool storming(struct line *line, uint64_t now_us)
{
	if (now_us >= line->window_end_us) {
		line->window_end_us = now_us + STORM_WINDOW_US;
		line->arrivals = 0;
	}
	return ++line->arrivals > STORM_ARRIVALS_MAX;
}

void irq_arrived(unsigned number)
{
	struct line *line = &lines[number];
	uint64_t now_us = time_now_us();

	if (spurious(number))
		return;
	line_mask(number);
	irq_end_of_interrupt(number);
	table->interrupts++;
	line->owed = line->owners;
	line->open_at_us = now_us + owners_tell(number);
	if (storming(line, now_us)) {
		table->irq_storms++;
		line->resting = true;
		line->open_at_us = line->window_end_us;
		line->arrivals = 0;
	}
	if (line->open_at_us < reopen_us)
		reopen_us = line->open_at_us;
	/* Whoever is told of it has a slice: one setting of the timer does for both. */
	time_slice_by(now_us + SLICE_US);
	time_alarm_by(line->open_at_us);
}

uint64_t irq_time_out(uint64_t now_us)
{
	if (now_us < reopen_us)
		return reopen_us;
	reopen_us = TIME_NEVER;
	for (unsigned number = 0; number < IRQ_LINES; number++) {
		struct line *line = &lines[number];

		if (line->open_at_us <= now_us) {
			for (uint64_t left = line->owed; left && !line->resting; left &= left - 1)
				slots[__builtin_ctzll(left)].entry->irq_deadlines++;
			line_unmask(number);
		} else if (line->open_at_us < reopen_us) {
			reopen_us = line->open_at_us;
		}
	}
	return reopen_us;
}
