/* Ports used again while INET keeps their last connection in TIME-WAIT. */
#include "tests/unit/inet_packets.h"

#include <string.h>

enum { PORT = 40000, LATER = 5000000 };

static uint32_t listener;

/* A segment goes to INET, and what INET answers is taken: its flags, 0 if it says nothing. */
static unsigned answer_to(const struct segment *s, struct packet *p)
{
	struct packet question;

	tcp(&question, s, NULL, 0);
	deliver(&question, INET_LAN);
	return came_out(p) ? p->bytes[33] : 0;
}

/* INET closes first, the peer then: *s is ready for what the peer says next. */
static void time_wait_begin(struct segment *s)
{
	struct packet p;

	listener = fixture_listener(WEB, 80);
	shake_hands(s, PORT);
	fixture_close(WEB, accept_one(listener));
	assert_true(came_out(&p));
	assert_int_equal(p.bytes[33], FIN | ACK);
	s->acknowledged++;
	s->flags = FIN | ACK;
	assert_int_equal(answer_to(s, &p), ACK);
	s->sequence++;
}

/* The handshake of `s`, a SYN, up to data that arrives. */
static void connect_anew(struct segment *s)
{
	uint32_t used = s->acknowledged;
	struct packet p;
	char got[8];

	s->flags = SYN;
	assert_int_equal(answer_to(s, &p), SYN | ACK);
	assert_int_equal(get32(p.bytes + 28), ++s->sequence);
	assert_true((int32_t)(get32(p.bytes + 24) - used) > 0);
	s->acknowledged = get32(p.bytes + 24) + 1;
	s->flags = ACK | PSH;
	tcp(&p, s, "again", 5);
	deliver(&p, INET_LAN);
	struct socket_request receive = { .id = accept_one(listener), .length_bytes = sizeof(got) };
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, receive, got).reply.length_bytes, 5);
	assert_memory_equal(got, "again", 5);
}

static void a_peer_may_use_its_port_again_at_once(void **state)
{
	struct segment s;

	(void)state;
	time_wait_begin(&s);
	s.sequence += LATER;
	connect_anew(&s);
}

static void a_peer_may_use_its_port_again_after_our_death(void **state)
{
	struct segment s;

	(void)state;
	time_wait_begin(&s);
	assert_int_equal(fixture_die(), 0);
	drain_packets();
	s.sequence += LATER;
	connect_anew(&s);
}

static void an_old_syn_ends_no_time_wait(void **state)
{
	struct segment s;
	struct packet p;

	(void)state;
	time_wait_begin(&s);
	struct segment old = s;
	old.flags = SYN;
	old.sequence = 1000; /* the connection's own, come again */
	assert_int_equal(answer_to(&old, &p), ACK);
	assert_int_equal(get32(p.bytes + 28), s.sequence);
	s.sequence += LATER;
	connect_anew(&s);
}

static void what_is_no_syn_ends_no_time_wait(void **state)
{
	static const uint8_t all[] = { RST, RST | ACK, SYN | ACK, SYN | FIN, SYN | RST, FIN | ACK };
	struct segment s;
	struct packet p;

	(void)state;
	time_wait_begin(&s);
	for (size_t i = 0; i < sizeof(all); i++) {
		struct segment odd = s;
		odd.flags = all[i];
		odd.sequence += LATER;
		(void)answer_to(&odd, &p);
	}
	s.flags = FIN | ACK; /* again, as our acknowledgement was lost */
	s.sequence--;
	drain_packets();
	assert_int_equal(answer_to(&s, &p), ACK);
}

/* The SYN is lost as there is no room, and comes again. */
static void a_full_backlog_refuses_it_until_there_is_room(void **state)
{
	struct segment s, others[4];
	struct packet p;

	(void)state;
	time_wait_begin(&s);
	for (uint16_t i = 0; i < 4; i++)
		shake_hands(&others[i], (uint16_t)(PORT + 1 + i));
	s.flags = SYN;
	s.sequence += LATER;
	assert_int_equal(answer_to(&s, &p), 0);
	for (int i = 0; i < 4; i++)
		(void)accept_one(listener);
	connect_anew(&s);
}

static void nobody_listens_any_more_is_refused(void **state)
{
	struct segment s;
	struct packet p;

	(void)state;
	time_wait_begin(&s);
	fixture_close(WEB, listener);
	s.flags = SYN;
	s.sequence += LATER;
	assert_int_equal(answer_to(&s, &p), RST | ACK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_peer_may_use_its_port_again_at_once),
		TEST(a_peer_may_use_its_port_again_after_our_death),
		TEST(an_old_syn_ends_no_time_wait),
		TEST(what_is_no_syn_ends_no_time_wait),
		TEST(a_full_backlog_refuses_it_until_there_is_room),
		TEST(nobody_listens_any_more_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
