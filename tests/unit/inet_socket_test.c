/* The socket server, through its protocol: streams, datagrams, and who may do what. */
#include "netstack/inet/netif.h"
#include "tests/unit/inet_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { WEB = 20, DNS = 21, ALERT = 22 }; /* slots of clients */

static struct fixture_answer send_bytes(uint32_t slot, uint32_t id, const void *bytes,
					uint32_t length_bytes, uint16_t flags)
{
	struct socket_request request = { .id = id, .length_bytes = length_bytes, .flags = flags };
	return fixture_call(slot, SOCKET_SEND, request, (void *)(uintptr_t)bytes);
}

static struct fixture_answer receive(uint32_t slot, uint32_t id, void *bytes, uint32_t length_bytes,
				     uint16_t flags)
{
	struct socket_request request = { .id = id, .length_bytes = length_bytes, .flags = flags };
	return fixture_call(slot, SOCKET_RECEIVE, request, bytes);
}

static unsigned ready(uint32_t slot, uint32_t id)
{
	struct socket_poll poll = { .id = id, .wanted = SOCKET_READABLE | SOCKET_WRITABLE };
	struct socket_request request = { .flags = SOCKET_NONBLOCKING,
					  .length_bytes = sizeof(poll) };
	assert_int_equal(fixture_call(slot, SOCKET_POLL, request, &poll).status, OK);
	return poll.ready;
}

/* --- Streams ------------------------------------------------------------------ */

static void what_is_sent_arrives_in_order(void **state)
{
	static uint8_t sent[100000], got[100000];
	uint32_t a, b;
	size_t out = 0, in = 0;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 31 + i / 251);
	for (int turn = 0; turn < 2000 && in < sizeof(got); turn++) {
		uint32_t left = (uint32_t)(sizeof(sent) - out);
		if (left > 0)
			out += send_bytes(WEB, a, sent + out, left < 5000 ? left : 5000,
					  SOCKET_NONBLOCKING)
				       .reply.length_bytes;
		fixture_run_ms(1);
		in += receive(DNS, b, got + in, 3000, SOCKET_NONBLOCKING).reply.length_bytes;
	}
	assert_int_equal(in, sizeof(got));
	assert_memory_equal(sent, got, sizeof(got));
}

static void accept_waits_for_a_connection_and_names_the_peer(void **state)
{
	uint32_t listener = fixture_listener(DNS, 53);
	struct socket_request accept = { .id = listener };

	(void)state;
	assert_int_equal(fixture_call(DNS, SOCKET_ACCEPT, accept, NULL).status, HELD);
	uint32_t id = fixture_open(WEB, SOCKET_STREAM);
	struct socket_request connect = { .id = id, .address = LOOPBACK, .port = 53 };
	fixture_call(WEB, SOCKET_CONNECT, connect, NULL);
	fixture_run_ms(5);
	assert_int_equal(fixture_answer_of(WEB).status, OK);
	struct fixture_answer accepted = fixture_answer_of(DNS);
	assert_int_equal(accepted.status, OK);
	assert_int_equal(accepted.reply.address, LOOPBACK);
	struct socket_request name = { .id = id };
	assert_int_equal(fixture_call(WEB, SOCKET_NAME, name, NULL).reply.port,
			 accepted.reply.port);
	assert_in_range(accepted.reply.port, 49152, 65535);
	assert_int_equal(fixture_call(WEB, SOCKET_PEER, name, NULL).reply.port, 53);
}

static void an_accept_that_timed_out_leaves_the_connection_to_the_next(void **state)
{
	uint32_t listener = fixture_listener(DNS, 53);
	struct socket_request accept = { .id = listener };
	uint32_t id = fixture_open(WEB, SOCKET_STREAM);
	struct socket_request connect = { .id = id, .address = LOOPBACK, .port = 53 };

	(void)state;
	assert_int_equal(fixture_call(DNS, SOCKET_ACCEPT, accept, NULL).status, HELD);
	fixture_time_out(DNS);
	fixture_call(WEB, SOCKET_CONNECT, connect, NULL);
	fixture_run_ms(5);
	assert_int_equal(fixture_answer_of(DNS).status, HELD);
	assert_int_equal(fixture_call(DNS, SOCKET_ACCEPT, accept, NULL).status, OK);
	accept.flags = SOCKET_NONBLOCKING;
	assert_int_equal(fixture_call(DNS, SOCKET_ACCEPT, accept, NULL).status, E_AGAIN);
}

static void a_receive_that_timed_out_loses_nothing(void **state)
{
	uint32_t a, b;
	char buffer[16];

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	assert_int_equal(receive(DNS, b, buffer, sizeof(buffer), 0).status, HELD);
	fixture_time_out(DNS);
	send_bytes(WEB, a, "hello", 5, 0);
	fixture_run_ms(5);
	struct fixture_answer answer = receive(DNS, b, buffer, sizeof(buffer), 0);
	assert_int_equal(answer.status, OK);
	assert_int_equal(answer.reply.length_bytes, 5);
	assert_memory_equal(buffer, "hello", 5);
}

static void what_a_caller_that_left_was_not_told_is_still_there(void **state)
{
	uint32_t a, b;
	char buffer[16];

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	receive(DNS, b, buffer, sizeof(buffer), 0);
	fixture_stop_waiting(DNS);
	send_bytes(WEB, a, "hello", 5, 0);
	fixture_run_ms(5);
	assert_memory_equal(buffer, "hello", 5); /* copied, but the reply came too late */
	assert_int_equal(receive(DNS, b, buffer, sizeof(buffer), 0).reply.length_bytes, 5);
}

static void what_a_sender_that_left_was_not_told_is_not_sent(void **state)
{
	static uint8_t block[SOCKET_TRANSFER_MAX];
	uint32_t a, b;
	size_t sent = 0, got = 0;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	struct fixture_answer answer = { .status = OK };
	while (answer.status == OK) {
		answer = send_bytes(WEB, a, block, sizeof(block), SOCKET_NONBLOCKING);
		sent += answer.reply.length_bytes;
		fixture_run_ms(10);
	}
	assert_int_equal(send_bytes(WEB, a, block, 1000, 0).status, HELD);
	fixture_stop_waiting(WEB);
	for (int i = 0; i < 50; i++) {
		answer = receive(DNS, b, block, sizeof(block), SOCKET_NONBLOCKING);
		got += answer.status == OK ? answer.reply.length_bytes : 0;
		fixture_run_ms(50);
	}
	assert_int_equal(got, sent);
}

static void a_receive_with_a_bad_grant_loses_nothing(void **state)
{
	uint32_t a, b;
	char buffer[16];

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	send_bytes(WEB, a, "hello", 5, 0);
	fixture_run_ms(5);
	fixture_refuse_grants(true);
	assert_int_equal(receive(DNS, b, buffer, sizeof(buffer), 0).status, E_GRANT);
	fixture_refuse_grants(false);
	assert_int_equal(receive(DNS, b, buffer, sizeof(buffer), 0).reply.length_bytes, 5);
}

static void a_held_receive_is_answered_when_data_comes(void **state)
{
	uint32_t a, b;
	char buffer[16];

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	assert_int_equal(receive(DNS, b, buffer, 3, 0).status, HELD);
	send_bytes(WEB, a, "hello", 5, 0);
	fixture_run_ms(5);
	assert_int_equal(fixture_answer_of(DNS).reply.length_bytes, 3);
	assert_int_equal(receive(DNS, b, buffer + 3, 16, 0).reply.length_bytes, 2);
	assert_memory_equal(buffer, "hello", 5);
}

static void a_sender_is_held_while_its_peer_does_not_read(void **state)
{
	static uint8_t block[SOCKET_TRANSFER_MAX];
	uint32_t a, b;
	uint32_t taken = 0;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	for (int i = 0; i < 100; i++) {
		taken += send_bytes(WEB, a, block, sizeof(block), SOCKET_NONBLOCKING)
				 .reply.length_bytes;
		fixture_run_ms(2);
	}
	assert_in_range(taken, 8 * 1460, 24 * 1460); /* window and send buffer */
	assert_false(ready(WEB, a) & SOCKET_WRITABLE);
	assert_int_equal(send_bytes(WEB, a, block, 1000, 0).status, HELD);
	for (int i = 0; i < 20; i++) {
		receive(DNS, b, block, sizeof(block), SOCKET_NONBLOCKING);
		fixture_run_ms(10);
	}
	assert_int_equal(fixture_answer_of(WEB).status, OK);
	assert_true(ready(WEB, a) & SOCKET_WRITABLE);
}

static void end_of_stream_comes_after_the_data_and_stays(void **state)
{
	uint32_t a, b;
	char buffer[16];

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	send_bytes(WEB, a, "bye", 3, 0);
	fixture_close(WEB, a);
	fixture_run_ms(5);
	assert_int_equal(receive(DNS, b, buffer, 16, 0).reply.length_bytes, 3);
	for (int i = 0; i < 2; i++) {
		struct fixture_answer end = receive(DNS, b, buffer, 16, 0);
		assert_int_equal(end.status, OK);
		assert_int_equal(end.reply.length_bytes, 0);
	}
}

static void half_closed_the_other_half_still_works(void **state)
{
	uint32_t a, b;
	char buffer[16];
	struct socket_request shut;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	shut = (struct socket_request){ .id = a };
	assert_int_equal(fixture_call(WEB, SOCKET_SHUTDOWN, shut, NULL).status, OK);
	fixture_run_ms(5);
	assert_int_equal(receive(DNS, b, buffer, 16, 0).reply.length_bytes, 0);
	assert_int_equal(send_bytes(DNS, b, "late", 4, 0).status, OK);
	shut.id = b;
	assert_int_equal(fixture_call(DNS, SOCKET_SHUTDOWN, shut, NULL).status, OK);
	fixture_run_ms(5);
	assert_int_equal(receive(WEB, a, buffer, 16, 0).reply.length_bytes, 4);
	assert_int_equal(receive(WEB, a, buffer, 16, 0).reply.length_bytes, 0);
	assert_int_equal(send_bytes(WEB, a, "no", 2, 0).status, E_CLOSED);
	/* Both pcbs run through TIME-WAIT now, and lwIP frees them without a word. */
	fixture_run_ms(200000);
	assert_int_equal(receive(WEB, a, buffer, 16, 0).reply.length_bytes, 0);
	assert_true(ready(WEB, a) & SOCKET_HANGUP);
	/* The next connection gets their memory, and our closing is nothing to it. */
	uint32_t c, d;
	fixture_connection(ALERT, ALERT, 25, &c, &d);
	fixture_close(WEB, a);
	fixture_close(DNS, b);
	assert_int_equal(send_bytes(ALERT, c, "mail", 4, 0).status, OK);
	fixture_run_ms(5);
	assert_int_equal(receive(ALERT, d, buffer, 16, SOCKET_NONBLOCKING).reply.length_bytes, 4);
}

static void nobody_listens_there_is_refused(void **state)
{
	uint32_t id = fixture_open(WEB, SOCKET_STREAM);
	struct socket_request connect = { .id = id, .address = LOOPBACK, .port = 81 };

	(void)state;
	fixture_call(WEB, SOCKET_CONNECT, connect, NULL);
	fixture_run_ms(5);
	assert_int_equal(fixture_answer_of(WEB).status, E_REFUSED);
	assert_true(ready(WEB, id) & SOCKET_ERROR);
}

static void a_silent_peer_is_a_timeout_and_no_route_is_unreachable(void **state)
{
	uint32_t id = fixture_open(WEB, SOCKET_STREAM);
	struct socket_request connect = { .id = id, .address = LAN_HOST, .port = 80 };

	(void)state;
	assert_int_equal(fixture_call(WEB, SOCKET_CONNECT, connect, NULL).status, HELD);
	for (int second = 0; second < 300 && fixture_answer_of(WEB).status == HELD; second++)
		fixture_run_ms(1000);
	assert_int_equal(fixture_answer_of(WEB).status, E_TIMEOUT);

	struct inet_netconf no_gateway = fixture_conf;
	no_gateway.gateway = 0;
	inet_netif_configure(&no_gateway);
	connect.id = fixture_open(WEB, SOCKET_STREAM);
	connect.address = 0x08080808;
	assert_int_equal(fixture_call(WEB, SOCKET_CONNECT, connect, NULL).status, E_UNREACHABLE);
}

static void one_byte_segments_cannot_fill_the_memory(void **state)
{
	uint32_t a, b;
	static uint8_t got[4096];
	uint32_t sent = 0;

	(void)state;
	fixture_connection(WEB, DNS, 80, &a, &b);
	for (int turn = 0; turn < 6000 && sent < 3000; turn++) {
		uint8_t byte = (uint8_t)sent;
		sent += send_bytes(WEB, a, &byte, 1, SOCKET_NONBLOCKING).reply.length_bytes;
		fixture_run_ms(1);
	}
	assert_int_equal(sent, 3000);
	fixture_run_ms(500); /* Nagle's algorithm has kept the last few back */
	assert_int_equal(receive(DNS, b, got, sizeof(got), 0).reply.length_bytes, 3000);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(got[i], (uint8_t)i);
}

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
		TEST(what_is_sent_arrives_in_order),
		TEST(accept_waits_for_a_connection_and_names_the_peer),
		TEST(an_accept_that_timed_out_leaves_the_connection_to_the_next),
		TEST(a_receive_that_timed_out_loses_nothing),
		TEST(what_a_caller_that_left_was_not_told_is_still_there),
		TEST(what_a_sender_that_left_was_not_told_is_not_sent),
		TEST(a_receive_with_a_bad_grant_loses_nothing),
		TEST(a_held_receive_is_answered_when_data_comes),
		TEST(a_sender_is_held_while_its_peer_does_not_read),
		TEST(end_of_stream_comes_after_the_data_and_stays),
		TEST(half_closed_the_other_half_still_works),
		TEST(nobody_listens_there_is_refused),
		TEST(a_silent_peer_is_a_timeout_and_no_route_is_unreachable),
		TEST(one_byte_segments_cannot_fill_the_memory),
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
