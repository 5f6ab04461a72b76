#include "tests/unit/runtime_world.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct world world;

struct start_info *world_info(void)
{
	return (struct start_info *)USER_START_INFO;
}

static void page_map(uint64_t address)
{
	void *page = mmap((void *)address, PAGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (page == MAP_FAILED) /* it is there from the test before */
		memset((void *)address, 0, PAGE_BYTES);
}

int world_setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	page_map(USER_IPC_BUFFER);
	page_map(USER_START_INFO);
	struct start_info *info = world_info();
	info->tsc_khz = 1000000;
	info->self = (endpoint_t){ .slot = 1, .generation = 1 };
	info->service_count = 2;
	strcpy(info->names[0], "rs");
	strcpy(info->names[1], "self");
	return 0;
}

void world_map_add(const char *alias, uint64_t address, uint64_t size_bytes)
{
	struct start_map *map = &world_info()->maps[world_info()->map_count++];

	*map = (struct start_map){ .address = address, .size_bytes = size_bytes };
	memcpy(map->alias, alias, strnlen(alias, NAME_BYTES));
}

unsigned world_calls_of(enum syscall number)
{
	unsigned count = 0;

	for (unsigned i = 0; i < world.call_count; i++)
		count += world.calls[i].number == number;
	return count;
}

struct kernel_result kernel_call_with(enum syscall number, struct kernel_arguments arguments)
{
	assert_true(world.call_count < WORLD_CALLS_MAX);
	world.calls[world.call_count++] = (struct world_call){ number, arguments };
	if (number == SYS_PANIC || number == SYS_EXIT)
		longjmp(world.death, 1);
	if (world.during != NULL)
		world.during();
	return world.answer;
}
