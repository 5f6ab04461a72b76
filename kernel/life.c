/*
 * Birth and death. Boot and restart are the same slot_start; nothing is
 * allocated. RS is told of every death but its own: the kernel starts RS again
 * by itself, and RS reads in the kernel table what it missed.
 */
#include "kernel/bundle.h"
#include "kernel/cpu.h"
#include "kernel/crash.h"
#include "kernel/grant.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/port.h"
#include "kernel/region.h"
#include "kernel/schedule.h"
#include "kernel/slot.h"
#include "kernel/string.h"
#include "kernel/time.h"

/* RS dying so often without living so long cannot be helped: the machine restarts. */
#define RS_LIFE_SHORT_US   100000
#define RS_SHORT_LIVES_MAX 20

/* FXSAVE area after FNINIT (SDM vol. 1, 10.5.1): all exceptions masked. */
#define FPU_CONTROL_OFFSET 0
#define FPU_CONTROL        0x37f
#define FPU_MXCSR_OFFSET   24
#define FPU_MXCSR          0x1f80

/* What cannot be written is as it was, if the same program ran before. */
static void program_load(struct slot *slot, const struct manifest_image *program)
{
	const struct manifest *bundle = slot->source == IMAGE_UPDATE ? update : manifest;
	physical_t physical = slot->image_memory;

	slot->stretch_count = slot->fixed_stretches;
	for (unsigned i = 0; i < program->segment_count; i++) {
		const struct manifest_segment *segment = &program->segments[i];
		uint64_t bytes = pages_up(segment->memory_bytes);
		uint8_t *memory = physical_pointer(physical);

		if (program != slot->program || segment->access & SEGMENT_WRITE) {
			memcpy(memory, (const uint8_t *)bundle + segment->offset,
			       segment->file_bytes);
			memset(memory + segment->file_bytes, 0, bytes - segment->file_bytes);
		}
		slot->stretches[slot->stretch_count++] =
			(struct stretch){ segment->address, segment->memory_bytes, physical,
					  segment->access & SEGMENT_WRITE ? MAP_WRITE : 0 };
		physical.address += bytes;
	}
	slot->program = program;
}

static void device_map(const struct slot *slot)
{
	const struct device_info *device = &slot->entry->device;

	if (slot->service->flags & SERVICE_DEVICE)
		paging_map(slot->root, USER_DEVICE_BASE, (physical_t){ device->memory_base },
			   device->memory_bytes, PAGE_WRITE | PAGE_DEVICE);
}

static void memory_clear(struct slot *slot)
{
	memset(physical_pointer(slot->heap), 0, slot->service->heap_bytes);
	memset(physical_pointer(slot->stack), 0, slot->service->stack_bytes);
	memset(slot->buffer, 0, PAGE_BYTES);
}

static void registers_set(struct slot *slot, uint64_t rip, uint64_t rdi)
{
	memset(&slot->frame, 0, sizeof(slot->frame));
	slot->frame = (struct frame){
		.rdi = rdi,
		.vector = FRAME_RESTORE_ALL,
		.rip = rip,
		.cs = SELECTOR_USER_CODE,
		.rflags = RFLAGS_INTERRUPT,
		.rsp = USER_STACK_TOP,
		.ss = SELECTOR_USER_DATA,
	};
	uint16_t control = FPU_CONTROL;
	uint32_t mxcsr = FPU_MXCSR;

	memset(slot->fpu, 0, sizeof(slot->fpu));
	memcpy(slot->fpu + FPU_CONTROL_OFFSET, &control, sizeof(control));
	memcpy(slot->fpu + FPU_MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
}

static void entry_begin(struct slot *slot)
{
	struct service_entry *entry = slot->entry;

	slot->info->restarted = slot->generation > 1;
	slot->info->exit_cause = entry->exit_cause;
	slot->info->self.generation = slot->generation;
	slot->info->device = entry->device;
	memset(&entry->refusals, 0, sizeof(entry->refusals));
	entry->complaints = 0;
	entry->complaint = COMPLAINT_NONE;
	entry->generation = slot->generation;
	entry->updated = slot->source;
	entry->started_us = time_now_us();
	entry->state = SERVICE_ALIVE;
}

enum status slot_start(struct slot *slot)
{
	unsigned which = 0;

	if (slot_alive(slot))
		return E_STATE;
	if (slot->service->flags & SERVICE_DEVICE) {
		if (slot->entry->device.bus == DEVICE_NONE)
			return E_STATE;
		which = slot->entry->device.image;
	}
	slot->image = slot_program(slot, IMAGE_BOOTED, which);
	slot->root = slot->roots[slot->source][which];
	slot->generation++;
	program_load(slot, slot_program(slot, slot->source, which));
	device_map(slot);
	memory_clear(slot);
	registers_set(slot, slot->program->entry, 0);
	entry_begin(slot);
	ports_declare(slot);
	memset(slot->trace, 0xff, sizeof(slot->trace));
	slot->sources = slot->events = 0;
	slot->deadline_us = TIME_NEVER;
	slot->entry->turns++;
	schedule_admit(slot);
	return OK;
}

static void death_record(struct slot *slot, enum exit_cause cause, uint64_t detail,
			 uint64_t address)
{
	struct service_entry *entry = slot->entry;

	entry->state = SERVICE_DEAD;
	entry->died_us = time_now_us();
	entry->exit_cause = cause;
	entry->exit_detail = detail;
	entry->exit_address = address;
	entry->exit_rip = slot->frame.rip;
	entry->exit_rsp = slot->frame.rsp;
	if (cause != EXIT_PANIC)
		memset(entry->exit_text, 0, sizeof(entry->exit_text));
}

static void rs_start_again(struct slot *rs)
{
	static unsigned short_lives;
	const struct service_entry *e = rs->entry;

	klog(LOG_ERROR, "rs died and starts again: cause %u, detail %u, at %x, address %x %s",
	     (uint64_t)e->exit_cause, e->exit_detail, e->exit_rip, e->exit_address, e->exit_text);
	short_lives = e->died_us - e->started_us < RS_LIFE_SHORT_US ? short_lives + 1 : 0;
	if (short_lives > RS_SHORT_LIVES_MAX || slot_start(rs) != OK)
		panic("rs cannot be kept alive: cause %u, detail %u, at %x, address %x %s",
		      (uint64_t)e->exit_cause, e->exit_detail, e->exit_rip, e->exit_address,
		      e->exit_text);
}

void slot_die(struct slot *slot, enum exit_cause cause, uint64_t detail, uint64_t address)
{
	death_record(slot, cause, detail, address);
	crash_record(slot);
	ipc_forget(slot);
	schedule_remove(slot);
	slot->wait = WAIT_STOPPED;
	ipc_release(slot);
	grants_clear(slot);
	irq_forget(slot);
	if (slot->index == manifest->rs_slot)
		rs_start_again(slot);
	else
		ipc_event(&slots[manifest->rs_slot], EVENT_EXIT);
}

enum status slot_crash(struct slot *slot, uint64_t how)
{
	if (!slot_alive(slot))
		return E_STATE;
	if (!slot->program->crash_entry)
		return E_DENIED;
	ipc_forget(slot);
	schedule_remove(slot);
	registers_set(slot, slot->program->crash_entry, how);
	schedule_admit(slot);
	return OK;
}

void slot_refuse(struct slot *slot, uint32_t *counter, uint64_t value)
{
	(*counter)++;
	slot->entry->refusals.last_call = slot->trace[(slot->calls - 1) % CRASH_TRACE_CALLS];
	slot->entry->refusals.last_value = value;
	ipc_event(&slots[manifest->rs_slot], EVENT_ATTENTION);
}
