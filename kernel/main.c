/* From the boot loader to the first service. */
#include "kernel/bundle.h"
#include "kernel/cpu.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/machine.h"
#include "kernel/memory.h"
#include "kernel/paging.h"
#include "kernel/region.h"
#include "kernel/schedule.h"
#include "kernel/slot.h"
#include "kernel/string.h"
#include "kernel/time.h"

_Noreturn void kernel_main(uint32_t magic, uint64_t information, uint64_t boot_tsc);
_Noreturn void entry_leave(void);

/* A damaged update is as good as none; a damaged bundle must not start half a system. */
static void bundles_open(void)
{
	if (machine.bundle.start == machine.bundle.end)
		halt("the module \"bundle\" is missing");
	manifest = bundle_open(machine.bundle, "bundle");
	if (!manifest)
		halt("nothing is started");
	if (machine.update.start != machine.update.end)
		update = bundle_open(machine.update, "update");
}

static void table_fill(uint32_t features, uint64_t boot_tsc)
{
	table->tsc_khz = time_tsc_khz();
	table->boot_tsc = boot_tsc;
	table->features = features;
	table->service_count = manifest->service_count;
	table->memory_bytes = memory_total_bytes();
	if (update)
		memcpy(table->update_id, update->build_id, sizeof(table->update_id));
}

void kernel_main(uint32_t magic, uint64_t information, uint64_t boot_tsc)
{
	paging_init();
	uint32_t features = cpu_init();

	time_init(boot_tsc, features & CPU_APIC);
	irq_init(!(features & CPU_APIC));
	machine_init(magic, information);
	bundles_open();
	tables_init();
	table_fill(features, boot_tsc);
	klog(LOG_NOTICE, "Bulkhead %s", manifest->build_id);
	regions_init();
	slots_init();
	memory_seal();
	table->reserved_bytes = memory_taken_bytes();
	klog(LOG_NOTICE, "%u MiB of memory, %u KiB given out; %u services",
	     memory_total_bytes() >> 20, memory_taken_bytes() >> 10, (uint64_t)slot_count);

	schedule_init();
	log_serial_end();
	if (slot_start(&slots[manifest->rs_slot]) != OK)
		halt("rs cannot be started");
	schedule_tick(); /* sets the timer going */
	entry_leave();
}
