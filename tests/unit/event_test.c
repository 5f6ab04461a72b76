/* Events reach DS in order, over its absence and over our own death. */
#include "services/runtime/ds.h"
#include "services/runtime/event.c"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct {
	bool away;
	enum status refusal; /* of what is published; OK: none */
	struct event ring[EVENT_RING];
	bool present[EVENT_RING];
	unsigned warnings;
	char logged[200];
} world;

static struct start_info information = { .self = { .slot = 5, .generation = 1 } };

const struct start_info *service_info(void)
{
	return &information;
}

const char *service_name(uint32_t slot)
{
	assert_int_equal(slot, 5);
	return "time";
}

uint64_t time_us(void)
{
	return 4711;
}

void log_at(enum log_level level, const char *format, ...)
{
	va_list arguments;

	world.warnings += level == LOG_WARNING;
	va_start(arguments, format);
	vsnprintf(world.logged, sizeof(world.logged), format, arguments);
	va_end(arguments);
}

static unsigned cell_of(const char *name)
{
	unsigned n;

	assert_int_equal(sscanf(name, "event.time.%u", &n), 1);
	assert_true(n < EVENT_RING);
	return n;
}

enum status ds_publish(const char *name, const void *value, size_t bytes)
{
	if (world.away)
		return E_TIMEOUT;
	if (world.refusal != OK)
		return world.refusal;
	assert_int_equal(bytes, sizeof(struct event));
	memcpy(&world.ring[cell_of(name)], value, bytes);
	world.present[cell_of(name)] = true;
	return OK;
}

enum status ds_retrieve(const char *name, struct ds_entry *entry)
{
	unsigned n = cell_of(name);

	if (world.away)
		return E_TIMEOUT;
	if (!world.present[n])
		return E_ABSENT;
	*entry = (struct ds_entry){ .length_bytes = sizeof(struct event) };
	memcpy(entry->value, &world.ring[n], sizeof(world.ring[n]));
	return OK;
}

static int life_begin(void **state)
{
	(void)state;
	waiting_count = 0;
	next_sequence = 0;
	return 0;
}

static int world_setup(void **state)
{
	memset(&world, 0, sizeof(world));
	return life_begin(state);
}

static void check(uint64_t sequence, const char *text)
{
	const struct event *event = &world.ring[sequence % EVENT_RING];

	assert_int_equal(event->sequence, sequence);
	assert_int_equal(event->version, EVENT_VERSION);
	assert_int_equal(event->text_bytes, strlen(text));
	assert_memory_equal(event->text, text, strlen(text));
}

static void an_event_is_a_name_in_ds_and_a_line_of_the_log(void **state)
{
	(void)state;
	event_publish(EVENT_CLOCK_STEPPED, EVENT_WARNING, "by %d s", 3);
	check(1, "by 3 s");
	assert_int_equal(world.ring[1].kind, EVENT_CLOCK_STEPPED);
	assert_int_equal(world.ring[1].severity, EVENT_WARNING);
	assert_int_equal(world.ring[1].time_us, 4711);
	assert_string_equal(world.logged, "by 3 s");
	assert_true(event_work());
}

static void the_next_life_goes_on_behind_the_last(void **state)
{
	(void)state;
	for (int i = 1; i <= 6; i++)
		event_publish(EVENT_WAN_DOWN, EVENT_INFO, "n%d", i);
	life_begin(NULL);
	event_publish(EVENT_WAN_UP, EVENT_INFO, "n7");
	check(7, "n7");
	check(6, "n6");
	check(4, "n4");
}

static void what_ds_did_not_take_is_tried_again_in_order(void **state)
{
	(void)state;
	world.away = true;
	event_publish(EVENT_WAN_DOWN, EVENT_INFO, "one");
	event_publish(EVENT_WAN_UP, EVENT_INFO, "two");
	assert_false(event_work());
	world.away = false;
	assert_true(event_work());
	check(1, "one");
	check(2, "two");
}

static void too_many_lose_the_oldest_and_say_so(void **state)
{
	(void)state;
	world.away = true;
	for (int i = 1; i <= 5; i++)
		event_publish(EVENT_WAN_DOWN, EVENT_INFO, "n%d", i);
	assert_int_equal(world.warnings, 1);
	world.away = false;
	assert_true(event_work());
	check(1, "n2");
	check(4, "n5");
}

static void what_ds_refuses_is_not_tried_for_ever(void **state)
{
	(void)state;
	world.refusal = E_FULL;
	event_publish(EVENT_WAN_DOWN, EVENT_INFO, "lost");
	assert_int_equal(world.warnings, 1);
	assert_true(event_work());
	world.refusal = OK;
	event_publish(EVENT_WAN_UP, EVENT_INFO, "kept");
	check(1, "kept");
}

static void long_texts_are_cut(void **state)
{
	char text[2 * EVENT_TEXT_BYTES];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	event_publish(EVENT_WAN_DOWN, EVENT_INFO, "%s", text);
	assert_int_equal(world.ring[1].text_bytes, EVENT_TEXT_BYTES);
	assert_memory_equal(world.ring[1].text, text, EVENT_TEXT_BYTES);
}

static void kinds_have_words_and_ends(void **state)
{
	(void)state;
	assert_string_equal(event_kind_text(EVENT_WAN_UP), "wan-up");
	assert_string_equal(event_kind_text(EVENT_KINDS), "unknown");
	assert_string_not_equal(event_kind_text(EVENT_KINDS - 1), "unknown");
	assert_int_equal(event_kind_ends(EVENT_WAN_UP), EVENT_WAN_DOWN);
	assert_int_equal(event_kind_ends(EVENT_WAN_DOWN), EVENT_NONE);
	assert_int_equal(event_kind_ends(77), EVENT_NONE);
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_event_is_a_name_in_ds_and_a_line_of_the_log),
		TEST(the_next_life_goes_on_behind_the_last),
		TEST(what_ds_did_not_take_is_tried_again_in_order),
		TEST(too_many_lose_the_oldest_and_say_so),
		TEST(what_ds_refuses_is_not_tried_for_ever),
		TEST(long_texts_are_cut),
		TEST(kinds_have_words_and_ends),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
