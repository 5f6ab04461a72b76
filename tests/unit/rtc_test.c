/*
 * The battery clock: its registers as time and back over all its days, and the
 * driver over a chip that keeps to its datasheet: the second begins with an
 * update, and SET stops it.
 */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

int rtc_main(void);
#define main rtc_main
#include "drivers/rtc/cmos/rtc.c"
#undef main

#define DAY_S     86400
#define FROM_S    1735689600 /* 2025-01-01 */
#define UNTIL_S   4102444800 /* 2100-01-01 */
#define NOW_S     1795265184
#define UPDATE_US 2228

static struct {
	uint8_t registers[128];
	uint8_t index;
	int64_t unix_s;     /* what it will show */
	uint64_t second_us; /* when that second begins, and the registers show it */
	bool absent, frozen, updates_for_ever;
	unsigned writes;
} chip;

static const struct {
	uint8_t number, offset;
} date_cells[] = {
	{ CMOS_SECOND, offsetof(struct cmos_registers, second) },
	{ CMOS_MINUTE, offsetof(struct cmos_registers, minute) },
	{ CMOS_HOUR, offsetof(struct cmos_registers, hour) },
	{ CMOS_DAY, offsetof(struct cmos_registers, day) },
	{ CMOS_MONTH, offsetof(struct cmos_registers, month) },
	{ CMOS_YEAR, offsetof(struct cmos_registers, year) },
	{ CMOS_CENTURY, offsetof(struct cmos_registers, century) },
};
#define DATE_CELLS (sizeof(date_cells) / sizeof(date_cells[0]))

static struct rtc_page rtc_page;
static struct clock_page clock_page;
static uint64_t now;
static unsigned warnings, notified_time;
static const struct service *driver;

/* --- The chip ---------------------------------------------------------------- */

static void chip_load(int64_t unix_s)
{
	struct cmos_registers at = { .b = chip.registers[CMOS_B],
				     .century = chip.registers[CMOS_CENTURY] };

	assert_true(cmos_encode(unix_s, &at));
	for (size_t i = 0; i < DATE_CELLS; i++)
		chip.registers[date_cells[i].number] = ((uint8_t *)&at)[date_cells[i].offset];
}

static void chip_run(void)
{
	while (!chip.frozen && !(chip.registers[CMOS_B] & B_SET) && now >= chip.second_us) {
		chip_load(chip.unix_s++);
		chip.second_us += 1000000;
	}
}

static uint8_t chip_register_read(uint8_t number)
{
	bool busy = chip.updates_for_ever || (chip.second_us - now <= UPDATE_US && !chip.frozen);

	if (chip.absent)
		return 0xff;
	return (uint8_t)(chip.registers[number] | (number == CMOS_A && busy ? A_UPDATING : 0));
}

static void chip_register_write(uint8_t number, uint8_t value)
{
	chip.registers[number] = value;
	chip.writes++;
	if (number != CMOS_B || (value & B_SET))
		return;
	struct cmos_registers at;
	for (size_t i = 0; i < DATE_CELLS; i++)
		((uint8_t *)&at)[date_cells[i].offset] = chip.registers[date_cells[i].number];
	at.a = 0;
	at.b = value;
	at.d = D_VALID;
	if (cmos_decode(&at, &chip.unix_s) == CMOS_GOOD)
		chip.unix_s++;
}

enum status port_vector(struct port_access *accesses, unsigned count)
{
	assert_true(count <= PORT_VECTOR_MAX);
	chip_run();
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(accesses[i].width_bytes, 1);
		if (accesses[i].port == CMOS_INDEX) {
			assert_true(accesses[i].write && accesses[i].value < 0x80);
			chip.index = (uint8_t)accesses[i].value;
		} else if (accesses[i].write) {
			chip_register_write(chip.index, (uint8_t)accesses[i].value);
		} else {
			accesses[i].value = chip_register_read(chip.index);
		}
	}
	assert_false(chip.registers[CMOS_B] & B_SET); /* never left so */
	return OK;
}

/* --- The rest of the world --------------------------------------------------- */

uint64_t time_us(void)
{
	return now;
}

void *region(const char *alias, size_t size_bytes)
{
	(void)size_bytes;
	return strcmp(alias, "clock") == 0 ? (void *)&clock_page : (void *)&rtc_page;
}

uint32_t service_slot(const char *name)
{
	assert_string_equal(name, "time");
	return 3;
}

void service_notify(uint32_t slot)
{
	assert_int_equal(slot, 3);
	notified_time++;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	warnings += level <= LOG_WARNING;
}

void service_panic(const char *format, ...)
{
	fail_msg("panic: %s", format);
	abort();
}

int service_run(const struct service *service)
{
	driver = service;
	return 0;
}

static void life_begin(void)
{
	rtc_main();
	assert_int_equal(driver->start(), OK);
}

static void run_until(uint64_t until_us)
{
	for (unsigned turns = 0; now < until_us; turns++) {
		uint64_t due_us = driver->work(now);
		assert_true(due_us > now && turns < 10000);
		now = due_us < until_us ? due_us : until_us;
	}
}

static int world_setup(void **state)
{
	(void)state;
	memset(&chip, 0, sizeof(chip));
	memset(&rtc_page, 0, sizeof(rtc_page));
	memset(&clock_page, 0, sizeof(clock_page));
	chip.registers[CMOS_A] = 0x26;
	chip.registers[CMOS_B] = B_24_HOUR;
	chip.registers[CMOS_D] = D_VALID;
	chip.registers[CMOS_CENTURY] = 0x20;
	chip.unix_s = NOW_S;
	chip.second_us = 0; /* shown at once, the next a second later */
	now = 400000;
	warnings = notified_time = 0;
	return 0;
}

static void clock_publish(int64_t unix_s, uint32_t source, uint32_t error)
{
	clock_page.version = CLOCK_PAGE_VERSION;
	clock_page.source = source;
	clock_page.base_us = now;
	clock_page.offset_us = unix_s * 1000000 - (int64_t)now;
	clock_page.error_us = error;
	clock_page.crc32 = crc32_of(&clock_page.version,
				    sizeof(clock_page) - offsetof(struct clock_page, version));
	driver->notified(1);
}

static void page_is_sound(void)
{
	assert_false(rtc_page.sequence & 1);
	assert_int_equal(
		rtc_page.crc32,
		crc32_of(&rtc_page.version, sizeof(rtc_page) - offsetof(struct rtc_page, version)));
}

/* --- Registers --------------------------------------------------------------- */

static void format_check(uint8_t b, uint8_t century, int64_t unix_s)
{
	struct cmos_registers registers = { .a = 0x26, .b = b, .d = D_VALID, .century = century };
	int64_t back;

	assert_true(cmos_encode(unix_s, &registers));
	assert_int_equal(cmos_decode(&registers, &back), CMOS_GOOD);
	assert_true(back == unix_s);
	if (century == 0x20)
		assert_int_equal(registers.century, 0x20);
	else if (century == 0xff)
		assert_int_equal(registers.century, 0xff);
}

static void every_day_goes_there_and_back_in_every_format(void **state)
{
	static const uint8_t formats[] = { 0, B_BINARY, B_24_HOUR, B_BINARY | B_24_HOUR };
	static const uint8_t centuries[] = { 0x20, 0xff, 0x19, 20, 0 };
	int64_t within = 0;

	(void)state;
	for (int64_t day_s = FROM_S; day_s < UNTIL_S; day_s += DAY_S) {
		for (size_t f = 0; f < sizeof(formats); f++)
			for (size_t c = 0; c < sizeof(centuries); c++)
				format_check(formats[f], centuries[c], day_s + within);
		within = (within + 3661) % DAY_S; /* every hour of both halves comes by */
	}
	for (int64_t at = NOW_S; at < NOW_S + DAY_S; at += 59)
		for (size_t f = 0; f < sizeof(formats); f++)
			format_check(formats[f], 0x20, at);
}

static void the_hours_of_an_american_clock_are_read_as_they_are_said(void **state)
{
	static const struct {
		uint8_t raw, hour;
	} hours[] = { { 0x12, 0 },  { 0x01, 1 },  { 0x11, 11 },
		      { 0x92, 12 }, { 0x81, 13 }, { 0x91, 23 } };
	struct cmos_registers registers = {
		.a = 0x26, .d = D_VALID, .century = 0x20, .day = 1, .month = 1, .year = 0x26
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++) {
		registers.hour = hours[i].raw;
		assert_int_equal(cmos_decode(&registers, &at), CMOS_GOOD);
		assert_int_equal(at / 3600 % 24, hours[i].hour);
	}
	registers.hour = 0x00;
	assert_int_equal(cmos_decode(&registers, &at), CMOS_IMPLAUSIBLE);
	registers.hour = 0x13;
	assert_int_equal(cmos_decode(&registers, &at), CMOS_IMPLAUSIBLE);
}

static void what_makes_no_sense_is_not_believed(void **state)
{
	const struct cmos_registers good = { .a = 0x26,
					     .b = B_24_HOUR,
					     .d = D_VALID,
					     .century = 0x20,
					     .day = 0x28,
					     .month = 2,
					     .year = 0x26 };
	struct cmos_registers bad[9];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < 9; i++)
		bad[i] = good;
	bad[0].d = 0;
	bad[1].day = 0x29;
	bad[2].month = 0x1a;
	bad[3].second = 0x60;
	bad[4].year = 0x24; /* before it was written */
	bad[5].century = 0x19;
	bad[6].b |= B_SET;
	bad[7].hour = 0x24;
	bad[8].century = 0x21;
	assert_int_equal(cmos_decode(&good, &at), CMOS_GOOD);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(cmos_decode(&bad[i], &at), CMOS_IMPLAUSIBLE);
	assert_false(cmos_encode(FROM_S - 1, &bad[0]));
	assert_false(cmos_encode(UNTIL_S, &bad[0]));
	assert_false(cmos_encode(INT64_MAX, &bad[0]));
}

/* --- The driver -------------------------------------------------------------- */

static void time_is_there_at_once_and_exact_a_second_later(void **state)
{
	(void)state;
	life_begin();
	(void)driver->work(now);
	page_is_sound();
	assert_int_equal(rtc_page.state, RTC_VALID);
	assert_true(rtc_page.unix_s == NOW_S);
	assert_int_equal(rtc_page.error_us, 1000000);
	run_until(2000000);
	page_is_sound();
	assert_true(rtc_page.unix_s == NOW_S + 1);
	assert_true(rtc_page.error_us <= 30000);
	assert_in_range(rtc_page.time_us, 1000000, 1000000 + rtc_page.error_us);
	assert_int_equal(warnings, 0);
	assert_int_equal(notified_time, 2);
}

static void it_looks_again_later(void **state)
{
	(void)state;
	life_begin();
	run_until(610000000);
	assert_true(rtc_page.time_us > 600000000);
	assert_true(rtc_page.unix_s == NOW_S + (int64_t)(rtc_page.time_us / 1000000));
}

static void a_chip_that_is_not_there_is_said_to_be_so(void **state)
{
	(void)state;
	chip.absent = true;
	life_begin();
	run_until(3000000000);
	page_is_sound();
	assert_int_equal(rtc_page.state, RTC_ABSENT);
	assert_int_equal(warnings, 1);
	clock_publish(NOW_S, CLOCK_SNTP, 1000);
	(void)driver->work(now);
	assert_int_equal(chip.writes, 0);
}

static void a_chip_that_stands_still_is_noticed(void **state)
{
	(void)state;
	life_begin();
	(void)driver->work(now);
	chip.frozen = true;
	run_until(4000000);
	assert_int_equal(rtc_page.state, RTC_STUCK);
	chip.updates_for_ever = true;
	run_until(1300000000);
	assert_int_equal(rtc_page.state, RTC_STUCK);
	assert_int_equal(warnings, 1);
}

static void a_time_server_sets_it_if_it_is_off(void **state)
{
	(void)state;
	life_begin();
	run_until(5000000);
	clock_publish(NOW_S + 5 + 3600, CLOCK_SNTP, 20000);
	run_until(8000000);
	page_is_sound();
	assert_int_equal(rtc_page.writes, 1);
	assert_in_range(rtc_page.unix_s, NOW_S + 5 + 3600, NOW_S + 8 + 3600);
	assert_int_equal(chip.registers[CMOS_A], 0x26);
	clock_publish(NOW_S + 8 + 3600, CLOCK_SNTP, 20000);
	run_until(9000000);
	assert_int_equal(rtc_page.writes, 1);
}

static void nobody_else_sets_it(void **state)
{
	(void)state;
	life_begin();
	run_until(5000000);
	clock_publish(NOW_S + 3600, CLOCK_CMOS, 1000);
	run_until(6000000);
	clock_publish(NOW_S + 3600, CLOCK_SNTP, 1500000); /* knows little itself */
	run_until(7000000);
	clock_publish(NOW_S + 8, CLOCK_SNTP, 1000); /* right, to two seconds */
	run_until(8000000);
	assert_int_equal(chip.writes, 0);
}

static void an_empty_battery_is_noticed_and_the_clock_set(void **state)
{
	(void)state;
	chip.registers[CMOS_D] = 0;
	life_begin();
	run_until(2000000);
	assert_int_equal(rtc_page.state, RTC_IMPLAUSIBLE);
	clock_publish(NOW_S, CLOCK_SNTP, 1000);
	chip.registers[CMOS_D] = D_VALID; /* reading it does that */
	run_until(5000000);
	assert_int_equal(rtc_page.state, RTC_VALID);
	assert_int_equal(rtc_page.writes, 1);
}

static void a_chip_that_does_not_take_it_is_not_written_all_the_time(void **state)
{
	(void)state;
	life_begin();
	run_until(5000000);
	for (uint64_t at = 6; at < 600; at++) {
		chip.unix_s = NOW_S; /* as if nothing had been written */
		clock_publish(NOW_S + 5000 + (int64_t)at, CLOCK_SNTP, 1000);
		run_until(at * 1000000);
	}
	assert_int_equal(rtc_page.writes, 1);
}

static void a_stopped_chip_is_let_go(void **state)
{
	(void)state;
	chip.registers[CMOS_B] |= B_SET;
	rtc_main();
	chip_load(NOW_S);
	chip.frozen = true;
	struct cmos_registers registers = { .b = chip.registers[CMOS_B] };
	assert_int_equal(chip_go(&registers), OK);
	assert_int_equal(chip.registers[CMOS_B], B_24_HOUR);
}

static void the_next_life_carries_on_and_believes_no_damaged_page(void **state)
{
	(void)state;
	life_begin();
	run_until(5000000);
	clock_publish(NOW_S + 7200, CLOCK_SNTP, 20000);
	run_until(8000000);
	life_begin();
	assert_int_equal(rtc_page.state, RTC_VALID);
	run_until(12000000);
	assert_int_equal(rtc_page.writes, 1);
	rtc_page.unix_s ^= 64;
	life_begin();
	assert_int_equal(rtc_page.state, RTC_UNREAD);
	run_until(15000000);
	assert_int_equal(rtc_page.state, RTC_VALID);
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_day_goes_there_and_back_in_every_format),
		TEST(the_hours_of_an_american_clock_are_read_as_they_are_said),
		TEST(what_makes_no_sense_is_not_believed),
		TEST(time_is_there_at_once_and_exact_a_second_later),
		TEST(it_looks_again_later),
		TEST(a_chip_that_is_not_there_is_said_to_be_so),
		TEST(a_chip_that_stands_still_is_noticed),
		TEST(a_time_server_sets_it_if_it_is_off),
		TEST(nobody_else_sets_it),
		TEST(an_empty_battery_is_noticed_and_the_clock_set),
		TEST(a_chip_that_does_not_take_it_is_not_written_all_the_time),
		TEST(a_stopped_chip_is_let_go),
		TEST(the_next_life_carries_on_and_believes_no_damaged_page),
	};

	return cmocka_run_group_tests_name("rtc", tests, NULL, NULL);
}
