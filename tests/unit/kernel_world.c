#include "tests/unit/kernel_world.h"

#include "kernel/bundle.h"
#include "kernel/ipc.h"
#include "kernel/region.h"
#include "kernel/schedule.h"
#include "kernel/time.h"

#include <string.h>

static struct slot world_slots[WORLD_SLOTS];
static struct manifest world_manifest;
static struct manifest_image world_image;
static struct kernel_table world_table;
static struct ipc_buffer buffers[WORLD_SLOTS];
static _Alignas(4096) uint8_t memories[WORLD_SLOTS][WORLD_MEMORY_BYTES];

struct slot *slots = world_slots, *current;
unsigned slot_count = WORLD_SLOTS;
const struct manifest *manifest = &world_manifest;
struct kernel_table *table = &world_table;

uint64_t world_now_us;
unsigned world_deaths;
enum exit_cause world_cause;

/* --- The rest of the kernel ---------------------------------------------- */

uint64_t time_now_us(void)
{
	return world_now_us;
}

void time_alarm_by(uint64_t by_us)
{
	(void)by_us;
}

void time_slice_by(uint64_t end_us)
{
	(void)end_us;
}

void schedule_admit(struct slot *slot)
{
	slot->wait = WAIT_NONE;
}

void slot_die(struct slot *slot, enum exit_cause cause, uint64_t detail, uint64_t address)
{
	(void)detail;
	(void)address;
	world_deaths++;
	world_cause = cause;
	ipc_forget(slot);
	slot->wait = WAIT_STOPPED;
	ipc_release(slot);
}

void slot_refuse(struct slot *slot, uint32_t *counter, uint64_t value)
{
	(*counter)++;
	slot->entry->refusals.last_value = value;
}

/* --- The slots ----------------------------------------------------------- */

static void slot_set(unsigned index)
{
	struct slot *slot = &world_slots[index];
	struct manifest_service *service = &world_manifest.services[index];

	service->call_targets = service->notify_targets = (1u << WORLD_SLOTS) - 1;
	slot->index = index;
	slot->generation = index + 1;
	slot->service = service;
	slot->image = &world_image;
	slot->entry = &world_table.services[index];
	slot->buffer = &buffers[index];
	slot->deadline_us = TIME_NEVER;
	physical_t memory = physical_of(memories[index]);

	slot->stretches[slot->stretch_count++] =
		(struct stretch){ WORLD_HEAP, WORLD_MEMORY_BYTES, memory, MAP_WRITE };
	slot->stretches[slot->stretch_count++] =
		(struct stretch){ WORLD_CONSTANTS, WORLD_MEMORY_BYTES, memory, 0 };
}

int world_set(void **state)
{
	(void)state;
	memset(world_slots, 0, sizeof(world_slots));
	memset(&world_manifest, 0, sizeof(world_manifest));
	memset(&world_image, 0, sizeof(world_image));
	memset(&world_table, 0, sizeof(world_table));
	memset(buffers, 0, sizeof(buffers));
	memset(memories, 0, sizeof(memories));
	world_manifest.service_count = WORLD_SLOTS;
	world_manifest.rs_slot = WORLD_RS;
	world_now_us = 1000;
	world_deaths = 0;
	for (unsigned i = 0; i < WORLD_SLOTS; i++)
		slot_set(i);
	return 0;
}

uint8_t *world_memory(unsigned slot)
{
	return memories[slot];
}

uint64_t world_endpoint(unsigned slot)
{
	return slot | (uint64_t)slots[slot].generation << 32;
}
