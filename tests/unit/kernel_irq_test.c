/* What interrupt lines promise: masked on arrival, open again in time, whoever sleeps. */
#include "kernel/cpu.h"
#include "kernel/irq.h"
#include "kernel/region.h"
#include "kernel/time.h"
#include "tests/unit/kernel_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LINE        11
#define DEADLINE_US 5000
#define FIRST       1
#define SECOND      2

static struct slot *first, *second;

/* --- The two 8259A, as far as the kernel can tell -------------------------- */

static uint16_t pic_mask;
static unsigned pic_ends; /* end-of-interrupt commands */
static uint8_t pic_in_service;

void out8(uint16_t port, uint8_t value)
{
	static unsigned initialising[2];
	unsigned pic = port >= 0xa0;

	if ((port & 1) == 0) {
		if (value & 0x10)
			initialising[pic] = 3; /* ICW2, ICW3, ICW4 follow */
		else if (value == 0x20)
			pic_ends++;
		return;
	}
	if (initialising[pic] != 0)
		initialising[pic]--;
	else if (pic)
		pic_mask = (uint16_t)((pic_mask & 0x00ff) | value << 8);
	else
		pic_mask = (uint16_t)((pic_mask & 0xff00) | value);
}

uint8_t in8(uint16_t port)
{
	(void)port;
	return pic_in_service;
}

static bool masked(unsigned line)
{
	return pic_mask >> line & 1;
}

/* --- Two drivers that share a line ------------------------------------------ */

static struct slot *driver_set(unsigned index)
{
	struct slot *slot = &slots[index];

	((struct manifest_service *)slot->service)->flags = SERVICE_DEVICE;
	slot->entry->device = (struct device_info){ .bus = DEVICE_PCI, .irq_line = LINE };
	return slot;
}

static int set(void **state)
{
	world_set(state);
	pic_in_service = 0;
	irq_init(false);
	for (unsigned i = 0; i < WORLD_SLOTS; i++)
		irq_forget(&slots[i]);
	irq_time_out(UINT64_MAX - 1); /* what the test before left masked */
	first = driver_set(FIRST);
	second = driver_set(SECOND);
	pic_ends = 0;
	return 0;
}

static void a_line_nobody_enabled_stays_masked(void **state)
{
	(void)state;
	for (unsigned line = 0; line < IRQ_LINES; line++)
		assert_int_equal(masked(line), line != 2); /* the cascade */
	assert_int_equal(irq_enable(first, 0), OK);
	assert_false(masked(LINE));
	assert_int_equal(irq_disable(first, 0), OK);
	assert_true(masked(LINE));
}

static void an_interrupt_masks_its_line_until_every_owner_has_acknowledged(void **state)
{
	(void)state;
	irq_enable(first, 0);
	irq_enable(second, 0);
	irq_arrived(LINE);
	assert_true(masked(LINE));
	assert_int_equal(pic_ends, 2); /* both PICs: 11 is behind the cascade */
	assert_int_equal(first->events, EVENT_IRQ(0));
	assert_int_equal(second->events, EVENT_IRQ(0));
	assert_int_equal(irq_ack(first, 0), OK);
	assert_true(masked(LINE));
	assert_int_equal(irq_ack(first, 0), OK); /* twice counts once */
	assert_true(masked(LINE));
	assert_int_equal(irq_ack(second, 0), OK);
	assert_false(masked(LINE));
}

static void a_hung_owner_holds_the_line_no_longer_than_its_deadline(void **state)
{
	(void)state;
	irq_enable(first, 0);
	irq_enable(second, 0);
	irq_arrived(LINE);
	irq_ack(first, 0);
	assert_int_equal(irq_time_out(world_now_us + DEADLINE_US - 1), world_now_us + DEADLINE_US);
	assert_true(masked(LINE));
	irq_time_out(world_now_us + DEADLINE_US);
	assert_false(masked(LINE));
	assert_int_equal(first->entry->irq_deadlines, 0);
	assert_int_equal(second->entry->irq_deadlines, 1);
}

static void a_dead_owner_owes_nothing(void **state)
{
	(void)state;
	irq_enable(first, 0);
	irq_enable(second, 0);
	irq_arrived(LINE);
	irq_ack(first, 0);
	irq_forget(second);
	assert_false(masked(LINE));
	irq_forget(first);
	assert_true(masked(LINE));
}

static void a_restarted_owner_opens_the_line_that_its_former_life_left_masked(void **state)
{
	(void)state;
	irq_enable(first, 0);
	irq_arrived(LINE);
	irq_forget(first);
	assert_true(masked(LINE));
	irq_enable(first, 0);
	assert_false(masked(LINE));
}

static void a_storm_is_masked_for_a_while_and_counted(void **state)
{
	unsigned arrivals = 0;

	(void)state;
	irq_enable(first, 0);
	table->irq_storms = 0;
	while (!masked(LINE) && arrivals < 10000) {
		irq_arrived(LINE);
		irq_ack(first, 0);
		arrivals++;
	}
	assert_in_range(arrivals, 100, 9999);
	assert_int_equal(table->irq_storms, 1);
	irq_ack(first, 0);
	assert_true(masked(LINE));
	irq_time_out(world_now_us + 10000);
	assert_false(masked(LINE));
	assert_int_equal(first->entry->irq_deadlines, 0);
}

static void a_steady_rate_is_no_storm(void **state)
{
	(void)state;
	irq_enable(first, 0);
	table->irq_storms = 0;
	for (unsigned i = 0; i < 5000; i++) {
		world_now_us += 50; /* 20,000 a second */
		irq_arrived(LINE);
		irq_ack(first, 0);
		assert_false(masked(LINE));
	}
	assert_int_equal(table->irq_storms, 0);
}

static void an_interrupt_that_is_none_changes_nothing(void **state)
{
	(void)state;
	first->entry->device.irq_line = 7;
	irq_enable(first, 0);
	irq_arrived(7); /* in-service bit clear */
	assert_false(masked(7));
	assert_int_equal(first->events, 0);
	pic_in_service = 0x80;
	irq_arrived(7);
	assert_true(masked(7));
}

static void a_line_that_is_not_ours_is_refused(void **state)
{
	(void)state;
	assert_int_equal(irq_enable(first, 1), E_DENIED);
	assert_int_equal(irq_enable(&slots[3], 0), E_DENIED); /* no interrupt in its entry */
	assert_int_equal(irq_ack(first, UINT64_MAX), E_DENIED);
	assert_int_equal(first->entry->refusals.call, 2);
	first->entry->device.bus = DEVICE_NONE;
	assert_int_equal(irq_enable(first, 0), E_DENIED);
}

static void the_machines_own_lines_go_to_no_device(void **state)
{
	struct manifest_service *service = (struct manifest_service *)slots[3].service;

	(void)state;
	assert_true(irq_assignable(LINE));
	service->irq_count = 1;
	service->irqs[0].line = LINE;
	assert_false(irq_assignable(LINE));
	assert_false(irq_assignable(0));
	assert_false(irq_assignable(2));
	assert_false(irq_assignable(16));
	assert_false(irq_assignable(255));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_nobody_enabled_stays_masked, set),
		cmocka_unit_test_setup(
			an_interrupt_masks_its_line_until_every_owner_has_acknowledged, set),
		cmocka_unit_test_setup(a_hung_owner_holds_the_line_no_longer_than_its_deadline,
				       set),
		cmocka_unit_test_setup(a_dead_owner_owes_nothing, set),
		cmocka_unit_test_setup(
			a_restarted_owner_opens_the_line_that_its_former_life_left_masked, set),
		cmocka_unit_test_setup(a_storm_is_masked_for_a_while_and_counted, set),
		cmocka_unit_test_setup(a_steady_rate_is_no_storm, set),
		cmocka_unit_test_setup(an_interrupt_that_is_none_changes_nothing, set),
		cmocka_unit_test_setup(a_line_that_is_not_ours_is_refused, set),
		cmocka_unit_test_setup(the_machines_own_lines_go_to_no_device, set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
