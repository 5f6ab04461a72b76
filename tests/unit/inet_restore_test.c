/* INET dies at every step of a conversation, and its next life carries on. */
#include "tests/unit/inet_fixture.h"
#include "tests/unit/inet_packets.h"

#include <lwip/opt.h>

#include <string.h>

/* The flags of the next packet out; 0: none. */
static unsigned flags_out(struct packet *p)
{
	return came_out(p) ? p->bytes[33] : 0;
}

static void assert_no_reset_comes_out(void)
{
	struct packet p;

	while (came_out(&p))
		assert_int_equal(p.bytes[33] & RST, 0);
}

static void peer_sends(struct segment *s, const char *text)
{
	struct packet p;

	s->flags = ACK | PSH;
	tcp(&p, s, text, (uint16_t)strlen(text));
	deliver(&p, INET_LAN);
	s->sequence += (uint32_t)strlen(text);
}

static void peer_acknowledges(struct segment *s, uint32_t bytes)
{
	struct packet p;

	s->acknowledged += bytes;
	s->flags = ACK;
	tcp(&p, s, NULL, 0);
	deliver(&p, INET_LAN);
}

static struct fixture_answer receive_at(uint32_t id, uint32_t position, char *buffer, uint32_t size)
{
	struct socket_request request = { .id = id,
					  .length_bytes = size,
					  .argument = position,
					  .flags = SOCKET_NONBLOCKING | SOCKET_POSITION };
	return fixture_call(WEB, SOCKET_RECEIVE, request, buffer);
}

static struct fixture_answer send_at(uint32_t id, uint32_t position, const char *text)
{
	struct socket_request request = { .id = id,
					  .length_bytes = (uint32_t)strlen(text),
					  .argument = position,
					  .flags = SOCKET_NONBLOCKING | SOCKET_POSITION };
	return fixture_call(WEB, SOCKET_SEND, request, (void *)(uintptr_t)text);
}

static void assert_received(uint32_t id, uint32_t position, const char *text)
{
	char buffer[64];
	struct fixture_answer answer = receive_at(id, position, buffer, sizeof(buffer));

	assert_int_equal(answer.status, OK);
	assert_int_equal(answer.reply.length_bytes, strlen(text));
	assert_memory_equal(buffer, text, strlen(text));
}

/* The next packet with data carries this, in this place of the stream. */
static void assert_sent(uint32_t sequence, const char *text)
{
	struct packet p;

	do
		assert_true(came_out(&p));
	while (p.length == 40);
	assert_int_equal(get32(p.bytes + 24), sequence);
	assert_int_equal(p.length, 40 + strlen(text));
	assert_memory_equal(p.bytes + 40, text, strlen(text));
	assert_int_equal(transport_checksum(&p), 0);
}

/* A conversation, with a death after step `death`: each byte comes once, in order, no reset. */
static void converse(unsigned death)
{
	uint32_t listener = fixture_listener(WEB, 80), id = 0;
	struct segment s = {
		.from_port = 40000, .to_port = 80, .sequence = 1000, .flags = SYN, .window = 8000
	};
	struct packet p;
	unsigned step = 0;
#define STEP()                                                                                     \
	do                                                                                         \
		if (step++ == death)                                                               \
			assert_int_equal(fixture_die(), 0);                                        \
	while (0)

	STEP();
	tcp(&p, &s, NULL, 0);
	deliver(&p, INET_LAN);
	assert_int_equal(flags_out(&p), SYN | ACK);
	s.sequence++;
	s.acknowledged = get32(p.bytes + 24) + 1;
	STEP();
	peer_acknowledges(&s, 0);
	STEP();
	peer_sends(&s, "question");
	STEP();
	id = accept_one(listener);
	STEP();
	assert_received(id, 0, "question");
	STEP();
	assert_int_equal(send_at(id, 0, "answer").status, OK);
	STEP();
	drain_packets();
	fixture_run_ms(4000); /* lost on the way: it comes again */
	assert_sent(s.acknowledged, "answer");
	STEP();
	peer_acknowledges(&s, 6);
	STEP();
	assert_int_equal(send_at(id, 6, "more").status, OK);
	peer_acknowledges(&s, 4);
	STEP();
	s.flags = ACK | FIN;
	tcp(&p, &s, NULL, 0);
	deliver(&p, INET_LAN);
	s.sequence++;
	STEP();
	char end;
	struct fixture_answer answer = receive_at(id, 8, &end, 1);
	assert_int_equal(answer.status, OK);
	assert_int_equal(answer.reply.length_bytes, 0);
	assert_no_reset_comes_out();
	fixture_close(WEB, id);
	STEP();
	drain_packets();
	fixture_run_ms(4000);
	bool finished = false;
	while (came_out(&p)) {
		assert_int_equal(p.bytes[33] & RST, 0);
		finished |= p.bytes[33] & FIN;
	}
	assert_true(finished);
	peer_acknowledges(&s, 1);
	assert_no_reset_comes_out();
	fixture_close(WEB, listener);
#undef STEP
}

enum { STEPS = 12 };

static void a_death_at_any_step_disturbs_nobody(void **state)
{
	for (unsigned death = 0; death <= STEPS; death++) {
		print_message("death after step %u\n", death);
		converse(death);
		assert_int_equal(fixture_teardown(state), 0);
		fixture_setup(state);
	}
}

static void a_send_repeated_after_a_death_is_sent_once(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;

	(void)state;
	shake_hands(&s, 40000);
	uint32_t id = accept_one(listener);
	assert_int_equal(send_at(id, 0, "once").status, OK);
	fixture_die();
	/* The client, not having had the answer, asks again. */
	assert_int_equal(send_at(id, 0, "once").reply.length_bytes, 4);
	assert_int_equal(send_at(id, 4, "then").reply.length_bytes, 4);
	assert_sent(s.acknowledged, "once");
	peer_acknowledges(&s, 4);
	assert_sent(s.acknowledged, "then");
}

static void what_a_client_has_had_is_not_delivered_again(void **state)
{
	static struct preserved_region before;
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;

	(void)state;
	shake_hands(&s, 40000);
	uint32_t id = accept_one(listener);
	peer_sends(&s, "first");
	peer_sends(&s, "second");
	before = fixture_state;
	char buffer[5];
	assert_int_equal(receive_at(id, 0, buffer, 5).status, OK);
	/* Dead between the answer and taking it down. */
	fixture_die_only();
	fixture_state = before;
	assert_int_equal(fixture_live_again(), 0);
	assert_received(id, 5, "second");
}

static void a_damaged_connection_alone_is_reset(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80), ids[2];
	struct segment s[2];
	struct packet p;
	char buffer[8];

	(void)state;
	for (int i = 0; i < 2; i++) {
		shake_hands(&s[i], (uint16_t)(40000 + i));
		ids[i] = accept_one(listener);
		peer_sends(&s[i], "hello");
	}
	fixture_die_only();
	for (uint32_t i = 0; i < PRESERVED_ENTRIES; i++) {
		struct preserved_entry *entry = &fixture_state.entries[i];
		struct preserved_record *record = &entry->slots[entry->committed % 2].record;
		if (record->type != 0 && record->peer_port == 40000)
			record->receive_next ^= 1 << 7;
	}
	assert_int_equal(fixture_live_again(), 1);
	fixture_run_ms(1);
	drain_packets();
	assert_int_equal(receive_at(ids[0], 0, buffer, 8).status, E_RESET);
	assert_received(ids[1], 0, "hello");
	peer_sends(&s[1], "more");
	assert_received(ids[1], 5, "more");
	assert_no_reset_comes_out();
	peer_sends(&s[0], "more");
	assert_true(flags_out(&p) & RST);
}

static void an_entry_that_killed_the_life_that_loaded_it_is_left_out(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;
	char buffer[8];

	(void)state;
	shake_hands(&s, 40000);
	uint32_t id = accept_one(listener);
	fixture_die_only();
	for (uint32_t i = 0; i < PRESERVED_ENTRIES; i++) {
		struct preserved_entry *entry = &fixture_state.entries[i];
		if (entry->slots[entry->committed % 2].record.socket_id == id)
			fixture_state.loading = i + 1;
	}
	assert_int_equal(fixture_live_again(), 1);
	assert_int_equal(receive_at(id, 0, buffer, 8).status, E_RESET);
	shake_hands(&s, 40001); /* the listener is there */
	accept_one(listener);
}

static void a_clean_start_resets_all_and_serves_who_comes_anew(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;
	struct packet p;
	char buffer[8];

	(void)state;
	shake_hands(&s, 40000);
	uint32_t id = accept_one(listener);
	fixture_die_only();
	preserved_forget(&fixture_state);
	assert_int_equal(fixture_live_again(), 0);
	assert_int_equal(receive_at(id, 0, buffer, 8).status, E_RESET);
	assert_int_equal(receive_at(listener, 0, buffer, 8).status, E_RESET);
	drain_packets();
	peer_sends(&s, "more");
	assert_true(flags_out(&p) & RST);
	listener = fixture_listener(WEB, 80);
	shake_hands(&s, 40001);
	id = accept_one(listener);
	peer_sends(&s, "hello");
	assert_received(id, 0, "hello");
}

/* Closed by us, and not by their peers: more of them than there is room for. */
static void connections_that_nobody_has_give_way_before_and_after_a_death(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	uint16_t port = 40000;
	struct segment s;

	(void)state;
	for (unsigned lives = 0; lives < 2; lives++) {
		for (unsigned i = 0; i < MEMP_NUM_TCP_PCB; i++) {
			shake_hands(&s, port++);
			fixture_close(WEB, accept_one(listener));
			peer_acknowledges(&s, 1);
			drain_packets();
		}
		fixture_die();
		fixture_run_ms(1); /* each peer is greeted, by as many packets as the ring holds */
		drain_packets();
	}
	shake_hands(&s, port);
	uint32_t id = accept_one(listener);
	peer_sends(&s, "hello");
	assert_received(id, 0, "hello");
}

static void a_datagram_socket_hears_on_after_a_death(void **state)
{
	uint32_t id = fixture_open(WEB, SOCKET_DATAGRAM);
	struct socket_request bind = { .id = id, .port = 7 };
	char buffer[8];
	struct packet p;

	(void)state;
	assert_int_equal(fixture_call(WEB, SOCKET_BIND, bind, NULL).status, OK);
	fixture_die();
	ip_begin(&p, PROTOCOL_UDP, LAN_HOST, LAN_ADDRESS, 8 + 4);
	put16(p.bytes + 20, 5000);
	put16(p.bytes + 22, 7);
	put16(p.bytes + 24, 12);
	memcpy(p.bytes + 28, "ping", 4);
	deliver(&p, INET_LAN);
	struct socket_request receive = { .id = id, .length_bytes = 8 };
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, receive, buffer).reply.length_bytes, 4);
	assert_memory_equal(buffer, "ping", 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_death_at_any_step_disturbs_nobody),
		TEST(a_send_repeated_after_a_death_is_sent_once),
		TEST(what_a_client_has_had_is_not_delivered_again),
		TEST(a_damaged_connection_alone_is_reset),
		TEST(an_entry_that_killed_the_life_that_loaded_it_is_left_out),
		TEST(a_clean_start_resets_all_and_serves_who_comes_anew),
		TEST(connections_that_nobody_has_give_way_before_and_after_a_death),
		TEST(a_datagram_socket_hears_on_after_a_death),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
