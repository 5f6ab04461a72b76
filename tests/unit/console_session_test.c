/* Sessions: a person at one end of two queues, the tables of a system at the other. */
#include "services/console/session.h"
#include "tests/unit/console_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define STEPS_MAX   100000u
#define SHOWN_BYTES 300000u

/* The driver's end, and all that it has taken so far. */
static struct tty_queue console_queue, driver_queue;
static struct tty_end driver;
static struct session session;
static char shown[SHOWN_BYTES];
static size_t shown_length;
static uint64_t now_us;

static void driver_take(void)
{
	shown_length += tty_take(&driver, shown + shown_length, sizeof(shown) - 1 - shown_length);
	shown[shown_length] = '\0';
	assert_true(shown_length < sizeof(shown) - 1);
}

/* Lets the session work until it is idle, the driver taking what comes. */
static void settle(void)
{
	enum session_progress progress = SESSION_BUSY;

	for (unsigned step = 0; progress != SESSION_IDLE; step++) {
		assert_in_range(step, 0, STEPS_MAX);
		progress = session_step(&session, now_us);
		driver_take();
	}
}

static void type(const char *keys)
{
	assert_int_equal(tty_put(&driver, keys, strlen(keys)), strlen(keys));
}

static void forget(void)
{
	shown_length = 0;
	shown[0] = '\0';
}

static void start(bool restarted)
{
	memset(&session, 0, sizeof(session));
	terminal_init(&session.terminal, &console_queue, &driver_queue);
	feed_from_boot(&session.feed, true);
	session_init(&session, restarted);
}

static int begin(void **state)
{
	(void)state;
	world_init();
	memset(&console_queue, 0, sizeof(console_queue));
	memset(&driver_queue, 0, sizeof(driver_queue));
	tty_attach(&driver, &driver_queue, &console_queue);
	now_us = 10000000;
	forget();
	start(false);
	return 0;
}

static int begin_open(void **state)
{
	begin(state);
	session_open(&session);
	settle();
	forget();
	return 0;
}

static void boot_shows_the_log_behind_the_kernels_own_and_no_prompt(void **state)
{
	(void)state;
	world_log(LOG_FROM_KERNEL, LOG_NOTICE, "early");
	world_log(WORLD_RS, LOG_NOTICE, "hello");
	world_log(LOG_FROM_KERNEL, LOG_NOTICE, "late");
	start(false);
	settle();
	assert_string_equal(shown, "[    0.002000] rs: hello\r\n[    0.003000] kernel: late\r\n");
	type("show version\r");
	settle();
	assert_null(strstr(shown, LINE_PROMPT));
	session_open(&session);
	settle();
	assert_non_null(strstr(shown, "Bulkhead 1.0-test"));
	assert_non_null(strstr(shown, LINE_PROMPT "show version\r\nBulkhead 1.0-test, 7 services"));
}

static void command_prints_and_the_prompt_comes_back(void **state)
{
	(void)state;
	type("service list\r");
	settle();
	assert_memory_equal(shown, "service list\r\nservice    state", 30);
	assert_string_equal(shown + shown_length - 12, "\r\n" LINE_PROMPT);
	forget();
	type("\r");
	settle();
	assert_string_equal(shown, "\r\n" LINE_PROMPT);
}

static void log_record_appears_above_the_prompt(void **state)
{
	(void)state;
	world_log(WORLD_RS, LOG_WARNING, "port0 died");
	world_log(WORLD_RS, LOG_INFO, "detail");
	settle();
	assert_string_equal(shown,
			    "\r\033[K[    0.001000] rs: warning: port0 died\r\n" LINE_PROMPT);
}

static void log_record_waits_while_someone_types(void **state)
{
	(void)state;
	type("show");
	settle();
	world_log(WORLD_RS, LOG_NOTICE, "port0 died");
	settle();
	assert_string_equal(shown, "show");
	now_us += SESSION_TYPING_US;
	settle();
	assert_string_equal(shown,
			    "show\r\033[K[    0.001000] rs: port0 died\r\n" LINE_PROMPT "show");
}

/* The document must stay one line: the record comes behind it. */
static void log_record_never_appears_inside_an_output(void **state)
{
	const char *end;

	(void)state;
	type("service list json\r");
	for (unsigned step = 0; step < 22; step++)
		(void)session_step(&session, now_us);
	assert_int_equal(session.state, SESSION_RUNNING);
	world_log(WORLD_RS, LOG_NOTICE, "port0 died");
	settle();
	end = strstr(shown, "]}\r\n");
	assert_non_null(end);
	assert_string_equal(end + 4, "[    0.001000] rs: port0 died\r\n" LINE_PROMPT);
}

static void log_modes_choose_what_appears(void **state)
{
	(void)state;
	type("log quiet\r");
	settle();
	forget();
	world_log(WORLD_RS, LOG_ERROR, "unseen");
	settle();
	assert_string_equal(shown, "");
	type("log follow\r");
	settle();
	forget();
	world_log(WORLD_RS, LOG_DEBUG, "seen");
	settle();
	assert_non_null(strstr(shown, "rs: seen"));
}

static void overrun_log_goes_on_with_what_is_left(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3 * KERNEL_LOG_RECORDS; i++)
		world_log(WORLD_RS, LOG_NOTICE, "x");
	settle();
	assert_non_null(strstr(shown, "[    1.025000] rs: x"));
	assert_non_null(strstr(shown, "[    1.536000] rs: x"));
	assert_null(strstr(shown, "[    1.024000] rs: x"));
}

/* A terminal that drains a few bytes at a time loses nothing of 100 KB. */
static void long_output_is_whole_on_a_slow_terminal(void **state)
{
	static char expected[SHOWN_BYTES];
	unsigned records = 0;

	(void)state;
	for (unsigned i = 0; i < KERNEL_LOG_RECORDS; i++)
		world_log(WORLD_RS, LOG_DEBUG, "a record of some length, so that all take long");
	strcpy(expected, world_run("show log 512 json"));
	forget();
	type("show log 512 json\r");
	for (unsigned step = 0; step < STEPS_MAX && session.state != SESSION_EDITING; step++)
		(void)session_step(&session, now_us);
	while (session_step(&session, now_us) != SESSION_IDLE || tty_available(&driver) != 0) {
		char some[7];
		size_t count = tty_take(&driver, some, sizeof(some));

		memcpy(shown + shown_length, some, count);
		shown_length += count;
		now_us += 1000;
		assert_true(records++ < 10 * STEPS_MAX);
	}
	shown[shown_length] = '\0';
	assert_memory_equal(shown, "show log 512 json\r\n", 19);
	assert_memory_equal(shown + 19, expected, strlen(expected));
	assert_string_equal(shown + 19 + strlen(expected), LINE_PROMPT);
}

static void dead_terminal_holds_nobody_up(void **state)
{
	enum session_progress progress = SESSION_BUSY;

	(void)state;
	type("show log 512 json\r");
	for (unsigned i = 0; i < KERNEL_LOG_RECORDS; i++)
		world_log(WORLD_RS, LOG_DEBUG, "something");
	for (unsigned step = 0; step < STEPS_MAX && progress == SESSION_BUSY; step++)
		progress = session_step(&session, now_us);
	assert_int_equal(progress, SESSION_BLOCKED);
	now_us += TERMINAL_PATIENCE_US + 1;
	for (unsigned step = 0; step < STEPS_MAX && session.state == SESSION_RUNNING; step++)
		(void)session_step(&session, now_us);
	assert_int_equal(session.state, SESSION_EDITING);
	/* It comes back: what it then asks for is answered. */
	settle();
	forget();
	type("show version\r");
	settle();
	assert_non_null(strstr(shown, "show version\r\nBulkhead 1.0-test"));
}

static void control_c_ends_a_command(void **state)
{
	(void)state;
	type("service list\r");
	for (unsigned step = 0; step < 15; step++)
		(void)session_step(&session, now_us);
	assert_int_equal(session.state, SESSION_RUNNING);
	type("ignored\003");
	settle();
	assert_non_null(strstr(shown, "^C\r\n" LINE_PROMPT));
	assert_null(strstr(shown, "console"));
	assert_null(strstr(shown, "ignored"));
}

static void lines_typed_ahead_are_carried_out_in_order(void **state)
{
	const char *first, *second;

	(void)state;
	type("show version\rhelp reboot\r");
	settle();
	first = strstr(shown, "7 services");
	second = strstr(shown, LINE_PROMPT "help reboot\r\n  reboot");
	assert_true(first != NULL && second != NULL && first < second);
}

static void tab_completes_and_lists(void **state)
{
	(void)state;
	type("serv\tli\t");
	settle();
	assert_string_equal(shown, "service list ");
	forget();
	type("\025show co\t");
	settle();
	assert_non_null(strstr(shown, "connections  counters  config\r\n" LINE_PROMPT "show co"));
}

static void restart_begins_a_new_line_with_what_was_missed(void **state)
{
	(void)state;
	world_log(WORLD_RS, LOG_NOTICE, "before");
	settle();
	forget();
	world_log(WORLD_RS, LOG_NOTICE, "console died");
	start(true);
	feed_from_time(&session.feed, 2000);
	settle();
	assert_string_equal(shown, "\r\n[    0.002000] rs: console died\r\n" LINE_PROMPT);
}

static void system_counts_as_settled_when_all_were_started(void **state)
{
	(void)state;
	world.rs.services[WORLD_CONSOLE].state = RS_STARTING;
	world.rs.services[WORLD_PORT1].state = RS_BACKOFF;
	assert_true(view_settled(WORLD_CONSOLE));
	world.rs.services[WORLD_FIREWALL].state = RS_STARTING;
	assert_false(view_settled(WORLD_CONSOLE));
	world.rs.services[WORLD_FIREWALL].state = RS_WAITING;
	assert_false(view_settled(WORLD_CONSOLE));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin_open)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(boot_shows_the_log_behind_the_kernels_own_and_no_prompt,
				       begin),
		TEST(command_prints_and_the_prompt_comes_back),
		TEST(log_record_appears_above_the_prompt),
		TEST(log_record_waits_while_someone_types),
		TEST(log_record_never_appears_inside_an_output),
		TEST(log_modes_choose_what_appears),
		TEST(overrun_log_goes_on_with_what_is_left),
		TEST(long_output_is_whole_on_a_slow_terminal),
		TEST(dead_terminal_holds_nobody_up),
		TEST(control_c_ends_a_command),
		TEST(lines_typed_ahead_are_carried_out_in_order),
		TEST(tab_completes_and_lists),
		TEST(restart_begins_a_new_line_with_what_was_missed),
		TEST(system_counts_as_settled_when_all_were_started),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
