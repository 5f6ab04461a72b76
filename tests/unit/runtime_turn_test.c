/* The event loop: what is called when, how long it waits; and messages on their way. */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/turn.h"
#include "tests/unit/runtime_world.h"

#include <string.h>

#define RS        0u
#define SELF      1u
#define FUTURE_US 1000000000000u

static struct seen {
	char order[16]; /* a letter a call-back, in their order */
	unsigned lines;
	uint64_t events, sources;
	struct message request;
	uint64_t next_us; /* work's answer */
	uint64_t rests;   /* as the kernel saw it last */
} seen;

static void see(char letter)
{
	seen.order[strlen(seen.order)] = letter;
}

static enum status start_fails(void)
{
	return E_DEVICE;
}

static void on_message(const struct message *request)
{
	see('m');
	seen.request = *request;
}

static void on_notified(uint64_t sources)
{
	see('n');
	seen.sources = sources;
}

static void on_event(uint64_t events)
{
	see('e');
	seen.events = events;
}

static void on_interrupt(unsigned lines)
{
	see('i');
	seen.lines = lines;
}

static uint64_t on_work(uint64_t now_us)
{
	see('w');
	return seen.next_us == 1 ? now_us : seen.next_us;
}

static const struct service all = {
	.message = on_message,
	.notified = on_notified,
	.event = on_event,
	.interrupt = on_interrupt,
	.work = on_work,
};
static const struct service none;

static int setup(void **state)
{
	memset(&seen, 0, sizeof(seen));
	seen.next_us = SERVICE_NO_DEADLINE;
	world_setup(state);
	world_info()->boot_tsc = __builtin_ia32_rdtsc();
	return 0;
}

static void notification_arrives(uint64_t sources, uint64_t events)
{
	world.answer = (struct kernel_result){ OK, RECEIVED_NOTIFICATION };
	ipc_buffer()->sources = sources;
	ipc_buffer()->events = events;
}

/* --- Waiting ------------------------------------------------------------------ */

static uint64_t timeout_after_work_says(uint64_t next_us)
{
	world.answer.status = E_TIMEOUT;
	world.call_count = 0;
	seen.next_us = next_us;
	service_turn(&all);
	assert_int_equal(world.call_count, 1);
	assert_int_equal(world.calls[0].number, SYS_RECEIVE);
	return world.calls[0].arguments.word[0];
}

static void it_waits_until_the_work_is_due(void **state)
{
	(void)state;
	assert_int_equal(timeout_after_work_says(SERVICE_NO_DEADLINE), TIMEOUT_NEVER);
	assert_in_range(timeout_after_work_says(FUTURE_US), FUTURE_US / 2, FUTURE_US);
}

static void rest_look(void)
{
	seen.rests = ipc_buffer()->rests;
}

static void it_says_that_it_rests_while_it_waits_and_no_longer(void **state)
{
	(void)state;
	world.during = rest_look;
	(void)timeout_after_work_says(SERVICE_NO_DEADLINE);
	assert_int_equal(seen.rests, 1);
	assert_int_equal(ipc_buffer()->rests, 0);
	service_breathe();
	assert_int_equal(seen.rests, 0);
}

static void work_that_goes_on_only_looks_for_events(void **state)
{
	(void)state;
	assert_int_equal(timeout_after_work_says(1), TIMEOUT_NONE); /* now */
	assert_int_equal(timeout_after_work_says(0), TIMEOUT_NONE); /* long past */
	assert_string_equal(seen.order, "ww");
}

static void without_work_it_waits_for_ever(void **state)
{
	(void)state;
	world.answer.status = E_TIMEOUT;
	service_turn(&none);
	assert_int_equal(world.calls[0].arguments.word[0], TIMEOUT_NEVER);
}

/* --- Events ------------------------------------------------------------------- */

static void heartbeat_is_answered_after_work_and_before_all_else(void **state)
{
	(void)state;
	notification_arrives(1u << RS | 1u << 5, EVENT_IRQ(0));
	service_turn(&all);
	assert_int_equal(world.call_count, 2);
	assert_int_equal(world.calls[1].number, SYS_NOTIFY);
	assert_int_equal(world.calls[1].arguments.word[0], RS);
	assert_string_equal(seen.order, "win");
	assert_int_equal(seen.sources, 1u << 5);
}

static void heartbeat_alone_is_nobodys_notification(void **state)
{
	(void)state;
	notification_arrives(1u << RS, 0);
	service_turn(&all);
	assert_string_equal(seen.order, "w");
	assert_int_equal(world_calls_of(SYS_NOTIFY), 1);
}

static void others_notifications_are_not_answered(void **state)
{
	(void)state;
	notification_arrives(1ull << 63 | 1u << 5, 0);
	service_turn(&all);
	assert_int_equal(world_calls_of(SYS_NOTIFY), 0);
	assert_true(seen.sources == (1ull << 63 | 1u << 5));
}

static void rs_answers_nobody(void **state)
{
	(void)state;
	world_info()->self.slot = RS;
	notification_arrives(1u << SELF, EVENT_EXIT);
	service_turn(&all);
	assert_int_equal(world_calls_of(SYS_NOTIFY), 0);
	assert_string_equal(seen.order, "wen");
	assert_int_equal(seen.events, EVENT_EXIT);
	assert_int_equal(seen.sources, 1u << SELF);
}

static void interrupt_lines_and_events_are_told_apart(void **state)
{
	(void)state;
	notification_arrives(0, EVENT_IRQ(0) | EVENT_IRQ(3) | EVENT_EXIT | EVENT_ATTENTION);
	service_turn(&all);
	assert_string_equal(seen.order, "wie");
	assert_int_equal(seen.lines, 9);
	assert_int_equal(seen.events, EVENT_EXIT | EVENT_ATTENTION);
}

static void what_nobody_wants_is_dropped(void **state)
{
	(void)state;
	notification_arrives(UINT64_MAX, UINT64_MAX);
	service_turn(&none);
	assert_int_equal(world_calls_of(SYS_NOTIFY), 1); /* the heartbeat */
}

/* --- Messages ----------------------------------------------------------------- */

static void request_arrives(uint32_t op)
{
	world.answer = (struct kernel_result){ OK, RECEIVED_MESSAGE };
	ipc_buffer()->message =
		(struct message){ .op = op, .from = { .slot = 7, .generation = 3 } };
}

static void request_is_handed_on(void **state)
{
	(void)state;
	request_arrives(42);
	service_turn(&all);
	assert_string_equal(seen.order, "wm");
	assert_int_equal(seen.request.op, 42);
	assert_int_equal(seen.request.from.slot, 7);
}

static void request_to_a_service_that_serves_nobody_is_answered(void **state)
{
	(void)state;
	request_arrives(42);
	service_turn(&none);
	assert_int_equal(world.calls[1].number, SYS_REPLY);
	assert_true(world.calls[1].arguments.word[0] == (7 | 3ull << 32));
	assert_int_equal(ipc_buffer()->message.status, E_CALL);
}

static void refused_receive_and_failed_start_panic(void **state)
{
	(void)state;
	world.answer.status = E_ARGUMENT;
	assert_panics(service_turn(&all));
	assert_string_equal(ipc_buffer()->text, "receive: an argument is out of its range");

	static const struct service failing = { .start = start_fails };
	assert_panics(service_run(&failing));
	assert_string_equal(ipc_buffer()->text,
			    "cannot start: the device does not answer as it should");
}

static void callee_replies(void)
{
	ipc_buffer()->message.status = E_ABSENT;
	ipc_buffer()->message.payload.words[0]++;
}

static void call_brings_the_callees_reply_and_status(void **state)
{
	endpoint_t to = { .slot = 4, .generation = 9 };
	struct message request = { .op = 1, .payload.words = { 100 } };

	(void)state;
	world.during = callee_replies;
	assert_int_equal(service_call(&to, &request, 50), E_ABSENT);
	assert_true(world.calls[0].arguments.word[0] == (4 | 9ull << 32));
	assert_int_equal(world.calls[0].arguments.word[1], 50);
	assert_int_equal(request.payload.words[0], 101);
	assert_int_equal(to.generation, 9);
}

static void call_of_a_dead_life_tells_the_new_one(void **state)
{
	endpoint_t to = { .slot = 4, .generation = 9 };
	struct message request = { .op = 1, .payload.words = { 100 } };

	(void)state;
	world.during = callee_replies;
	world.answer = (struct kernel_result){ E_DEAD, 10 };
	assert_int_equal(service_call(&to, &request, TIMEOUT_NEVER), E_DEAD);
	assert_int_equal(to.generation, 10);
	assert_int_equal(request.payload.words[0], 100); /* may be sent again as it is */
	world.answer = (struct kernel_result){ E_TIMEOUT, 77 };
	assert_int_equal(service_call(&to, &request, 0), E_TIMEOUT);
	assert_int_equal(to.generation, 10);
}

static void ports_answer(void)
{
	ipc_buffer()->ports[0].value = 0x5a;
}

static void port_vector_goes_and_comes_back(void **state)
{
	struct port_access accesses[PORT_VECTOR_MAX] = { { .port = 0x300, .width_bytes = 1 },
							 { .port = 0x301, .write = 1 } };
	(void)state;
	world.during = ports_answer;
	assert_int_equal(port_vector(accesses, PORT_VECTOR_MAX), OK);
	assert_int_equal(world.calls[0].arguments.word[0], PORT_VECTOR_MAX);
	assert_int_equal(ipc_buffer()->ports[1].port, 0x301);
	assert_int_equal(accesses[0].value, 0x5a);
	assert_int_equal(port_vector(accesses, PORT_VECTOR_MAX + 1), E_ARGUMENT);
	assert_int_equal(world.call_count, 1);
}

#define TEST(function) cmocka_unit_test_setup(function, setup)

static unsigned breaths_wanted;

static uint64_t on_long_work(uint64_t now_us)
{
	(void)now_us;
	for (unsigned i = 0; i < breaths_wanted; i++)
		service_breathe();
	return SERVICE_NO_DEADLINE;
}

static const struct service long_worker = { .notified = on_notified, .work = on_long_work };

static void breath_arrives(void)
{
	ipc_buffer()->sources = 1u << RS | 1u << 5;
	ipc_buffer()->events = 0;
}

static void a_breath_answers_the_heartbeat_and_keeps_the_rest(void **state)
{
	(void)state;
	breaths_wanted = 1;
	world.during = breath_arrives;
	world.answer = (struct kernel_result){ OK, RECEIVED_NOTIFICATION };
	service_turn(&long_worker);
	assert_int_equal(world.calls[0].number, SYS_RECEIVE);
	assert_int_equal(world.calls[0].arguments.word[0], TIMEOUT_NONE);
	assert_int_equal(world.calls[1].number, SYS_NOTIFY);
	assert_int_equal(world.calls[2].number, SYS_RECEIVE);
	assert_int_equal(world.calls[2].arguments.word[0], TIMEOUT_NONE); /* something is kept */
	assert_int_equal(seen.sources, 1u << 5);
}

static void breaths_of_a_turn_are_counted(void **state)
{
	(void)state;
	breaths_wanted = SERVICE_BREATHS_MAX + 10;
	world.answer = (struct kernel_result){ E_TIMEOUT, 0 };
	for (int turn = 0; turn < 2; turn++) {
		world.call_count = 0;
		service_turn(&long_worker);
		assert_int_equal(world_calls_of(SYS_RECEIVE), SERVICE_BREATHS_MAX + 1);
	}
}

/* In the middle it is kept from working for a long turn. */
static uint64_t on_interrupted_work(uint64_t now_us)
{
	for (unsigned i = 0; i < breaths_wanted; i++) {
		while (i == breaths_wanted / 2 && time_us() - now_us < SERVICE_LONG_TURN_US)
			;
		service_breathe_if_long();
	}
	return SERVICE_NO_DEADLINE;
}

/* Once, unless our own host keeps us from working for as long again. */
static void a_turn_that_gets_long_breathes_and_not_at_each_chance(void **state)
{
	static const struct service worker = { .work = on_interrupted_work };

	(void)state;
	breaths_wanted = 10;
	world.answer = (struct kernel_result){ E_TIMEOUT, 0 };
	service_turn(&worker);
	assert_in_range(world_calls_of(SYS_RECEIVE), 2, breaths_wanted);
	assert_int_equal(world.calls[0].arguments.word[0], TIMEOUT_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(it_waits_until_the_work_is_due),
		TEST(work_that_goes_on_only_looks_for_events),
		TEST(it_says_that_it_rests_while_it_waits_and_no_longer),
		TEST(without_work_it_waits_for_ever),
		TEST(heartbeat_is_answered_after_work_and_before_all_else),
		TEST(heartbeat_alone_is_nobodys_notification),
		TEST(a_breath_answers_the_heartbeat_and_keeps_the_rest),
		TEST(breaths_of_a_turn_are_counted),
		TEST(a_turn_that_gets_long_breathes_and_not_at_each_chance),
		TEST(others_notifications_are_not_answered),
		TEST(rs_answers_nobody),
		TEST(interrupt_lines_and_events_are_told_apart),
		TEST(what_nobody_wants_is_dropped),
		TEST(request_is_handed_on),
		TEST(request_to_a_service_that_serves_nobody_is_answered),
		TEST(refused_receive_and_failed_start_panic),
		TEST(call_brings_the_callees_reply_and_status),
		TEST(call_of_a_dead_life_tells_the_new_one),
		TEST(port_vector_goes_and_comes_back),
	};

	return cmocka_run_group_tests_name("runtime_turn", tests, NULL, NULL);
}
