/*
 * The echo service over the runtime's socket calls over INET's socket server:
 * all of it but the kernel. Its peers are other clients of the same INET.
 */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "tests/unit/inet_fixture.h"

#include <string.h>

int echo_main(void);
#define main echo_main
#define CLIENTS_MAX                                                                                \
	80 /* of one connection both ends are here, and each takes an entry of INET's 192 */
#include "appliance/echo/echo.c"
#undef main

enum { INET = 10, ECHO = 11, PEER = 20 };

static void *lent_memory;
static bool inet_is_down;

uint32_t service_slot(const char *name)
{
	return strcmp(name, "inet") == 0 ? INET : SERVICE_MAX;
}

int service_run(const struct service *service)
{
	(void)service;
	return 0;
}

enum status grant_create(uint32_t grantee_slot, const void *address, size_t bytes,
			 enum grant_access access, uint32_t *grant)
{
	(void)bytes;
	(void)access;
	assert_int_equal(grantee_slot, INET);
	assert_null(lent_memory); /* the last one was revoked */
	lent_memory = (void *)(uintptr_t)address;
	*grant = 1;
	return OK;
}

void grant_revoke(uint32_t grant)
{
	(void)grant;
	lent_memory = NULL;
}

enum status service_call(endpoint_t *to, struct message *request, uint64_t timeout_us)
{
	struct socket_request in;

	assert_int_equal(to->slot, INET);
	assert_in_range(timeout_us, 1, 50000); /* the heartbeat has to be answered */
	if (inet_is_down) {
		fixture_run_ms(1);
		return E_DEAD;
	}
	memcpy(&in, request->payload.bytes, sizeof(in));
	struct fixture_answer answer =
		fixture_call(ECHO, (enum socket_op)request->op, in, lent_memory);
	assert_false(answer.faulted);
	if (answer.status == HELD) {
		fixture_time_out(ECHO);
		return E_TIMEOUT;
	}
	memcpy(request->payload.bytes, &answer.reply, sizeof(answer.reply));
	return (enum status)answer.status;
}

static int setup(void **state)
{
	inet_is_down = false;
	lent_memory = NULL;
	fixture_setup(state);
	return start() == OK ? 0 : -1;
}

/* Lets echo and INET work for a while. */
static void run(unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		work(time_us());
		fixture_run_ms(1);
	}
}

static uint32_t peer_connect(uint16_t port)
{
	uint32_t id = fixture_open(PEER, SOCKET_STREAM);
	struct socket_request connect = { .id = id, .address = LOOPBACK, .port = port };

	fixture_call(PEER, SOCKET_CONNECT, connect, NULL);
	run(5);
	assert_int_equal(fixture_answer_of(PEER).status, OK);
	return id;
}

static struct fixture_answer peer_send(uint32_t id, const void *bytes, size_t length)
{
	struct socket_request request = { .id = id,
					  .length_bytes = (uint32_t)length,
					  .flags = SOCKET_NONBLOCKING };
	return fixture_call(PEER, SOCKET_SEND, request, (void *)(uintptr_t)bytes);
}

static struct fixture_answer peer_receive(uint32_t id, void *bytes, size_t length)
{
	struct socket_request request = { .id = id,
					  .length_bytes = (uint32_t)length,
					  .flags = SOCKET_NONBLOCKING };
	return fixture_call(PEER, SOCKET_RECEIVE, request, bytes);
}

static void assert_echoes(uint32_t id)
{
	char got[5] = "";

	assert_int_equal(peer_send(id, "hello", 5).reply.length_bytes, 5);
	run(5);
	assert_int_equal(peer_receive(id, got, 5).reply.length_bytes, 5);
	assert_memory_equal(got, "hello", 5);
}

static void a_long_stream_comes_back_unchanged(void **state)
{
	static uint8_t sent[60000], got[60000];
	size_t out = 0, in = 0;

	(void)state;
	run(1);
	uint32_t id = peer_connect(ECHO_PORT);
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 7 + i / 253);
	for (int turn = 0; turn < 5000 && in < sizeof(got); turn++) {
		size_t left = sizeof(sent) - out;
		if (left > 0)
			out += peer_send(id, sent + out, left < 9000 ? left : 9000)
				       .reply.length_bytes;
		run(1);
		in += peer_receive(id, got + in, sizeof(got) - in < 700 ? sizeof(got) - in : 700)
			      .reply.length_bytes;
	}
	assert_int_equal(in, sizeof(got));
	assert_memory_equal(sent, got, sizeof(got));
}

static void a_peer_that_does_not_read_stops_being_read(void **state)
{
	static uint8_t block[SOCKET_TRANSFER_MAX];
	size_t taken = 0;

	(void)state;
	run(1);
	uint32_t id = peer_connect(ECHO_PORT);
	uint32_t other = peer_connect(ECHO_PORT);
	for (int turn = 0; turn < 300; turn++) {
		taken += peer_send(id, block, sizeof(block)).reply.length_bytes;
		run(2);
	}
	assert_in_range(taken, 20000, 120000);
	assert_echoes(other);
}

static void discard_takes_everything_and_answers_nothing(void **state)
{
	static uint8_t block[10000];
	size_t taken = 0;

	(void)state;
	run(1);
	uint32_t id = peer_connect(DISCARD_PORT);
	for (int turn = 0; turn < 200 && taken < 200000; turn++) {
		taken += peer_send(id, block, sizeof(block)).reply.length_bytes;
		run(2);
	}
	assert_in_range(taken, 200000, 220000);
	assert_int_equal(peer_receive(id, block, 1).status, E_AGAIN);
}

static void the_end_of_the_stream_is_returned(void **state)
{
	char byte;

	(void)state;
	run(1);
	uint32_t id = peer_connect(ECHO_PORT);
	assert_echoes(id);
	struct socket_request shut = { .id = id };
	assert_int_equal(fixture_call(PEER, SOCKET_SHUTDOWN, shut, NULL).status, OK);
	run(5);
	struct fixture_answer end = peer_receive(id, &byte, 1);
	assert_int_equal(end.status, OK);
	assert_int_equal(end.reply.length_bytes, 0);
}

static void datagrams_come_back_but_not_to_another_server(void **state)
{
	static const struct {
		uint16_t from, to;
		bool answered;
	} cases[] = { { 5000, ECHO_PORT, true },
		      { 5001, DISCARD_PORT, false },
		      { 19, ECHO_PORT, false } }; /* chargen would never end */
	char got[8];

	(void)state;
	run(1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t id = fixture_open(PEER, SOCKET_DATAGRAM);
		struct socket_request bind = { .id = id, .port = cases[i].from };
		assert_int_equal(fixture_call(PEER, SOCKET_BIND, bind, NULL).status, OK);
		struct socket_request send = {
			.id = id, .address = LOOPBACK, .port = cases[i].to, .length_bytes = 4
		};
		assert_int_equal(fixture_call(PEER, SOCKET_SEND, send, (void *)"ping").status, OK);
		run(3);
		struct fixture_answer answer = peer_receive(id, got, sizeof(got));
		assert_int_equal(answer.status, cases[i].answered ? OK : E_AGAIN);
		if (cases[i].answered)
			assert_memory_equal(got, "ping", 4);
	}
}

static void clients_are_bounded_and_the_next_is_served_when_one_leaves(void **state)
{
	uint32_t ids[CLIENTS_MAX + 1];
	char got[5];

	(void)state;
	run(1);
	for (int i = 0; i <= CLIENTS_MAX; i++)
		ids[i] = peer_connect(ECHO_PORT);
	assert_echoes(ids[CLIENTS_MAX - 1]);
	peer_send(ids[CLIENTS_MAX], "hello", 5);
	run(20);
	assert_int_equal(peer_receive(ids[CLIENTS_MAX], got, 5).status, E_AGAIN);
	fixture_close(PEER, ids[0]);
	run(20);
	assert_int_equal(peer_receive(ids[CLIENTS_MAX], got, 5).reply.length_bytes, 5);
}

static void an_idle_client_is_closed_in_the_end(void **state)
{
	char byte;

	(void)state;
	run(1);
	uint32_t id = peer_connect(ECHO_PORT);
	fixture_run_ms(IDLE_US / 1000 + 1000);
	run(5);
	assert_int_equal(peer_receive(id, &byte, 1).status, OK); /* end of stream */
}

/* INET's restart as echo sees it: dead for a while, then its sockets are unknown. */
static void echo_opens_everything_again_after_inet_restarted(void **state)
{
	(void)state;
	run(1);
	assert_echoes(peer_connect(ECHO_PORT));
	inet_is_down = true;
	run(20);
	fixture_restart_client(ECHO);
	inet_is_down = false;
	run(REOPEN_US / 1000 + 10);
	assert_echoes(peer_connect(ECHO_PORT));
}

/* INET keeps sockets over its death: one that it does not hear the end of would be there for ever.
 */
static void what_is_abandoned_while_inet_is_down_is_closed_when_it_is_back(void **state)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	assert_true(fd >= 0);
	inet_is_down = true;
	socket_abandon(fd);
	assert_int_equal(socket_watch(NULL, 0), -1);
	assert_int_equal(errno, EAGAIN);
	inet_is_down = false;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	assert_int_equal(socket_watch(NULL, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), -1);
	assert_int_equal(errno, EBADF);
}

static void nothing_is_polled_while_nothing_happens(void **state)
{
	(void)state;
	run(1);
	uint64_t due_us = work(time_us());
	assert_true(due_us >= time_us() + 500000);
	fixture_notified = 0;
	peer_connect(ECHO_PORT);
	assert_true(fixture_notified & 1ull << ECHO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_long_stream_comes_back_unchanged),
		TEST(a_peer_that_does_not_read_stops_being_read),
		TEST(discard_takes_everything_and_answers_nothing),
		TEST(the_end_of_the_stream_is_returned),
		TEST(datagrams_come_back_but_not_to_another_server),
		TEST(clients_are_bounded_and_the_next_is_served_when_one_leaves),
		TEST(an_idle_client_is_closed_in_the_end),
		TEST(echo_opens_everything_again_after_inet_restarted),
		TEST(what_is_abandoned_while_inet_is_down_is_closed_when_it_is_back),
		TEST(nothing_is_polled_while_nothing_happens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
