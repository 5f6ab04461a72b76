/* Which ports user mode reaches by itself: kernel/port.c. */
#include "kernel/cpu.h"
#include "kernel/device.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/port.h"
#include "tests/unit/kernel_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define DRIVER       1u
#define PROBER       2u
#define OTHER        3u
#define DEVICE_BASE  0x300u
#define DEVICE_COUNT 32u
#define FIXED        0x3f6u

struct tss cpu_tss;
static struct start_info infos[WORLD_SLOTS];
static struct manifest_image image;

/* --- The rest of the kernel ---------------------------------------------- */

bool irq_assignable(unsigned line)
{
	(void)line;
	return true;
}

int memory_is_ram(uint64_t start, uint64_t end)
{
	(void)start;
	(void)end;
	return false;
}

void klog(enum log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

#define HARDWARE(bits)                                                                             \
	void out##bits(uint16_t port, uint##bits##_t value)                                        \
	{                                                                                          \
		(void)port;                                                                        \
		(void)value;                                                                       \
	}                                                                                          \
	uint##bits##_t in##bits(uint16_t port)                                                     \
	{                                                                                          \
		return (uint##bits##_t)port;                                                       \
	}

HARDWARE(8)
HARDWARE(16)
HARDWARE(32)

/* --- Tests ---------------------------------------------------------------- */

static int set(void **state)
{
	(void)world_set(state);
	memset(&image, 0, sizeof(image));
	memset(infos, 0, sizeof(infos));
	memset(cpu_tss.closed, 0xff, sizeof(cpu_tss.closed));
	for (unsigned i = 0; i < WORLD_SLOTS; i++) {
		struct manifest_service *service = (struct manifest_service *)slots[i].service;

		memset(service->ports, 0, sizeof(service->ports));
		service->port_count = 0;
		memset(&slots[i].entry->device, 0, sizeof(struct device_info));
		slots[i].info = &infos[i];
		slots[i].image = &image;
		slots[i].window_count = 0;
	}
	ports_switch(&slots[OTHER]);
	return 0;
}

static void ports_give(unsigned slot, uint16_t base, uint16_t count, bool probe)
{
	struct manifest_service *service = (struct manifest_service *)slots[slot].service;

	service->ports[service->port_count++] =
		(struct manifest_ports){ .base = base, .count = count, .probe = probe };
}

static void device_give(unsigned slot)
{
	slots[slot].entry->device = (struct device_info){ .bus = DEVICE_ISA,
							  .port_base = DEVICE_BASE,
							  .port_count = DEVICE_COUNT };
}

static bool is_open(unsigned port)
{
	return (cpu_tss.closed[port / 8] >> port % 8 & 1) == 0;
}

/* Exactly [base, base + count) is open. */
static void assert_open(unsigned base, unsigned count)
{
	for (unsigned port = 0; port < 0x10000; port++)
		assert_int_equal(is_open(port), port >= base && port < base + count);
}

static void the_ports_of_who_runs_are_open_and_no_other(void **state)
{
	(void)state;
	device_give(DRIVER);
	ports_give(OTHER, FIXED, 1, false);
	ports_declare(&slots[DRIVER]);
	ports_declare(&slots[OTHER]);
	assert_int_equal(infos[DRIVER].ports_direct, 1);
	assert_open(FIXED, 1); /* it runs while that is declared */
	ports_switch(&slots[DRIVER]);
	assert_open(DEVICE_BASE, DEVICE_COUNT);
	ports_switch(&slots[OTHER]);
	assert_open(FIXED, 1);
	ports_switch(&slots[WORLD_RS]);
	assert_open(0, 0);
}

static void a_guarded_register_closes_them_all(void **state)
{
	(void)state;
	image.dma_rule_count = 1;
	device_give(DRIVER);
	ports_declare(&slots[DRIVER]);
	ports_switch(&slots[DRIVER]);
	assert_int_equal(infos[DRIVER].ports_direct, 0);
	assert_open(0, 0);
}

static void who_has_no_ports_is_told_so(void **state)
{
	(void)state;
	ports_declare(&slots[OTHER]);
	assert_int_equal(infos[OTHER].ports_direct, 0);
}

static void what_was_probed_is_closed_when_it_belongs_to_a_device(void **state)
{
	(void)state;
	ports_give(PROBER, 0xcf8, 8, false);
	ports_give(PROBER, DEVICE_BASE, DEVICE_COUNT, true);
	ports_declare(&slots[PROBER]);
	ports_switch(&slots[PROBER]);
	assert_true(is_open(DEVICE_BASE) && is_open(0xcff));
	device_give(DRIVER);
	ports_declare(&slots[PROBER]);
	assert_open(0xcf8, 8);
}

static void more_than_there_is_room_for_is_reached_by_calls(void **state)
{
	(void)state;
	ports_give(DRIVER, 0x1000, 8 * SLOT_WINDOWS_MAX + 1, false);
	ports_declare(&slots[DRIVER]);
	assert_int_equal(infos[DRIVER].ports_direct, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_ports_of_who_runs_are_open_and_no_other, set),
		cmocka_unit_test_setup(a_guarded_register_closes_them_all, set),
		cmocka_unit_test_setup(who_has_no_ports_is_told_so, set),
		cmocka_unit_test_setup(what_was_probed_is_closed_when_it_belongs_to_a_device, set),
		cmocka_unit_test_setup(more_than_there_is_room_for_is_reached_by_calls, set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
