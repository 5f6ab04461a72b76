/* The socket server, through its protocol: datagrams, polling, and who may do what. */
#include "tests/unit/inet_calls.h"

#include <stdlib.h>

/* --- Datagrams ---------------------------------------------------------------- */

static uint32_t datagram_socket(uint32_t slot, uint16_t port)
{
	uint32_t id = fixture_open(slot, SOCKET_DATAGRAM);
	struct socket_request bind = { .id = id, .port = port };
	assert_int_equal(fixture_call(slot, SOCKET_BIND, bind, NULL).status, OK);
	return id;
}

static void a_datagram_arrives_with_its_sender(void **state)
{
	uint32_t a = datagram_socket(WEB, 5000), b = datagram_socket(DNS, 5001);
	char buffer[16];
	struct socket_request send = {
		.id = a, .address = LOOPBACK, .port = 5001, .length_bytes = 4
	};

	(void)state;
	assert_int_equal(receive(DNS, b, buffer, 16, 0).status, HELD);
	assert_int_equal(fixture_call(WEB, SOCKET_SEND, send, (void *)"ping").status, OK);
	fixture_run_ms(1);
	struct fixture_answer answer = fixture_answer_of(DNS);
	assert_int_equal(answer.status, OK);
	assert_int_equal(answer.reply.length_bytes, 4);
	assert_int_equal(answer.reply.address, LOOPBACK);
	assert_int_equal(answer.reply.port, 5000);
}

static void a_datagram_too_long_for_its_reader_is_cut_and_said_so(void **state)
{
	uint32_t a = datagram_socket(WEB, 5000), b = datagram_socket(DNS, 5001);
	char buffer[4] = "....";
	struct socket_request send = {
		.id = a, .address = LOOPBACK, .port = 5001, .length_bytes = 9
	};

	(void)state;
	fixture_call(WEB, SOCKET_SEND, send, (void *)"datagrams");
	fixture_run_ms(1);
	struct fixture_answer answer = receive(DNS, b, buffer, 4, 0);
	assert_int_equal(answer.reply.length_bytes, 4);
	assert_int_equal(answer.reply.count, 9);
	assert_int_equal(receive(DNS, b, buffer, 4, SOCKET_NONBLOCKING).status, E_AGAIN);
}

static void the_queue_of_datagrams_is_bounded(void **state)
{
	uint32_t a = datagram_socket(WEB, 5000), b = datagram_socket(DNS, 5001);
	struct socket_request send = {
		.id = a, .address = LOOPBACK, .port = 5001, .length_bytes = 1
	};
	char byte;
	unsigned count = 0;

	(void)state;
	for (char i = 0; i < 100; i++) {
		fixture_call(WEB, SOCKET_SEND, send, &i);
		fixture_run_ms(1);
	}
	while (receive(DNS, b, &byte, 1, SOCKET_NONBLOCKING).status == OK)
		assert_int_equal(byte, count++); /* the oldest are kept */
	assert_int_equal(count, 32);
}

static void a_connected_datagram_socket_hears_its_peer_only(void **state)
{
	uint32_t a = datagram_socket(WEB, 5000), b = datagram_socket(DNS, 5001);
	uint32_t stranger = datagram_socket(ALERT, 5002);
	struct socket_request to_a = {
		.id = stranger, .address = LOOPBACK, .port = 5000, .length_bytes = 1
	};
	struct socket_request peer = { .id = a, .address = LOOPBACK, .port = 5001 };
	char byte;

	(void)state;
	assert_int_equal(send_bytes(WEB, a, "x", 1, 0).status, E_STATE); /* no peer yet */
	assert_int_equal(fixture_call(WEB, SOCKET_CONNECT, peer, NULL).status, OK);
	fixture_call(ALERT, SOCKET_SEND, to_a, (void *)"s");
	fixture_run_ms(1);
	assert_int_equal(receive(WEB, a, &byte, 1, SOCKET_NONBLOCKING).status, E_AGAIN);
	to_a.id = b;
	fixture_call(DNS, SOCKET_SEND, to_a, (void *)"p");
	fixture_run_ms(1);
	assert_int_equal(receive(WEB, a, &byte, 1, SOCKET_NONBLOCKING).status, OK);
	assert_int_equal(byte, 'p');
	assert_int_equal(send_bytes(WEB, a, "x", 1, 0).status, OK);
}

/* --- Polling ------------------------------------------------------------------- */

static void poll_waits_for_the_first_of_several(void **state)
{
	uint32_t a, b;
	uint32_t idle = datagram_socket(DNS, 5001);

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	struct socket_poll polls[] = { { .id = idle, .wanted = SOCKET_READABLE },
				       { .id = b, .wanted = SOCKET_READABLE } };
	struct socket_request request = { .length_bytes = sizeof(polls) };
	assert_int_equal(fixture_call(DNS, SOCKET_POLL, request, polls).status, HELD);
	send_bytes(WEB, a, "x", 1, 0);
	fixture_run_ms(3);
	assert_int_equal(fixture_answer_of(DNS).status, OK);
	assert_int_equal(fixture_answer_of(DNS).reply.count, 1);
	assert_int_equal(polls[0].ready, 0);
	assert_int_equal(polls[1].ready, SOCKET_READABLE);
}

static void a_watch_notifies_once_and_only_when_something_is_ready(void **state)
{
	uint32_t a, b;
	uint64_t bit = 1ull << DNS;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	struct socket_poll poll = { .id = b, .wanted = SOCKET_READABLE };
	struct socket_request request = { .length_bytes = sizeof(poll),
					  .flags = SOCKET_NONBLOCKING | SOCKET_NOTIFY };
	struct fixture_answer answer = fixture_call(DNS, SOCKET_POLL, request, &poll);
	assert_int_equal(answer.status, OK);
	assert_int_equal(answer.reply.count, 0);
	fixture_run_ms(100);
	assert_false(fixture_notified & bit);
	send_bytes(WEB, a, "x", 1, 0);
	fixture_run_ms(3);
	assert_true(fixture_notified & bit);
	fixture_notified = 0;
	send_bytes(WEB, a, "x", 1, 0);
	fixture_run_ms(3);
	assert_false(fixture_notified & bit);
	assert_int_equal(fixture_call(DNS, SOCKET_POLL, request, &poll).reply.count, 1);
}

/* --- Who may do what ------------------------------------------------------------ */

static void a_port_belongs_to_who_bound_it_first(void **state)
{
	struct socket_request bind = { .port = 80 };

	(void)state;
	fixture_listener(WEB, 80);
	bind.id = fixture_open(DNS, SOCKET_STREAM);
	assert_int_equal(fixture_call(DNS, SOCKET_BIND, bind, NULL).status, E_EXISTS);
	bind.address = LAN_ADDRESS; /* not even a part of it */
	assert_int_equal(fixture_call(DNS, SOCKET_BIND, bind, NULL).status, E_EXISTS);
	bind.address = LAN_HOST;
	bind.port = 81;
	assert_int_equal(fixture_call(DNS, SOCKET_BIND, bind, NULL).status, E_UNREACHABLE);
}

static void a_socket_is_its_owners_alone(void **state)
{
	uint32_t id = fixture_listener(WEB, 80);
	struct socket_request request = { .id = id };

	(void)state;
	assert_int_equal(fixture_call(DNS, SOCKET_ACCEPT, request, NULL).status, E_ABSENT);
	assert_int_equal(fixture_call(DNS, SOCKET_CLOSE, request, NULL).status, E_ABSENT);
	assert_true(ready(DNS, id) & SOCKET_ERROR);
}

static void a_new_life_of_a_client_finds_its_ports_free(void **state)
{
	uint32_t a, b;
	char buffer[4];

	(void)state;
	fixture_connection(WEB, DNS, 53, &a, &b);
	fixture_restart_client(DNS);
	fixture_listener(DNS, 53); /* asserts that bind and listen succeed */
	fixture_run_ms(5);
	assert_int_equal(receive(WEB, a, buffer, 4, SOCKET_NONBLOCKING).reply.length_bytes, 0);
	assert_int_equal(receive(DNS, b, buffer, 4, SOCKET_NONBLOCKING).status, E_ABSENT);
}

static void a_client_that_died_silently_is_noticed(void **state)
{
	uint32_t a, b;
	char buffer[4];

	(void)state;
	fixture_connection(WEB, DNS, 53, &a, &b);
	assert_int_equal(receive(WEB, a, buffer, 4, 0).status, HELD);
	fixture_restart_client(DNS);
	fixture_check_clients();
	fixture_run_ms(5);
	assert_int_equal(fixture_answer_of(WEB).status, OK);
	assert_int_equal(fixture_answer_of(WEB).reply.length_bytes, 0);
}

static void an_id_of_a_former_life_of_inet_is_a_reset(void **state)
{
	struct socket_request request = { .id = fixture_open(WEB, SOCKET_DATAGRAM) ^ 1u << 24 };

	(void)state;
	assert_int_equal(fixture_call(WEB, SOCKET_CLOSE, request, NULL).status, E_RESET);
	request.id = 0;
	assert_int_not_equal(fixture_call(WEB, SOCKET_CLOSE, request, NULL).status, OK);
}

static void one_service_cannot_have_all_the_sockets(void **state)
{
	(void)state;
	for (int i = 0; i < SOCKET_MAX; i++)
		fixture_open(WEB, SOCKET_DATAGRAM);
	struct socket_request request = { .type = SOCKET_DATAGRAM };
	assert_int_equal(fixture_call(WEB, SOCKET_OPEN, request, NULL).status, E_FULL);
	fixture_open(DNS, SOCKET_DATAGRAM);
}

static void a_malformed_op_faults_its_sender(void **state)
{
	(void)state;
	struct socket_request request = { 0 };
	assert_true(fixture_call(WEB, (enum socket_op)0x30c, request, NULL).faulted);
	assert_true(fixture_call(WEB, (enum socket_op)0x2ff, request, NULL).faulted);
}

static void hostile_lengths_and_values_are_refused(void **state)
{
	static uint8_t memory[SOCKET_TRANSFER_MAX];
	uint32_t a, b;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	assert_int_equal(send_bytes(WEB, a, memory, SOCKET_TRANSFER_MAX + 1, 0).status,
			 E_TOO_LARGE);
	assert_int_equal(send_bytes(WEB, a, memory, UINT32_MAX, 0).status, E_TOO_LARGE);
	assert_int_equal(send_bytes(WEB, a, memory, 0, 0).status, E_ARGUMENT);
	assert_int_equal(receive(WEB, a, memory, UINT32_MAX, 0).status, E_TOO_LARGE);
	assert_int_equal(receive(WEB, a, memory, 1, 0x8000).status, E_ARGUMENT);
	static const uint32_t lengths[] = { 0, 1, 7, 9, 8 * SOCKET_POLL_MAX + 8, UINT32_MAX };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct socket_request poll = { .length_bytes = lengths[i] };
		assert_int_equal(fixture_call(WEB, SOCKET_POLL, poll, memory).status, E_ARGUMENT);
	}
	struct socket_request open = { .type = 3 };
	assert_int_equal(fixture_call(WEB, SOCKET_OPEN, open, NULL).status, E_ARGUMENT);
}

static void calls_in_the_wrong_state_are_refused(void **state)
{
	uint32_t stream = fixture_open(WEB, SOCKET_STREAM);
	uint32_t datagram = fixture_open(WEB, SOCKET_DATAGRAM);
	struct socket_request request = { .id = stream };
	char byte = 0;

	(void)state;
	assert_int_equal(fixture_call(WEB, SOCKET_LISTEN, request, NULL).status, E_STATE);
	assert_int_equal(fixture_call(WEB, SOCKET_ACCEPT, request, NULL).status, E_STATE);
	assert_int_equal(fixture_call(WEB, SOCKET_PEER, request, NULL).status, E_STATE);
	assert_int_equal(fixture_call(WEB, SOCKET_SHUTDOWN, request, NULL).status, E_STATE);
	assert_int_equal(send_bytes(WEB, stream, &byte, 1, 0).status, E_STATE);
	assert_int_equal(receive(WEB, stream, &byte, 1, 0).status, E_STATE);
	request.id = datagram;
	assert_int_equal(fixture_call(WEB, SOCKET_LISTEN, request, NULL).status, E_STATE);
	assert_int_equal(fixture_call(WEB, SOCKET_ACCEPT, request, NULL).status, E_STATE);
}

/* Any request from a client that writes nonsense: answered, held or faulted; never worse. */
static void random_requests_never_break_the_server(void **state)
{
	static uint8_t memory[SOCKET_TRANSFER_MAX];
	uint32_t ids[8];

	(void)state;
	srand(1);
	for (int i = 0; i < 8; i++)
		ids[i] = fixture_open(WEB, i % 2 ? SOCKET_STREAM : SOCKET_DATAGRAM);
	for (int i = 0; i < 20000; i++) {
		enum socket_op op = (enum socket_op)(SOCKET_OPEN + rand() % 12);
		struct socket_request request = {
			.id = ids[rand() % 8],
			.type = (uint32_t)rand() % 4,
			.address = rand() % 2 ? LOOPBACK : (uint32_t)(rand() % 2) * LAN_ADDRESS,
			.port = (uint16_t)(rand() % 5),
			.flags = (uint16_t)(rand() % 4),
			.length_bytes = (uint32_t)rand() % (rand() % 2 ? 64u : 16384u),
			.argument = (uint32_t)rand() % 20,
		};
		struct fixture_answer answer = fixture_call(WEB, op, request, memory);
		if (answer.status == HELD && !answer.faulted)
			fixture_time_out(WEB);
		if (answer.status == OK && (op == SOCKET_OPEN || op == SOCKET_ACCEPT))
			ids[rand() % 8] = answer.reply.id;
		fixture_run_ms(rand() % 3 == 0);
	}
	fixture_open(DNS, SOCKET_STREAM); /* it still serves others */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_datagram_arrives_with_its_sender),
		TEST(a_datagram_too_long_for_its_reader_is_cut_and_said_so),
		TEST(the_queue_of_datagrams_is_bounded),
		TEST(a_connected_datagram_socket_hears_its_peer_only),
		TEST(poll_waits_for_the_first_of_several),
		TEST(a_watch_notifies_once_and_only_when_something_is_ready),
		TEST(a_port_belongs_to_who_bound_it_first),
		TEST(a_socket_is_its_owners_alone),
		TEST(a_new_life_of_a_client_finds_its_ports_free),
		TEST(a_client_that_died_silently_is_noticed),
		TEST(an_id_of_a_former_life_of_inet_is_a_reset),
		TEST(one_service_cannot_have_all_the_sockets),
		TEST(a_malformed_op_faults_its_sender),
		TEST(hostile_lengths_and_values_are_refused),
		TEST(calls_in_the_wrong_state_are_refused),
		TEST(random_requests_never_break_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
