/*
 * DS and its clients' functions together: services/ds/ds.c behind
 * services/runtime/ds.c, with a kernel between them that is a few lines of C.
 * ds.c is compiled with its main called ds_main.
 */
#include "services/ds/state.h"
#include "services/proto/rs.h"
#include "services/runtime/ds.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#undef main

#define DS        1u
#define CLIENT    5u
#define GRANTS    4u
#define LOG_BYTES 512

static struct {
	const struct service *ds;
	struct ds_state state;
	struct rs_table rs;
	struct start_info info;
	struct message reply;
	bool answered, faulted;
	uint64_t notified, now_us;
	unsigned calls, grants_open, dead_calls; /* so many calls find DS dead */
	uint32_t caller;
	struct {
		uint8_t *memory;
		size_t bytes;
		enum grant_access access;
	} grants[GRANTS];
	char log[LOG_BYTES];
} world;

/* --- The kernel ---------------------------------------------------------- */

int service_run(const struct service *service)
{
	world.ds = service;
	return service->start() == OK ? 0 : 1;
}

void *region(const char *alias, size_t size_bytes)
{
	if (strcmp(alias, "rs.table") == 0)
		return &world.rs;
	assert_string_equal(alias, "ds.state");
	assert_true(size_bytes <= sizeof(world.state));
	return &world.state;
}

const struct start_info *service_info(void)
{
	return &world.info;
}

uint64_t time_us(void)
{
	return world.now_us += 10;
}

uint32_t service_slot(const char *name)
{
	assert_string_equal(name, "ds");
	return DS;
}

void service_notify(uint32_t slot)
{
	world.notified |= 1ull << slot;
}

void log_at(enum log_level level, const char *format, ...)
{
	va_list arguments;

	(void)level;
	va_start(arguments, format);
	vsnprintf(world.log, sizeof(world.log), format, arguments);
	va_end(arguments);
}

bool service_reply(endpoint_t to, const struct message *reply)
{
	assert_int_equal(to.slot, world.caller);
	world.reply = *reply;
	world.answered = true;
	return true;
}

void service_reply_fault(endpoint_t to)
{
	assert_int_equal(to.slot, world.caller);
	world.faulted = true;
}

enum status service_call(endpoint_t *to, struct message *request, uint64_t timeout_us)
{
	world.calls++;
	assert_int_equal(to->slot, DS);
	assert_true(timeout_us <= DS_WAIT_MS * 1000);
	if (world.dead_calls != 0) {
		world.dead_calls--;
		to->generation = 7;
		world.now_us += 1000;
		return E_DEAD;
	}
	request->from = (endpoint_t){ world.caller, 1 };
	world.answered = world.faulted = false;
	world.ds->message(request);
	assert_true(world.answered != world.faulted);
	if (world.faulted)
		return E_DEAD;
	*request = world.reply;
	return (enum status)request->status;
}

enum status grant_create(uint32_t grantee_slot, const void *address, size_t bytes,
			 enum grant_access access, uint32_t *grant)
{
	assert_int_equal(grantee_slot, DS);
	*grant = world.grants_open++;
	assert_true(*grant < GRANTS);
	world.grants[*grant].memory = (uint8_t *)(uintptr_t)address;
	world.grants[*grant].bytes = bytes;
	world.grants[*grant].access = access;
	return OK;
}

void grant_revoke(uint32_t grant)
{
	assert_int_equal(grant, world.grants_open - 1);
	world.grants_open--;
}

static bool grant_covers(uint32_t granter, uint32_t grant, size_t offset, size_t bytes,
			 enum grant_access access)
{
	return granter == world.caller && grant < world.grants_open &&
	       world.grants[grant].access == access && offset + bytes <= world.grants[grant].bytes;
}

enum status copy_from(uint32_t granter, uint32_t grant, size_t offset, void *to, size_t bytes)
{
	if (!grant_covers(granter, grant, offset, bytes, GRANT_READ))
		return E_GRANT;
	memcpy(to, world.grants[grant].memory + offset, bytes);
	return OK;
}

enum status copy_to(uint32_t granter, uint32_t grant, size_t offset, const void *from, size_t bytes)
{
	if (!grant_covers(granter, grant, offset, bytes, GRANT_WRITE))
		return E_GRANT;
	memcpy(world.grants[grant].memory + offset, from, bytes);
	return OK;
}

/* --- The tests ----------------------------------------------------------- */

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.caller = CLIENT;
	return ds_main();
}

static void ds_dies(enum exit_cause cause)
{
	world.info.restarted = 1;
	world.info.exit_cause = cause;
	assert_int_equal(ds_main(), 0);
}

static void live_long(void)
{
	world.ds->work(world.now_us += 1000000);
}

static void a_value_published_is_the_value_retrieved(void **state)
{
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_publish("config.status", "good", 4), OK);
	assert_int_equal(ds_retrieve("config.status", &entry), OK);
	assert_int_equal(entry.length_bytes, 4);
	assert_memory_equal(entry.value, "good", 4);
	assert_int_equal(entry.owner, CLIENT);
	assert_string_equal(entry.name, "config.status");
	assert_int_equal(ds_retrieve("config.stat", &entry), E_ABSENT);
	assert_int_equal(ds_publish("empty", NULL, 0), OK);
	assert_int_equal(ds_retrieve("empty", &entry), OK);
	assert_int_equal(entry.length_bytes, 0);
	assert_int_equal(world.grants_open, 0);
}

static void the_longest_names_and_values_fit_and_longer_ones_are_refused(void **state)
{
	char value[DS_VALUE_BYTES + 1] = "x", name[] = "1234567890123456789012345678901";
	struct ds_entry entry;

	(void)state;
	assert_int_equal(strlen(name), DS_NAME_BYTES - 1);
	assert_int_equal(ds_publish(name, value, DS_VALUE_BYTES), OK);
	assert_int_equal(ds_retrieve(name, &entry), OK);
	assert_int_equal(entry.length_bytes, DS_VALUE_BYTES);
	assert_int_equal(ds_publish("a", value, DS_VALUE_BYTES + 1), E_ARGUMENT);
	assert_int_equal(ds_publish("12345678901234567890123456789012", value, 1), E_ARGUMENT);
	assert_int_equal(ds_publish("", value, 1), E_ARGUMENT);
	assert_int_equal(ds_publish("service.ds", value, 1), E_DENIED);
	assert_int_equal(ds_publish("alert.1", value, 1), E_DENIED);
}

static void subscribers_are_notified_and_told(void **state)
{
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_subscribe("port.*"), OK);
	assert_int_equal(ds_check(&entry), E_AGAIN);
	world.caller = CLIENT + 1;
	assert_int_equal(ds_publish("port.0", "up", 2), OK);
	assert_int_equal(world.notified, 1u << CLIENT);
	world.caller = CLIENT;
	assert_int_equal(ds_check(&entry), OK);
	assert_string_equal(entry.name, "port.0");
	assert_int_equal(entry.removed, 0);
	assert_int_equal(ds_check(&entry), E_AGAIN);
	assert_int_equal(ds_withdraw("port.0"), E_DENIED);
	world.caller = CLIENT + 1;
	assert_int_equal(ds_withdraw("port.0"), OK);
	world.caller = CLIENT;
	assert_int_equal(ds_check(&entry), OK);
	assert_int_equal(entry.removed, 1);
	assert_int_equal(ds_check(&entry), E_AGAIN);
	assert_int_equal(ds_entry(0, &entry), E_ABSENT);
}

static void a_client_repeats_what_ds_died_over(void **state)
{
	(void)state;
	world.dead_calls = 2;
	assert_int_equal(ds_publish("a", "1", 1), OK);
	assert_int_equal(world.calls, 3);
}

static void a_client_does_not_wait_for_ever(void **state)
{
	(void)state;
	world.dead_calls = 1000;
	assert_int_equal(ds_publish("a", "1", 1), E_TIMEOUT);
	assert_in_range(world.calls, 2, DS_WAIT_MS + 1);
	assert_int_equal(world.grants_open, 0);
}

static void after_its_death_ds_has_all_it_had_and_tells_subscribers_again(void **state)
{
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_publish("port.0", "up", 2), OK);
	assert_int_equal(ds_subscribe("port.*"), OK);
	assert_int_equal(ds_check(&entry), OK);
	ds_dies(EXIT_EXCEPTION);
	assert_int_equal(world.notified, 1u << CLIENT);
	assert_int_equal(ds_check(&entry), OK);
	assert_memory_equal(entry.value, "up", 2);
	assert_int_equal(ds_check(&entry), E_AGAIN);
}

static void a_backup_comes_back_to_its_owner(void **state)
{
	static uint8_t state_bytes[DS_BACKUP_BYTES], room[DS_BACKUP_BYTES];
	size_t bytes = 0;

	(void)state;
	memset(state_bytes, 0x77, sizeof(state_bytes));
	assert_int_equal(ds_backup_load(room, sizeof(room), &bytes), E_ABSENT);
	assert_int_equal(ds_backup_store(state_bytes, sizeof(state_bytes)), OK);
	ds_dies(EXIT_PANIC);
	assert_int_equal(ds_backup_load(room, sizeof(room), &bytes), OK);
	assert_int_equal(bytes, sizeof(state_bytes));
	assert_memory_equal(room, state_bytes, sizeof(room));
	assert_int_equal(ds_backup_load(room, 10, &bytes), E_TOO_LARGE);
	assert_int_equal(ds_backup_store(room, DS_BACKUP_BYTES + 1), E_TOO_LARGE);
	world.caller = CLIENT + 1;
	assert_int_equal(ds_backup_load(room, sizeof(room), &bytes), E_ABSENT);
}

static void alert_raise(uint64_t sequence, const char *text)
{
	struct rs_alert *alert = &world.rs.alerts[sequence % RS_ALERTS_MAX];

	*alert = (struct rs_alert){ .sequence = sequence, .time_us = 1234567 };
	memcpy(alert->text, text, strlen(text));
	world.rs.alert_sequence = sequence;
}

static void alerts_of_rs_are_published_and_subscribers_told(void **state)
{
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_subscribe("alert.*"), OK);
	alert_raise(1, "port0 died (panic)");
	alert_raise(2, "port1 died");
	live_long();
	assert_int_equal(world.notified, 1u << CLIENT);
	assert_int_equal(ds_retrieve("alert.1", &entry), OK);
	assert_string_equal(entry.value, "1.234 s: port0 died (panic)");
	assert_int_equal(ds_retrieve("alert.2", &entry), OK);
	for (uint64_t sequence = 3; sequence < 30; sequence++)
		alert_raise(sequence, "again");
	world.rs.alerts[26 % RS_ALERTS_MAX].sequence = 0; /* being written */
	live_long();
	assert_int_equal(ds_retrieve("alert.5", &entry), OK);
	assert_string_equal(entry.value, "1.234 s: again");
	world.rs.alert_sequence = UINT64_MAX; /* of nonsense */
	live_long();
	world.rs.alert_sequence = 0;
	live_long();
}

static void a_state_that_kills_ds_again_and_again_is_dropped(void **state)
{
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_publish("a", "1", 1), OK);
	for (unsigned i = 0; i < 4; i++) {
		ds_dies(EXIT_EXCEPTION);
		assert_int_equal(ds_retrieve("a", &entry), OK);
	}
	ds_dies(EXIT_EXCEPTION);
	assert_int_equal(ds_retrieve("a", &entry), E_ABSENT);
}

static void deaths_far_apart_or_on_request_do_not_drop_the_state(void **state)
{
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_publish("a", "1", 1), OK);
	for (unsigned i = 0; i < 20; i++) {
		ds_dies(EXIT_EXCEPTION);
		live_long();
	}
	for (unsigned i = 0; i < 20; i++)
		ds_dies(EXIT_REQUEST);
	assert_int_equal(ds_retrieve("a", &entry), OK);
}

/* --- Hostile clients ----------------------------------------------------- */

static enum status raw(uint32_t op, const struct ds_request *request)
{
	endpoint_t ds = { DS, 1 };
	struct message message = { .op = op };

	memcpy(message.payload.bytes, request, sizeof(*request));
	return service_call(&ds, &message, 0);
}

static void an_op_that_does_not_exist_faults_the_caller(void **state)
{
	static const uint32_t ops[] = { 0, DS_PUBLISH - 1, DS_BACKUP_LOAD + 1, UINT32_MAX };
	const struct ds_request request = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		raw(ops[i], &request);
		assert_true(world.faulted);
	}
}

static void requests_of_nonsense_are_refused(void **state)
{
	struct ds_request request = { .name = "a", .grant = 99, .length_bytes = 5 };

	(void)state;
	assert_int_equal(raw(DS_PUBLISH, &request), E_GRANT);
	assert_int_equal(raw(DS_BACKUP_STORE, &request), E_GRANT);
	request.length_bytes = UINT32_MAX;
	assert_int_equal(raw(DS_PUBLISH, &request), E_ARGUMENT);
	assert_int_equal(raw(DS_BACKUP_STORE, &request), E_TOO_LARGE);
	assert_int_equal(raw(DS_RETRIEVE, &request), E_ABSENT);
	memset(&request, 0xff, sizeof(request));
	for (uint32_t op = DS_PUBLISH; op <= DS_BACKUP_LOAD; op++)
		assert_int_not_equal(raw(op, &request), OK);
}

/* A failed copy may not count as told. */
static void a_change_that_could_not_be_copied_is_told_next_time(void **state)
{
	const struct ds_request request = { .grant = 99, .length_bytes = DS_VALUE_BYTES };
	struct ds_entry entry;

	(void)state;
	assert_int_equal(ds_publish("a", "1", 1), OK);
	assert_int_equal(ds_subscribe("a"), OK);
	assert_int_equal(raw(DS_CHECK, &request), E_GRANT);
	assert_int_equal(ds_check(&entry), OK);
	assert_string_equal(entry.name, "a");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_value_published_is_the_value_retrieved),
		TEST(the_longest_names_and_values_fit_and_longer_ones_are_refused),
		TEST(subscribers_are_notified_and_told),
		TEST(a_client_repeats_what_ds_died_over),
		TEST(a_client_does_not_wait_for_ever),
		TEST(after_its_death_ds_has_all_it_had_and_tells_subscribers_again),
		TEST(a_backup_comes_back_to_its_owner),
		TEST(alerts_of_rs_are_published_and_subscribers_told),
		TEST(a_state_that_kills_ds_again_and_again_is_dropped),
		TEST(deaths_far_apart_or_on_request_do_not_drop_the_state),
		TEST(an_op_that_does_not_exist_faults_the_caller),
		TEST(requests_of_nonsense_are_refused),
		TEST(a_change_that_could_not_be_copied_is_told_next_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
