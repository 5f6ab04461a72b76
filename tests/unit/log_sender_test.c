/* Remote syslog over a collector that refuses, hangs, ends, and is slow. */
#include "services/log/ring.h"
#include "services/log/sender.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"
#include "tests/unit/log_sockets.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000u

static struct log_ring ring;
static uint64_t now_us, next_us;
static int fd;
static short events;

static int64_t unknown(const struct log_ring_record *record)
{
	(void)record;
	return 0;
}

static const struct sender_world world = { .host = "gate", .unix_us = unknown };

static void configure(uint16_t protocol)
{
	const struct netconf_syslog conf = {
		.server = 0xcb007101, .port = 514, .protocol = protocol, .level = LOG_NOTICE
	};

	sender_configure(&conf);
}

static void line(unsigned number, uint16_t level)
{
	struct log_ring_record record = { .boot = 1, .level = level, .service = "test" };

	record.length_bytes =
		(uint16_t)snprintf(record.text, sizeof(record.text), "line %u.", number);
	ring_put(&ring, &record);
}

static void lines(unsigned first, unsigned last)
{
	for (unsigned i = first; i <= last; i++)
		line(i, LOG_NOTICE);
}

static int world_setup(void **state)
{
	static const struct kernel_log kernel = { .next_sequence = 1 };

	(void)state;
	collector_reset();
	memset(&ring, 0, sizeof(ring));
	ring_init(&ring, &kernel, false);
	sender_init(&ring);
	now_us = 5 * SECOND_US;
	return 0;
}

static void turn(void)
{
	next_us = sender_work(now_us, &world, &fd, &events);
}

static void run_for(unsigned seconds)
{
	uint64_t until_us = now_us + (uint64_t)seconds * SECOND_US;

	for (unsigned turns = 0; now_us < until_us && turns < 50000; turns++) {
		turn();
		/* Sockets tell of changes; a look every 200 ms is more than they would. */
		uint64_t step_us = next_us < now_us + 200000 ? next_us : now_us + 200000;
		now_us = step_us > now_us ? step_us : now_us + 1;
	}
}

/* Each of the lines stands there once, in order, and nothing else. */
static void got_exactly(unsigned first, unsigned last)
{
	const char *at = collector.bytes;
	char wanted[32];

	collector.bytes[collector.count] = 0;
	for (unsigned i = first; i <= last; i++) {
		snprintf(wanted, sizeof(wanted), "line %u.", i);
		at = strstr(at, wanted);
		if (at == NULL)
			fail_msg("%s is not there", wanted);
		at += strlen(wanted);
	}
	assert_null(strstr(at, "line "));
}

static void without_a_collector_nothing_happens(void **state)
{
	(void)state;
	lines(1, 10);
	turn();
	assert_true(next_us == SERVICE_NO_DEADLINE);
	assert_int_equal(fd, -1);
	assert_int_equal(collector.opened, 0);
}

static void datagrams_carry_a_record_each(void **state)
{
	(void)state;
	lines(1, 100);
	line(77777, LOG_INFO); /* not urgent enough */
	configure(SYSLOG_UDP);
	run_for(2);
	got_exactly(1, 100);
	assert_int_equal(ring.remote.sent, 100);
	assert_int_equal(ring.remote.dropped, 0);
	assert_memory_equal(collector.bytes, "<133>1 - gate test 0 - [meta ", 29);
	turn();
	assert_true(next_us == SERVICE_NO_DEADLINE);
	lines(101, 101);
	run_for(1);
	got_exactly(1, 101);
}

static void datagrams_wait_for_room(void **state)
{
	(void)state;
	configure(SYSLOG_UDP);
	collector.room_bytes = 0;
	lines(1, 5);
	run_for(2);
	assert_int_equal(collector.count, 0);
	assert_int_equal(collector.warnings, 0);
	collector.room_bytes = 10000;
	run_for(1);
	got_exactly(1, 5);
}

static void a_network_that_is_away_is_tried_again(void **state)
{
	(void)state;
	configure(SYSLOG_UDP);
	collector.send_errno = EHOSTUNREACH;
	lines(1, 5);
	run_for(600);
	assert_int_equal(collector.warnings, 1);
	assert_in_range(collector.opened, 10, 25); /* 1, 2, 4 ... 60, 60 s */
	assert_int_equal(collector.closed, collector.opened);
	collector.send_errno = 0;
	run_for(61);
	got_exactly(1, 5);
}

static void a_stream_counts_octets(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	lines(1, 100);
	run_for(2);
	got_exactly(1, 100);
	collector.bytes[collector.count] = 0;
	const char *at = collector.bytes;
	for (unsigned i = 1; i <= 100; i++) {
		unsigned bytes;
		int used;
		assert_int_equal(sscanf(at, "%u %n<133>1 ", &bytes, &used), 1);
		at += used + (int)bytes;
	}
	assert_ptr_equal(at, collector.bytes + collector.count);
	assert_int_equal(ring.remote.connected, 1);
}

static void a_stream_is_cut_anywhere_and_goes_on(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	lines(1, 50);
	for (unsigned i = 0; i < 1000; i++) {
		collector.room_bytes = i % 7;
		turn();
		now_us += 1000;
	}
	collector.room_bytes = 100000;
	run_for(1);
	got_exactly(1, 50);
}

static void a_collector_that_hangs_is_left_and_found_again(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	collector.room_bytes = 100; /* a record, and the beginning of the next */
	lines(1, 20);
	run_for(29);
	assert_int_equal(collector.opened, 1);
	run_for(5);
	assert_int_equal(collector.opened, 2);
	assert_int_equal(collector.warnings, 1);
	collector.count = 0;
	uint64_t sent = ring.remote.sent;
	collector.room_bytes = 100000;
	run_for(65);
	got_exactly((unsigned)sent + 1, 20); /* from the one that was under way */
}

static void a_collector_that_ends_is_found_again(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	lines(1, 3);
	run_for(1);
	collector.ended = true;
	run_for(1);
	assert_int_equal(ring.remote.connected, 0);
	assert_int_equal(collector.closed, 1);
	collector.ended = false;
	lines(4, 6);
	run_for(5);
	got_exactly(1, 6);
}

static void one_that_accepts_and_ends_at_once_does_not_fill_the_log(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	collector.ended = true;
	run_for(3600);
	assert_int_equal(collector.warnings, 1);
	assert_in_range(collector.opened, 50, 80);
}

static void one_that_does_not_answer_is_given_up_in_time(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	collector.connect_errno = EINPROGRESS;
	lines(1, 1);
	turn();
	assert_int_equal(fd, 3);
	assert_true(events & POLLOUT);
	run_for(9);
	assert_int_equal(collector.opened, 1);
	run_for(3);
	assert_int_equal(collector.opened, 2);
	collector.connect_errno = 0;
	run_for(1);
	got_exactly(1, 1);
}

static void what_is_overwritten_meanwhile_is_dropped_and_counted(void **state)
{
	(void)state;
	configure(SYSLOG_TCP);
	collector.connect_errno = ECONNREFUSED;
	lines(1, 20);
	run_for(10);
	lines(21, LOG_RING_RECORDS + 100);
	collector.connect_errno = 0;
	run_for(61);
	got_exactly(101, LOG_RING_RECORDS + 100);
	assert_int_equal(ring.remote.dropped, 100);
	assert_int_equal(ring.remote.sent, LOG_RING_RECORDS);
}

static void the_next_life_sends_what_the_last_had_not(void **state)
{
	(void)state;
	configure(SYSLOG_UDP);
	lines(1, 40);
	turn(); /* 16 of them */
	sender_init(&ring);
	configure(SYSLOG_UDP);
	run_for(2);
	got_exactly(1, 40);
}

static void another_collector_gets_what_there_is(void **state)
{
	(void)state;
	configure(SYSLOG_UDP);
	lines(1, 10);
	run_for(1);
	const struct netconf_syslog none = { .server = 0 };
	sender_configure(&none);
	turn();
	assert_int_equal(fd, -1);
	assert_int_equal(collector.closed, 1);
	collector.count = 0;
	configure(SYSLOG_TCP);
	run_for(1);
	got_exactly(1, 10);
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(without_a_collector_nothing_happens),
		TEST(datagrams_carry_a_record_each),
		TEST(datagrams_wait_for_room),
		TEST(a_network_that_is_away_is_tried_again),
		TEST(a_stream_counts_octets),
		TEST(a_stream_is_cut_anywhere_and_goes_on),
		TEST(a_collector_that_hangs_is_left_and_found_again),
		TEST(a_collector_that_ends_is_found_again),
		TEST(one_that_accepts_and_ends_at_once_does_not_fill_the_log),
		TEST(one_that_does_not_answer_is_given_up_in_time),
		TEST(what_is_overwritten_meanwhile_is_dropped_and_counted),
		TEST(the_next_life_sends_what_the_last_had_not),
		TEST(another_collector_gets_what_there_is),
	};

	return cmocka_run_group_tests_name("log_sender", tests, NULL, NULL);
}
