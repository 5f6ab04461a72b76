/* A delivery to servers that hang at every point of it: each wait is bounded, and a mail is not
 * sent twice. */
#include "appliance/alertd/mailer.h"
#include "appliance/alertd/transport.h"
#include "services/runtime/resolver.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ull
#define LIMIT_US  (1800 * SECOND_US)
#define ADDRESSES 2u
#define NEVER     99u

/* What the server says: to the connection, EHLO, MAIL, RCPT, DATA, the mail, QUIT. */
enum { GREETED, HELLO, SENDER, OWNER, WANTED, TAKEN, FAREWELL, REPLIES };
static const char *const good[REPLIES] = { "220 mx\r\n", "250 mx\r\n", "250 ok\r\n",
					   "250 ok\r\n", "354 go\r\n", "250 taken\r\n",
					   "221 bye\r\n" };

static struct server {
	const char *replies[REPLIES + 1];
	unsigned text_at;         /* the reply to the mail */
	unsigned asked, answered; /* replies that are due, and were given */
	unsigned hangs_at;        /* the reply that never comes */
	uint64_t drip_us;         /* so long for each byte */
	size_t dripped;
	bool no_connection, no_tls, no_room, has_name;
	unsigned sockets, mails; /* open; taken */
	char last[6];            /* bytes from the client */
} server;
static struct alertconf conf;
static struct alert_mail record;
static uint64_t now_us, dripped_us;

/* --- The network ------------------------------------------------------------------------ */

void resolver_init(struct resolver *resolver)
{
	*resolver = (struct resolver){ .fd = -1 };
}

void resolver_begin(struct resolver *resolver, uint32_t names, const char *name, uint64_t at_us)
{
	(void)names, (void)name, (void)at_us;
	resolver->count = ADDRESSES;
}

enum resolver_state resolver_work(struct resolver *resolver, uint64_t at_us)
{
	(void)resolver, (void)at_us;
	return server.has_name ? RESOLVER_FOUND : RESOLVER_FAILED;
}

void resolver_end(struct resolver *resolver)
{
	(void)resolver;
}

int socket(int domain, int type, int protocol)
{
	(void)domain, (void)type, (void)protocol;
	server.sockets++;
	return 3;
}

void socket_abandon(int fd)
{
	server.sockets -= fd >= 0;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	(void)fd, (void)address, (void)length;
	errno = EINPROGRESS;
	server.asked = server.no_connection ? 0 : 1;
	return server.no_connection ? -1 : 0;
}

void transport_init(void)
{
}

void transport_begin(int fd)
{
	(void)fd;
}

bool transport_tls_begin(const char *name)
{
	(void)name;
	return true;
}

int transport_tls_step(void)
{
	if (server.no_room)
		return TRANSPORT_FULL;
	return server.no_tls ? TRANSPORT_AGAIN : 1;
}

const char *transport_tls_why(void)
{
	return "?";
}

void transport_end(void)
{
}

static bool is_readable(void)
{
	return !server.no_tls && server.answered < server.asked &&
	       server.answered != server.hangs_at && now_us >= dripped_us + server.drip_us;
}

ssize_t transport_read(void *bytes, size_t room_bytes)
{
	const char *reply = server.replies[server.answered];

	if (!is_readable())
		return TRANSPORT_AGAIN;
	assert_true(room_bytes > strlen(reply));
	dripped_us = now_us;
	if (server.drip_us != 0) {
		memset(bytes, 'x', 1);
		return 1;
	}
	memcpy(bytes, reply, strlen(reply));
	server.mails += server.answered == server.text_at && reply[0] == '2';
	server.answered++;
	return (ssize_t)strlen(reply);
}

ssize_t transport_write(const void *bytes, size_t count)
{
	const char *at = bytes;

	for (size_t i = 0; i < count; i++) {
		memmove(server.last, server.last + 1, 4);
		server.last[4] = at[i];
		bool ends = server.asked == server.text_at
				    ? memcmp(server.last, "\r\n.\r\n", 5) == 0
				    : at[i] == '\n';
		server.asked += ends;
	}
	return (ssize_t)count;
}

/* --- A delivery ------------------------------------------------------------------------------ */

static int world_setup(void **state)
{
	(void)state;
	conf = (struct alertconf){ .security = SMTP_PLAIN,
				   .from = "router@example.net",
				   .to_count = 1,
				   .to = { "owner@example.net", "other@example.net" } };
	memset(&server, 0, sizeof(server));
	memcpy(server.replies, good, sizeof(good));
	server.hangs_at = NEVER;
	server.text_at = TAKEN;
	server.has_name = true;
	now_us = dripped_us = 5 * SECOND_US;
	mailer_init();
	return 0;
}

static void begin(void)
{
	static const char text[] = "Subject: x\r\n\r\n.hello\r\n";
	const struct smtp_mail mail = {
		.conf = &conf, .hostname = "gate", .text = text, .text_bytes = sizeof(text) - 1
	};

	mailer_begin(&mail, &record, 0, now_us, now_us + LIMIT_US);
}

/* Until it is over, or nothing more comes for now. */
static enum alert_outcome turn(void)
{
	enum alert_outcome outcome;
	struct pollfd poll;
	bool more;

	do {
		outcome = mailer_work(now_us);
		more = mailer_poll(&poll) <= now_us || (poll.fd >= 0 && is_readable());
	} while (outcome == ALERT_BUSY && more);
	return outcome;
}

static enum alert_outcome deliver(void)
{
	enum alert_outcome outcome;
	struct pollfd poll;

	begin();
	while ((outcome = turn()) == ALERT_BUSY) {
		uint64_t next_us = mailer_poll(&poll);
		assert_true(next_us > now_us && next_us != SERVICE_NO_DEADLINE);
		if (server.drip_us != 0 && next_us > dripped_us + server.drip_us)
			next_us = dripped_us + server.drip_us;
		now_us = next_us;
	}
	assert_false(mailer_is_busy());
	assert_int_equal(server.sockets, 0);
	return outcome;
}

static void a_mail_is_delivered(void **state)
{
	(void)state;
	assert_int_equal(deliver(), ALERT_SENT);
	assert_int_equal(server.mails, 1);
	assert_string_equal(record.why, "");
}

static void waits(uint64_t for_us, enum alert_outcome outcome)
{
	uint64_t before_us = now_us;

	assert_int_equal(deliver(), outcome);
	assert_int_equal(now_us - before_us, for_us);
}

static void a_server_that_is_not_there_is_waited_for_at_each_of_its_addresses(void **state)
{
	(void)state;
	server.no_connection = true;
	waits(ADDRESSES * MAILER_CONNECT_US, ALERT_LATER);
	server.has_name = false;
	waits(0, ALERT_LATER);
}

static void a_server_that_hangs_is_waited_for_as_rfc_5321_says(void **state)
{
	(void)state;
	for (unsigned reply = GREETED; reply < TAKEN; reply++) {
		world_setup(state);
		server.hangs_at = reply;
		waits(MAILER_REPLY_US, ALERT_LATER);
		assert_string_equal(record.why, "the mail server does not answer");
	}
	world_setup(state);
	server.hangs_at = TAKEN; /* it may have it all the same */
	waits(600 * SECOND_US, ALERT_LATER);
	world_setup(state);
	server.hangs_at = FAREWELL;
	waits(MAILER_QUIT_US, ALERT_SENT);
	assert_int_equal(server.mails, 1);
	world_setup(state);
	server.no_tls = true;
	conf.security = SMTP_TLS;
	waits(MAILER_CONNECT_US, ALERT_LATER);
}

static short watched_events(void)
{
	struct pollfd poll;

	assert_int_equal(turn(), ALERT_BUSY);
	(void)mailer_poll(&poll);
	return poll.events;
}

/* The server says nothing until it has what there is no room for. */
static void a_handshake_with_something_to_send_waits_for_room(void **state)
{
	(void)state;
	conf.security = SMTP_TLS;
	server.no_room = server.no_tls = true;
	begin();
	assert_true((watched_events() & POLLOUT) != 0);
	server.no_room = false;
	assert_false((watched_events() & POLLOUT) != 0);
	server.no_tls = false;
	assert_int_equal(turn(), ALERT_SENT);
}

static void a_server_that_drips_is_left_some_day(void **state)
{
	(void)state;
	server.drip_us = MAILER_REPLY_US - SECOND_US;
	waits(LIMIT_US, ALERT_LATER);
	assert_string_equal(record.why, "the mail server takes too long");
}

static void it_gives_way_until_the_mail_may_be_taken(void **state)
{
	(void)state;
	for (unsigned reply = GREETED; reply < REPLIES; reply++) {
		world_setup(state);
		server.hangs_at = reply;
		begin();
		assert_int_equal(turn(), ALERT_BUSY);
		assert_int_equal(mailer_give_way("another"), reply < TAKEN);
		assert_int_equal(mailer_is_busy(), reply >= TAKEN);
		assert_int_equal(server.sockets, reply >= TAKEN);
		if (reply < TAKEN)
			assert_string_equal(record.why, "another");
	}
}

static void that_a_recipient_was_refused_is_said(void **state)
{
	(void)state;
	conf.to_count = 2;
	server.replies[OWNER] = "550 nobody\r\n";
	memcpy(&server.replies[OWNER + 1], &good[OWNER], (REPLIES - OWNER) * sizeof(good[0]));
	server.text_at = TAKEN + 1;
	assert_int_equal(deliver(), ALERT_SENT);
	assert_int_equal(server.mails, 1);
	assert_string_equal(record.why,
			    "the mail server does not take mail for all of the recipients");
}

#define TEST(function) cmocka_unit_test_setup(function, world_setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_mail_is_delivered),
		TEST(a_server_that_is_not_there_is_waited_for_at_each_of_its_addresses),
		TEST(a_server_that_hangs_is_waited_for_as_rfc_5321_says),
		TEST(a_handshake_with_something_to_send_waits_for_room),
		TEST(a_server_that_drips_is_left_some_day),
		TEST(it_gives_way_until_the_mail_may_be_taken),
		TEST(that_a_recipient_was_refused_is_said),
	};

	return cmocka_run_group_tests_name("alertd_mailer", tests, NULL, NULL);
}
