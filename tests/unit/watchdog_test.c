/* The watchdog service: for whom it kicks, and for whom it does not. */
#include "drivers/watchdog/i6300esb/mmio.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

int watchdog_main(void);
#define main watchdog_main
#include "drivers/watchdog/i6300esb/watchdog.c"
#undef main

#define SELF 9u

static const struct service *service;
static struct start_info information;
static struct rs_table table;
static uint64_t now_us;
static unsigned timeout_ms, kicks;
static bool timed_out;
static char logged[1024];

/* --- The chip, which has its own test, and the runtime ------------------------------ */

void timer_set(uint32_t ms)
{
	timeout_ms = ms;
}

void timer_kick(void)
{
	kicks++;
}

bool timer_has_reset(void)
{
	return timed_out;
}

int service_run(const struct service *run)
{
	service = run;
	return 0;
}

const struct start_info *service_info(void)
{
	return &information;
}

void *region(const char *alias, size_t size_bytes)
{
	assert_string_equal(alias, "rs.table");
	assert_int_equal(size_bytes, sizeof(table));
	return &table;
}

uint64_t time_us(void)
{
	return now_us;
}

void log_at(enum log_level level, const char *format, ...)
{
	size_t used = strlen(logged);

	(void)level;
	(void)snprintf(logged + used, sizeof(logged) - used, "%s\n", format);
}

/* --- The tests ------------------------------------------------------------------------ */

static int begin(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	information = (struct start_info){ .self = { .slot = SELF, .generation = 1 },
					   .device = { .memory_bytes = PAGE_BYTES } };
	now_us = 5000000;
	timeout_ms = kicks = 0;
	timed_out = false;
	logged[0] = '\0';
	rs_alive = true;
	next_kick_us = 0;
	(void)watchdog_main();
	return 0;
}

/* Works when it wants to; RS writes to its table every 25 ms, and looks. Time passes until
 * `end_us`. */
static void run_until(uint64_t end_us, bool looks)
{
	uint64_t next_us = now_us;

	for (; now_us < end_us; now_us += 25000) {
		table.services[SELF].heartbeat_sent_us = now_us;
		table.looks += looks;
		if (now_us >= next_us)
			next_us = service->work(now_us);
	}
}

static void it_kicks_well_within_the_time(void **state)
{
	(void)state;
	assert_int_equal(service->start(), OK);
	assert_int_equal(timeout_ms, 2000);
	run_until(15000000, true);
	assert_in_range(kicks, 10 * 1000 / timeout_ms * 4, 100);
	assert_null(strstr(logged, "silent"));
}

static void other_events_do_not_make_it_kick_more_often(void **state)
{
	(void)state;
	assert_int_equal(service->start(), OK);
	for (unsigned i = 0; i < 1000; i++)
		(void)service->work(now_us + i);
	assert_int_equal(kicks, 1);
}

static void it_stops_when_rs_has_been_silent(void **state)
{
	(void)state;
	assert_int_equal(service->start(), OK);
	run_until(7000000, true);
	kicks = 0;
	run_until(20000000, false);
	assert_in_range(kicks, 3, 4); /* within the second that RS has */
	assert_non_null(strstr(logged, "rs is silent: the machine will be reset"));
}

static void it_goes_on_when_rs_is_back_in_time(void **state)
{
	(void)state;
	assert_int_equal(service->start(), OK);
	run_until(6500000, false);
	kicks = 0;
	run_until(8500000, true);
	assert_in_range(kicks, 8, 9);
	assert_non_null(strstr(logged, "rs is back"));
}

/* Our own restart must not be taken for RS's silence, nor hide it for ever. */
static void a_restart_gives_rs_the_whole_second(void **state)
{
	(void)state;
	table.looks = 1; /* long ago */
	assert_int_equal(service->start(), OK);
	run_until(15000000, false);
	assert_in_range(kicks, 4, 5);
}

static void a_reset_by_the_timer_is_logged(void **state)
{
	(void)state;
	assert_int_equal(service->start(), OK);
	assert_null(strstr(logged, "reset the machine before this boot"));
	timed_out = true;
	assert_int_equal(service->start(), OK);
	assert_non_null(strstr(logged, "the watchdog reset the machine before this boot"));
}

static void without_the_chips_memory_it_does_not_start(void **state)
{
	(void)state;
	information.device.memory_bytes = 0;
	assert_int_equal(service->start(), E_ABSENT);
	assert_int_equal(timeout_ms, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(it_kicks_well_within_the_time),
		TEST(other_events_do_not_make_it_kick_more_often),
		TEST(it_stops_when_rs_has_been_silent),
		TEST(it_goes_on_when_rs_is_back_in_time),
		TEST(a_restart_gives_rs_the_whole_second),
		TEST(a_reset_by_the_timer_is_logged),
		TEST(without_the_chips_memory_it_does_not_start),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
