/* Streams of the socket server, through its protocol: what is sent, held, timed out and ended. */
#include "netstack/inet/netif.h"
#include "tests/unit/inet_calls.h"

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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
