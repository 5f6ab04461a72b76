/* Connections over TLS and sockets in the test's hand: what each waits for, and until when. */
#include "appliance/webd/conns.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <string.h>

#define FD 7

static int handshake; /* what its next step gives */
static unsigned steps, closed;
static uint64_t now_us;
static struct pollfd polls[CONNS_MAX];

uint64_t time_us(void)
{
	return now_us;
}

bool tls_open(mbedtls_ssl_context *tls, int *fd)
{
	(void)tls, (void)fd;
	return true;
}

void tls_close(mbedtls_ssl_context *tls)
{
	(void)tls;
}

int tls_handshake(mbedtls_ssl_context *tls)
{
	(void)tls;
	steps++;
	return handshake;
}

ssize_t tls_read(mbedtls_ssl_context *tls, void *bytes, size_t room_bytes)
{
	(void)tls, (void)bytes, (void)room_bytes;
	return TLS_AGAIN;
}

ssize_t tls_write(mbedtls_ssl_context *tls, const void *bytes, size_t count)
{
	(void)tls, (void)bytes, (void)count;
	return TLS_AGAIN;
}

void tls_notify_close(mbedtls_ssl_context *tls)
{
	(void)tls;
}

ssize_t send(int fd, const void *bytes, size_t length_bytes, int flags)
{
	(void)fd, (void)bytes, (void)flags;
	return (ssize_t)length_bytes;
}

ssize_t recv(int fd, void *bytes, size_t length_bytes, int flags)
{
	(void)fd, (void)bytes, (void)length_bytes, (void)flags;
	errno = EAGAIN;
	return -1;
}

int shutdown(int fd, int how)
{
	(void)fd, (void)how;
	return 0;
}

void socket_abandon(int fd)
{
	assert_int_equal(fd, FD);
	closed++;
}

static int setup(void **state)
{
	(void)state;
	webd_world_new();
	conns_drop();
	steps = closed = 0;
	now_us = world.now_us;
	conns_accept(FD, WEBD_PEER, true);
	return 0;
}

/* The connection's turns until it waits; what it then waits for. */
static short waits_for(void)
{
	short events = 0;

	memset(polls, 0, sizeof(polls));
	for (unsigned turns = 0; conns_serve(polls); turns++)
		assert_in_range(turns, 0, 20);
	conns_polls(polls);
	for (unsigned i = 0; i < CONNS_MAX; i++)
		if (polls[i].fd == FD)
			events = polls[i].events;
	return events;
}

/* What it waits for has come. */
static void is_there(short events)
{
	for (unsigned i = 0; i < CONNS_MAX; i++)
		if (polls[i].fd == FD)
			polls[i].revents = polls[i].events & events;
	(void)conns_serve(polls);
}

static void a_handshake_waits_for_what_it_lacks(void **state)
{
	(void)state;
	handshake = TLS_AGAIN;
	assert_int_equal(waits_for(), POLLIN);
	handshake = TLS_FULL;
	is_there(POLLIN);
	assert_int_equal(waits_for(), POLLOUT); /* its peer says nothing before it has our answer */
	steps = 0;
	is_there(POLLIN);
	assert_int_equal(steps, 0);
	handshake = TLS_AGAIN;
	is_there(POLLOUT);
	assert_int_equal(steps, 1);
	assert_int_equal(waits_for(), POLLIN);
	handshake = 1;
	is_there(POLLIN);
	assert_int_equal(waits_for(), POLLIN);
	assert_int_equal(closed, 0);
}

static void a_handshake_that_waits_in_vain_ends(void **state)
{
	(void)state;
	handshake = TLS_FULL;
	assert_int_equal(waits_for(), POLLOUT);
	assert_int_equal(conns_expire(), world.now_us + CONN_HANDSHAKE_US);
	world.now_us += CONN_HANDSHAKE_US;
	assert_int_equal(conns_expire(), SERVICE_NO_DEADLINE);
	assert_int_equal(closed, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_handshake_waits_for_what_it_lacks),
		TEST(a_handshake_that_waits_in_vain_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
