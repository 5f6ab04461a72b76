/* Connections over TLS and sockets in the test's hand: what each waits for, and until when. */
#include "appliance/webd/certificate.h"
#include "appliance/webd/conns.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <string.h>

#define FD 7

static int handshake; /* what its next step gives */
static unsigned steps, closed;
static const char *arrives;                   /* in the clear, once; NULL: nothing */
static char sent[RESPONSE_HEAD_BYTES + 4096]; /* likewise */
static size_t sent_bytes;
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
	(void)fd, (void)flags;
	assert_true(length_bytes < sizeof(sent) - sent_bytes);
	memcpy(sent + sent_bytes, bytes, length_bytes);
	sent_bytes += length_bytes;
	sent[sent_bytes] = '\0';
	return (ssize_t)length_bytes;
}

ssize_t recv(int fd, void *bytes, size_t length_bytes, int flags)
{
	(void)fd, (void)flags;
	if (arrives == NULL) {
		errno = EAGAIN;
		return -1;
	}
	size_t count = strlen(arrives);
	assert_true(count <= length_bytes);
	memcpy(bytes, arrives, count);
	arrives = NULL;
	return (ssize_t)count;
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
	sent_bytes = 0;
	sent[0] = '\0';
	arrives = NULL;
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

/* What port 80 answers to that request. */
static const char *asked_in_the_clear(const char *text)
{
	conns_drop();
	sent_bytes = 0;
	sent[0] = '\0';
	conns_accept(FD, WEBD_PEER, false);
	arrives = text;
	(void)waits_for();
	return sent;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: 192.168.1.1\r\n\r\n"

static void in_the_clear_there_is_only_what_is_signed(void **state)
{
	static struct certificate_record record = { .crl_bytes = 3, .crl = "abc" };

	(void)state;
	record.authority.certificate_bytes = 2;
	memcpy(record.authority.certificate, "xy", 2);
	world.certificate = &record;
	const char *got = asked_in_the_clear(GET("/authority.crl"));
	assert_memory_equal(got, "HTTP/1.1 200 ", 13);
	assert_non_null(strstr(got, "\r\nContent-Type: application/pkix-crl\r\n"));
	assert_non_null(strstr(got, "\r\n\r\nabc"));
	got = asked_in_the_clear(GET("/authority.crt"));
	assert_non_null(strstr(got, "\r\nContent-Type: application/x-x509-ca-cert\r\n"));
	assert_non_null(strstr(got, "\r\n\r\nxy"));
}

static void from_all_else_port_80_leads_to_443(void **state)
{
	static const char *const requests[] = {
		GET("/"),
		GET("/index.html"),
		GET("/api/v1/session"),
		GET("/metrics"),
		GET("/authority.crt/"),
		GET("/authority"),
		"POST /authority.crl HTTP/1.1\r\nHost: 192.168.1.1\r\nContent-Length: 1\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		const char *got = asked_in_the_clear(requests[i]);
		assert_memory_equal(got, "HTTP/1.1 308 ", 13);
		assert_non_null(strstr(got, "\r\nLocation: https://192.168.1.1/\r\n"));
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_handshake_waits_for_what_it_lacks),
		TEST(a_handshake_that_waits_in_vain_ends),
		TEST(in_the_clear_there_is_only_what_is_signed),
		TEST(from_all_else_port_80_leads_to_443),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
