/*
 * A list of free stretches from which pages are cut off in front. There is no
 * giving back: what a service holds is reserved for it for as long as the
 * machine runs, so a restart never finds it gone.
 */
#include "kernel/memory.h"

#include "kernel/log.h"
#include "kernel/string.h"

#define STRETCHES_MAX  64
#define LOW_MEMORY_END 0x100000ull /* left to firmware and video */

struct stretch {
	uint64_t start, end;
};

static struct stretch ram[STRETCHES_MAX], free_list[STRETCHES_MAX];
static unsigned ram_count, free_count;
static uint64_t taken_bytes;
static int sealed;

void memory_add(uint64_t start, uint64_t end)
{
	if (start < LOW_MEMORY_END)
		start = LOW_MEMORY_END;
	if (end > MEMORY_END)
		end = MEMORY_END;
	start = pages_up(start);
	end &= ~(PAGE_BYTES - 1);
	if (start >= end || free_count == STRETCHES_MAX || ram_count == STRETCHES_MAX)
		return;
	ram[ram_count++] = (struct stretch){ start, end };
	free_list[free_count++] = (struct stretch){ start, end };
}

void memory_reserve(uint64_t start, uint64_t end)
{
	start &= ~(PAGE_BYTES - 1);
	end = pages_up(end);
	for (unsigned i = 0; i < free_count; i++) {
		struct stretch *s = &free_list[i];

		if (end <= s->start || start >= s->end)
			continue;
		if (end < s->end && start > s->start && free_count < STRETCHES_MAX)
			free_list[free_count++] = (struct stretch){ end, s->end };
		if (start > s->start)
			s->end = start;
		else
			s->start = end < s->end ? end : s->end;
	}
}

physical_t memory_take(uint64_t bytes, const char *what)
{
	bytes = pages_up(bytes);
	if (sealed)
		panic("memory asked for after boot, for %s", what);
	for (unsigned i = 0; i < free_count; i++) {
		struct stretch *s = &free_list[i];
		physical_t physical = { s->start };

		if (s->end - s->start < bytes)
			continue;
		s->start += bytes;
		taken_bytes += bytes;
		memset(physical_pointer(physical), 0, bytes);
		return physical;
	}
	halt("this machine has too little memory: %u KiB, %u KiB are taken, %u more wanted for %s",
	     memory_total_bytes() >> 10, taken_bytes >> 10, bytes >> 10, what);
}

int memory_take_at(uint64_t start, uint64_t bytes)
{
	for (unsigned i = 0; i < free_count; i++) {
		if (start < free_list[i].start || start + bytes > free_list[i].end)
			continue;
		memory_reserve(start, start + bytes);
		taken_bytes += bytes;
		return 1;
	}
	return 0;
}

void memory_seal(void)
{
	sealed = 1;
}

int memory_is_ram(uint64_t start, uint64_t end)
{
	if (start < LOW_MEMORY_END / 16 * 10) /* conventional memory */
		return 1;
	for (unsigned i = 0; i < ram_count; i++)
		if (start < ram[i].end && end > ram[i].start)
			return 1;
	return 0;
}

uint64_t memory_total_bytes(void)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < ram_count; i++)
		bytes += ram[i].end - ram[i].start;
	return bytes;
}

uint64_t memory_taken_bytes(void)
{
	return taken_bytes;
}
