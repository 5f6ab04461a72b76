/*
 * Regions outlive their users: their memory is taken here, once, and no death
 * or start of a service touches it.
 */
#include "kernel/region.h"

#include "kernel/bundle.h"
#include "kernel/crash.h"
#include "kernel/log.h"
#include "kernel/machine.h"
#include "kernel/warm.h"

struct kernel_table *table;

static struct region regions[REGION_MAX];
static physical_t table_memory, log_memory, crash_memory;

void tables_init(void)
{
	table_memory = memory_take(sizeof(struct kernel_table), "the kernel table");
	log_memory = memory_take(sizeof(struct kernel_log), "the kernel log");
	table = physical_pointer(table_memory);
	log_init(physical_pointer(log_memory));
	table->warm = warm_init();
	crash_memory = warm_take(sizeof(struct crash_log));
	crash_init(physical_pointer(crash_memory), table->warm);
}

static struct region device_region(const struct manifest_region *region)
{
	uint64_t end = region->physical + region->size_bytes;

	if (memory_is_ram(region->physical, end))
		halt("the manifest's region %s is no device, but memory of this machine",
		     region->name);
	return (struct region){ { region->physical }, region->size_bytes };
}

/* As much of what GRUB loaded as the region has room for. */
static struct region module_region(const struct manifest_region *region, struct module module)
{
	uint64_t bytes = pages_up(module.end - module.start);

	return (struct region){ { module.start },
				bytes < region->size_bytes ? bytes : region->size_bytes };
}

static struct region region_make(const struct manifest_region *region)
{
	switch ((enum region_kind)region->kind) {
	case REGION_MEMORY:
		if (region->flags & REGION_WARM)
			return (struct region){ warm_take(region->size_bytes), region->size_bytes };
		return (struct region){ memory_take(region->size_bytes, region->name),
					region->size_bytes };
	case REGION_MANIFEST: return module_region(region, machine.bundle);
	case REGION_KERNEL_TABLE:
		return (struct region){ table_memory, pages_up(sizeof(struct kernel_table)) };
	case REGION_KERNEL_LOG:
		return (struct region){ log_memory, pages_up(sizeof(struct kernel_log)) };
	case REGION_BOOT_CONFIG:
		table->config_bytes = (uint32_t)(machine.config.end - machine.config.start);
		return module_region(region, machine.config);
	case REGION_CRASHES:
		return (struct region){ crash_memory, pages_up(sizeof(struct crash_log)) };
	case REGION_DEVICE: return device_region(region);
	}
	halt("the manifest's region %s is of a kind this kernel does not know", region->name);
}

void regions_init(void)
{
	for (unsigned i = 0; i < manifest->region_count; i++) {
		regions[i] = region_make(&manifest->regions[i]);
		if (regions[i].bytes > manifest->regions[i].size_bytes)
			halt("the manifest's region %s is too small for what the kernel shows in "
			     "it",
			     manifest->regions[i].name);
	}
}

const struct region *region_of(unsigned index)
{
	return &regions[index];
}
