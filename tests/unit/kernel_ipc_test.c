/* What rendezvous, notifications and generations promise. */
#include "kernel/ipc.h"
#include "kernel/time.h"
#include "tests/unit/kernel_world.h"
#include "tests/unit/unit.h"

#include <string.h>

#define CLIENT 1
#define SERVER 2
#define OTHER  3

static struct slot *client, *server, *other;

static int set(void **state)
{
	world_set(state);
	client = &slots[CLIENT];
	server = &slots[SERVER];
	other = &slots[OTHER];
	return 0;
}

static void a_waiting_receiver_gets_message_and_sender(void **state)
{
	(void)state;
	assert_int_equal(ipc_receive(server, TIMEOUT_NEVER), OK);
	assert_int_equal(server->wait, WAIT_RECEIVE);
	client->buffer->message.op = 7;
	client->buffer->message.payload.words[7] = 99;
	client->buffer->message.from.slot = OTHER; /* a lie */
	assert_int_equal(ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER), OK);
	assert_int_equal(server->wait, WAIT_NONE);
	assert_int_equal(server->frame.rdx, RECEIVED_MESSAGE);
	assert_int_equal(server->buffer->message.op, 7);
	assert_int_equal(server->buffer->message.payload.words[7], 99);
	assert_int_equal(server->buffer->message.from.slot, CLIENT);
	assert_int_equal(server->buffer->message.from.generation, client->generation);
	assert_int_equal(client->wait, WAIT_REPLY);
}

static void a_reply_ends_the_call_with_the_answer(void **state)
{
	(void)state;
	ipc_receive(server, TIMEOUT_NEVER);
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	server->buffer->message.status = 5;
	assert_int_equal(ipc_reply(server, world_endpoint(CLIENT)), OK);
	assert_int_equal(client->wait, WAIT_NONE);
	assert_int_equal(client->frame.rax, OK);
	assert_int_equal(client->buffer->message.status, 5);
}

static void a_busy_receiver_finds_the_sender_later(void **state)
{
	(void)state;
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	assert_int_equal(client->wait, WAIT_SEND);
	assert_int_equal(ipc_receive(server, TIMEOUT_NONE), OK);
	assert_int_equal(server->frame.rdx, RECEIVED_MESSAGE);
	assert_int_equal(client->wait, WAIT_REPLY);
}

static void only_the_one_called_can_reply_and_only_once(void **state)
{
	(void)state;
	ipc_receive(server, TIMEOUT_NEVER);
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	assert_int_equal(ipc_reply(other, world_endpoint(CLIENT)), E_NOT_WAITING);
	assert_int_equal(ipc_reply(server, world_endpoint(CLIENT) + (1ull << 32)), E_STALE);
	assert_int_equal(ipc_reply(server, SERVICE_MAX), E_ARGUMENT);
	assert_int_equal(ipc_reply(server, world_endpoint(CLIENT)), OK);
	assert_int_equal(ipc_reply(server, world_endpoint(CLIENT)), E_NOT_WAITING);
}

static void a_sender_not_yet_received_cannot_be_replied_to(void **state)
{
	(void)state;
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	assert_int_equal(ipc_reply(server, world_endpoint(CLIENT)), E_NOT_WAITING);
}

static void an_undeclared_target_is_refused_and_counted(void **state)
{
	(void)state;
	((struct manifest_service *)client->service)->call_targets = 0;
	((struct manifest_service *)client->service)->notify_targets = 0;
	assert_int_equal(ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER), E_DENIED);
	assert_int_equal(ipc_notify(client, SERVER), E_DENIED);
	assert_int_equal(ipc_call(client, UINT32_MAX, TIMEOUT_NEVER), E_DENIED);
	assert_int_equal(client->entry->refusals.target, 3);
	assert_int_equal(client->wait, WAIT_NONE);
	assert_int_equal(server->sources, 0);
}

static void an_old_generation_is_refused_with_the_new_one(void **state)
{
	(void)state;
	uint64_t old = world_endpoint(SERVER);

	server->generation++;
	assert_int_equal(ipc_call(client, old, TIMEOUT_NEVER), E_DEAD);
	assert_int_equal(client->frame.rdx, server->generation);
}

static void death_releases_everyone_who_waits_with_the_next_generation(void **state)
{
	(void)state;
	ipc_receive(server, TIMEOUT_NEVER);
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	ipc_call(other, world_endpoint(SERVER), TIMEOUT_NEVER);
	assert_int_equal(client->wait, WAIT_REPLY);
	assert_int_equal(other->wait, WAIT_SEND);
	uint32_t next = server->generation + 1;

	slot_die(server, EXIT_EXCEPTION, 0, 0);
	struct slot *waiters[] = { client, other };
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(waiters[i]->wait, WAIT_NONE);
		assert_int_equal(waiters[i]->frame.rax, E_DEAD);
		assert_int_equal(waiters[i]->frame.rdx, next);
	}
	assert_int_equal(server->senders, 0);
}

static void a_call_to_the_dead_waits_for_the_next_life(void **state)
{
	(void)state;
	slot_die(server, EXIT_EXCEPTION, 0, 0);
	uint64_t next = SERVER | (uint64_t)(server->generation + 1) << 32;

	assert_int_equal(ipc_call(client, next, 500), OK);
	assert_int_equal(client->wait, WAIT_SEND);
	assert_int_equal(ipc_call(other, SERVER, 500), OK); /* ANY_GENERATION */
	server->generation++;
	server->wait = WAIT_NONE;
	ipc_receive(server, TIMEOUT_NONE);
	assert_int_equal(client->wait, WAIT_REPLY);
}

static void the_death_of_a_sender_takes_its_message_back(void **state)
{
	(void)state;
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	slot_die(client, EXIT_EXCEPTION, 0, 0);
	assert_int_equal(server->senders, 0);
	assert_int_equal(ipc_receive(server, TIMEOUT_NONE), E_TIMEOUT);
}

static void a_wait_ends_at_its_deadline(void **state)
{
	(void)state;
	ipc_call(client, world_endpoint(SERVER), 500);
	assert_int_equal(client->deadline_us, world_now_us + 500);
	ipc_time_out(client);
	assert_int_equal(client->frame.rax, E_TIMEOUT);
	assert_int_equal(client->deadline_us, TIME_NEVER);
	assert_int_equal(server->senders, 0);
}

static void a_deadline_beyond_all_time_is_none(void **state)
{
	(void)state;
	ipc_receive(server, UINT64_MAX - 1);
	assert_int_equal(server->deadline_us, TIME_NEVER);
}

static void no_time_means_no_wait(void **state)
{
	(void)state;
	assert_int_equal(ipc_receive(server, TIMEOUT_NONE), E_TIMEOUT);
	assert_int_equal(server->wait, WAIT_NONE);
	assert_int_equal(ipc_call(client, world_endpoint(SERVER), TIMEOUT_NONE), E_TIMEOUT);
	assert_int_equal(client->wait, WAIT_NONE);
}

static void notifications_add_up_and_are_taken_once(void **state)
{
	(void)state;
	assert_int_equal(ipc_notify(client, SERVER), OK);
	assert_int_equal(ipc_notify(other, SERVER), OK);
	assert_int_equal(ipc_notify(other, SERVER), OK);
	ipc_event(server, EVENT_EXIT);
	assert_int_equal(ipc_receive(server, TIMEOUT_NONE), OK);
	assert_int_equal(server->frame.rdx, RECEIVED_NOTIFICATION);
	assert_int_equal(server->buffer->sources, 1u << CLIENT | 1u << OTHER);
	assert_int_equal(server->buffer->events, EVENT_EXIT);
	assert_int_equal(ipc_receive(server, TIMEOUT_NONE), E_TIMEOUT);
}

static void a_notification_wakes_the_waiting(void **state)
{
	(void)state;
	ipc_receive(server, TIMEOUT_NEVER);
	server->entry->rests = 1;
	ipc_notify(client, SERVER);
	assert_int_equal(server->wait, WAIT_NONE);
	assert_int_equal(server->entry->rests, 0);
	assert_int_equal(server->frame.rax, OK);
	assert_int_equal(server->frame.rdx, RECEIVED_NOTIFICATION);
	assert_int_equal(server->sources, 0);
}

static void one_who_waits_for_a_reply_is_not_disturbed_by_notifications(void **state)
{
	(void)state;
	ipc_receive(server, TIMEOUT_NEVER);
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	ipc_notify(other, CLIENT);
	assert_int_equal(client->wait, WAIT_REPLY);
	ipc_reply(server, world_endpoint(CLIENT));
	ipc_receive(client, TIMEOUT_NONE);
	assert_int_equal(client->buffer->sources, 1u << OTHER);
}

static void a_flood_of_notifications_holds_up_no_message(void **state)
{
	(void)state;
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	ipc_notify(other, SERVER);
	ipc_receive(server, TIMEOUT_NONE);
	assert_int_equal(server->frame.rdx, RECEIVED_NOTIFICATION);
	ipc_notify(other, SERVER);
	ipc_receive(server, TIMEOUT_NONE);
	assert_int_equal(server->frame.rdx, RECEIVED_MESSAGE);
	ipc_receive(server, TIMEOUT_NONE);
	assert_int_equal(server->frame.rdx, RECEIVED_NOTIFICATION);
}

static void senders_are_served_in_turn(void **state)
{
	(void)state;
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	ipc_receive(server, TIMEOUT_NONE);
	assert_int_equal(server->buffer->message.from.slot, CLIENT);
	ipc_reply(server, world_endpoint(CLIENT));
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	ipc_call(other, world_endpoint(SERVER), TIMEOUT_NEVER);
	ipc_receive(server, TIMEOUT_NONE);
	assert_int_equal(server->buffer->message.from.slot, OTHER);
}

static void a_malformed_request_can_fault_its_caller(void **state)
{
	(void)state;
	ipc_receive(server, TIMEOUT_NEVER);
	ipc_call(client, world_endpoint(SERVER), TIMEOUT_NEVER);
	assert_int_equal(ipc_reply_fault(server, world_endpoint(CLIENT)), OK);
	assert_int_equal(world_deaths, 1);
	assert_int_equal(world_cause, EXIT_FAULTED);
	assert_int_equal(ipc_reply_fault(server, world_endpoint(OTHER)), E_NOT_WAITING);
	assert_int_equal(world_deaths, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_waiting_receiver_gets_message_and_sender, set),
		cmocka_unit_test_setup(a_reply_ends_the_call_with_the_answer, set),
		cmocka_unit_test_setup(a_busy_receiver_finds_the_sender_later, set),
		cmocka_unit_test_setup(only_the_one_called_can_reply_and_only_once, set),
		cmocka_unit_test_setup(a_sender_not_yet_received_cannot_be_replied_to, set),
		cmocka_unit_test_setup(an_undeclared_target_is_refused_and_counted, set),
		cmocka_unit_test_setup(an_old_generation_is_refused_with_the_new_one, set),
		cmocka_unit_test_setup(death_releases_everyone_who_waits_with_the_next_generation,
				       set),
		cmocka_unit_test_setup(a_call_to_the_dead_waits_for_the_next_life, set),
		cmocka_unit_test_setup(the_death_of_a_sender_takes_its_message_back, set),
		cmocka_unit_test_setup(a_wait_ends_at_its_deadline, set),
		cmocka_unit_test_setup(a_deadline_beyond_all_time_is_none, set),
		cmocka_unit_test_setup(no_time_means_no_wait, set),
		cmocka_unit_test_setup(notifications_add_up_and_are_taken_once, set),
		cmocka_unit_test_setup(a_notification_wakes_the_waiting, set),
		cmocka_unit_test_setup(one_who_waits_for_a_reply_is_not_disturbed_by_notifications,
				       set),
		cmocka_unit_test_setup(a_flood_of_notifications_holds_up_no_message, set),
		cmocka_unit_test_setup(senders_are_served_in_turn, set),
		cmocka_unit_test_setup(a_malformed_request_can_fault_its_caller, set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
