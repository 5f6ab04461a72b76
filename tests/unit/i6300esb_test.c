/* The watchdog's chip, over one that keeps to its datasheet, and RS's pulse. */
#include "drivers/watchdog/i6300esb/mmio.h"
#include "drivers/watchdog/i6300esb/pulse.h"
#include "drivers/watchdog/i6300esb/registers.h"
#include "drivers/watchdog/i6300esb/timer.h"
#include "tests/unit/unit.h"

#include <string.h>

/* Registers take a write only behind 80h and 86h, and then one. */
static struct {
	enum { LOCKED, HALF, UNLOCKED } lock;
	uint32_t preload[2];
	bool timed_out;
	unsigned kicks, lost;
} chip;

static bool unlocked(void)
{
	bool yes = chip.lock == UNLOCKED;

	chip.lock = LOCKED;
	chip.lost += !yes;
	return yes;
}

uint16_t mmio_read16(unsigned offset)
{
	assert_int_equal(offset, RELOAD);
	return chip.timed_out ? RELOAD_TIMED_OUT : 0;
}

void mmio_write8(unsigned offset, uint8_t value)
{
	assert_int_equal(offset, RELOAD);
	chip.lock = value == 0x80 ? HALF : value == 0x86 && chip.lock == HALF ? UNLOCKED : LOCKED;
}

void mmio_write16(unsigned offset, uint16_t value)
{
	assert_int_equal(offset, RELOAD);
	if (!unlocked())
		return;
	chip.kicks += (value & 0x100u) != 0;
	if ((value & 0x200u) != 0)
		chip.timed_out = false;
}

void mmio_write32(unsigned offset, uint32_t value)
{
	assert_true(offset == 0 || offset == 4);
	assert_int_equal(value & ~0xfffffu, 0);
	if (unlocked())
		chip.preload[offset / 4] = value;
}

static int begin(void **state)
{
	(void)state;
	memset(&chip, 0, sizeof(chip));
	chip.preload[0] = chip.preload[1] = 0xfffff;
	return 0;
}

/* In ms: both counts, of 2^15 cycles of 33 MHz each. */
static unsigned timeout_ms(void)
{
	return (unsigned)((uint64_t)(chip.preload[0] + chip.preload[1]) * 32768 / 33000);
}

static void both_counts_make_the_time(void **state)
{
	(void)state;
	timer_set(2000);
	assert_in_range(timeout_ms(), 1990, 2000);
	assert_int_equal(chip.preload[0], chip.preload[1]);
	assert_int_equal(chip.kicks, 1);
	assert_int_equal(chip.lost, 0);
}

static void times_out_of_range_are_the_nearest_in_it(void **state)
{
	(void)state;
	timer_set(0);
	assert_int_equal(chip.preload[0], 1);
	timer_set(UINT32_MAX);
	assert_int_equal(chip.preload[0], 0xfffff);
}

/* What the chip begins with, and what README and manifest.toml say of it. */
static void the_longest_time_is_under_35_minutes(void **state)
{
	(void)state;
	timer_set(UINT32_MAX);
	assert_in_range(timeout_ms(), 34 * 60 * 1000, 35 * 60 * 1000);
}

static void every_kick_arrives(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10; i++)
		timer_kick();
	assert_int_equal(chip.kicks, 10);
	assert_int_equal(chip.lost, 0);
}

/* A former life may have died between the two. */
static void half_an_unlocking_does_no_harm(void **state)
{
	(void)state;
	chip.lock = HALF;
	timer_kick();
	chip.lock = UNLOCKED;
	timer_kick();
	assert_int_equal(chip.kicks, 2);
}

static void a_reset_is_told_once(void **state)
{
	(void)state;
	assert_false(timer_has_reset());
	chip.timed_out = true;
	assert_true(timer_has_reset());
	assert_false(timer_has_reset());
}

static void who_changes_its_number_is_alive(void **state)
{
	struct pulse pulse;

	(void)state;
	pulse_begin(&pulse, 5, 0);
	for (uint64_t now_us = 0; now_us < 100000; now_us += 999)
		assert_true(pulse_feel(&pulse, now_us, 1000, now_us));
}

static void who_does_not_is_silent_after_the_time_and_not_before(void **state)
{
	struct pulse pulse;

	(void)state;
	pulse_begin(&pulse, 5, 10000);
	assert_true(pulse_feel(&pulse, 5, 1000, 10999));
	assert_false(pulse_feel(&pulse, 5, 1000, 11000));
	assert_false(pulse_feel(&pulse, 5, 1000, 20000));
}

static void any_change_counts_from_when_it_is_seen(void **state)
{
	struct pulse pulse;

	(void)state;
	pulse_begin(&pulse, UINT64_MAX, 0);
	assert_false(pulse_feel(&pulse, UINT64_MAX, 1000, 5000));
	assert_true(pulse_feel(&pulse, 0, 1000, 6000));
	assert_true(pulse_feel(&pulse, 0, 1000, 6999));
	assert_false(pulse_feel(&pulse, 0, 1000, 7000));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(both_counts_make_the_time),
		TEST(times_out_of_range_are_the_nearest_in_it),
		TEST(the_longest_time_is_under_35_minutes),
		TEST(every_kick_arrives),
		TEST(half_an_unlocking_does_no_harm),
		TEST(a_reset_is_told_once),
		TEST(who_changes_its_number_is_alive),
		TEST(who_does_not_is_silent_after_the_time_and_not_before),
		TEST(any_change_counts_from_when_it_is_seen),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
