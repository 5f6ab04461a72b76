/* INET as a host on the wire: packets in and out of the queue to the firewall. */
#include "netstack/inet/netif.h"
#include "tests/unit/inet_fixture.h"
#include "tests/unit/inet_packets.h"

#include <string.h>

/* --- ICMP ------------------------------------------------------------------- */

static void a_ping_is_answered_on_the_interface_of_its_sender(void **state)
{
	struct packet p;

	(void)state;
	echo_request(&p, LAN_HOST, LAN_ADDRESS, 56);
	deliver(&p, INET_LAN);
	assert_true(came_out(&p));
	assert_int_equal(p.interface, INET_LAN);
	assert_int_equal(p.length, 84);
	assert_int_equal(p.bytes[20], 0);
	assert_int_equal(get32(p.bytes + 12), LAN_ADDRESS);
	assert_int_equal(get32(p.bytes + 16), LAN_HOST);
	assert_int_equal(folded(sum16(p.bytes + 20, 64, 0)), 0);
	assert_int_equal(folded(sum16(p.bytes, 20, 0)), 0);
	echo_request(&p, WAN_GATEWAY, WAN_ADDRESS, 56);
	deliver(&p, INET_WAN);
	assert_true(came_out(&p));
	assert_int_equal(p.interface, INET_WAN);
}

static void a_foreign_host_is_answered_through_the_gateway(void **state)
{
	struct packet p;

	(void)state;
	echo_request(&p, 0x08080808, WAN_ADDRESS, 8);
	deliver(&p, INET_WAN);
	assert_true(came_out(&p));
	assert_int_equal(p.interface, INET_WAN);
}

static void what_is_not_for_us_or_damaged_is_dropped_in_silence(void **state)
{
	struct packet p;

	(void)state;
	echo_request(&p, LAN_HOST, LAN_HOST + 1, 8); /* no forwarding */
	deliver(&p, INET_LAN);
	echo_request(&p, LAN_HOST, LAN_ADDRESS, 8);
	p.bytes[10] ^= 1; /* header checksum */
	deliver(&p, INET_LAN);
	echo_request(&p, LAN_HOST, LAN_ADDRESS, 8);
	p.bytes[30] ^= 1; /* ICMP checksum */
	deliver(&p, INET_LAN);
	echo_request(&p, LAN_HOST, LAN_ADDRESS, 8);
	put16(p.bytes + 2, 1500); /* longer than the packet */
	deliver(&p, INET_LAN);
	echo_request(&p, LAN_HOST, 0xc0a801ff, 8); /* broadcast: no amplifier */
	deliver(&p, INET_LAN);
	echo_request(&p, LAN_HOST, 0x7f000001, 8); /* nobody outside is on loopback */
	deliver(&p, INET_LAN);
	assert_false(came_out(&p));
}

/* --- UDP -------------------------------------------------------------------- */

static uint32_t datagram_socket(uint32_t address, uint16_t port)
{
	uint32_t id = fixture_open(WEB, SOCKET_DATAGRAM);
	struct socket_request bind = { .id = id, .address = address, .port = port };

	assert_int_equal(fixture_call(WEB, SOCKET_BIND, bind, NULL).status, OK);
	return id;
}

/* Both interfaces have a way to 255.255.255.255, and the WAN has the default one. */
static void a_broadcast_leaves_where_its_senders_address_is(void **state)
{
	static const uint32_t addresses[] = { LAN_ADDRESS, WAN_ADDRESS };
	char text[] = "hello";
	struct packet p;

	(void)state;
	for (uint16_t interface = INET_LAN; interface <= INET_WAN; interface++) {
		struct socket_request send = { .id = datagram_socket(addresses[interface], 67),
					       .address = 0xffffffff,
					       .port = 68,
					       .length_bytes = sizeof(text) };
		assert_int_equal(fixture_call(WEB, SOCKET_SEND, send, text).status, OK);
		assert_true(came_out(&p));
		assert_int_equal(p.interface, interface);
		assert_int_equal(get32(p.bytes + 12), addresses[interface]);
		assert_int_equal(get32(p.bytes + 16), 0xffffffff);
	}
}

static void udp(struct packet *p, uint32_t from, uint32_t to, uint16_t to_port)
{
	ip_begin(p, PROTOCOL_UDP, from, to, 8 + 4);
	put16(p->bytes + 20, 68);
	put16(p->bytes + 22, to_port);
	put16(p->bytes + 24, 8 + 4);
	memcpy(p->bytes + 28, "ask", 4);
}

/* RFC 2131, 4.1: who has no address yet sends from 0.0.0.0 to everybody. */
static void a_dhcp_server_hears_who_has_no_address_yet(void **state)
{
	struct socket_request receive = { .id = datagram_socket(LAN_ADDRESS, 67),
					  .flags = SOCKET_NONBLOCKING,
					  .length_bytes = 16 };
	struct packet p;
	char buffer[16];

	(void)state;
	udp(&p, 0, 0xffffffff, 67);
	deliver(&p, INET_LAN);
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, receive, buffer).status, OK);
	assert_string_equal(buffer, "ask");
}

/* --- TCP -------------------------------------------------------------------- */

static void a_closed_port_answers_with_a_reset(void **state)
{
	struct segment s = { .from_port = 40000, .to_port = 81, .sequence = 7, .flags = SYN };
	struct packet p;

	(void)state;
	tcp(&p, &s, NULL, 0);
	deliver(&p, INET_LAN);
	assert_true(came_out(&p));
	assert_int_equal(p.bytes[33], RST | ACK);
	assert_int_equal(get32(p.bytes + 28), 8);
	assert_int_equal(transport_checksum(&p), 0);
}

static void a_connection_from_outside_carries_data_both_ways(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;
	struct packet p;
	char buffer[16];

	(void)state;
	shake_hands(&s, 40000);
	uint32_t id = accept_one(listener);
	s.flags = ACK | PSH;
	tcp(&p, &s, "GET", 3);
	deliver(&p, INET_LAN);
	struct socket_request request = { .id = id, .length_bytes = sizeof(buffer) };
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, request, buffer).reply.length_bytes, 3);
	assert_memory_equal(buffer, "GET", 3);
	drain_packets();
	request.length_bytes = 2;
	assert_int_equal(fixture_call(WEB, SOCKET_SEND, request, (void *)"ok").status, OK);
	assert_true(came_out(&p));
	assert_memory_equal(p.bytes + p.length - 2, "ok", 2);
	assert_int_equal(transport_checksum(&p), 0);
}

static void a_reset_is_an_error_and_not_the_end_of_the_stream(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;
	struct packet p;
	char buffer[16];

	(void)state;
	shake_hands(&s, 40000);
	uint32_t id = accept_one(listener);
	struct socket_request request = { .id = id, .length_bytes = sizeof(buffer) };
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, request, buffer).status, HELD);
	s.flags = RST | ACK;
	tcp(&p, &s, NULL, 0);
	deliver(&p, INET_LAN);
	assert_int_equal(fixture_answer_of(WEB).status, E_RESET);
}

static void a_connection_reset_before_it_was_accepted_is_forgotten(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s;
	struct packet p;

	(void)state;
	shake_hands(&s, 40000);
	s.flags = RST | ACK;
	tcp(&p, &s, NULL, 0);
	deliver(&p, INET_LAN);
	struct socket_request request = { .id = listener, .flags = SOCKET_NONBLOCKING };
	assert_int_equal(fixture_call(WEB, SOCKET_ACCEPT, request, NULL).status, E_AGAIN);
}

static void a_flood_of_syns_is_bounded_by_the_backlog(void **state)
{
	struct segment s = { .to_port = 80, .sequence = 1, .flags = SYN, .window = 8000 };
	struct packet p;
	unsigned answers = 0;

	(void)state;
	fixture_listener(WEB, 80); /* with a backlog of 4 */
	for (uint16_t port = 1; port <= 1000; port++) {
		s.from_port = port;
		tcp(&p, &s, NULL, 0);
		deliver(&p, INET_LAN);
		answers += came_out(&p);
	}
	assert_int_equal(answers, 4);
}

/* A peer may send a window full of one-byte segments, each a buffer of ours. */
static void tiny_segments_nobody_reads_leave_room_for_others(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct segment s[4];
	struct packet p;
	uint32_t id = 0;
	static uint8_t got[5000];

	(void)state;
	for (int i = 0; i < 4; i++) {
		shake_hands(&s[i], (uint16_t)(40000 + i));
		id = accept_one(listener);
	}
	for (int round = 0; round < 5000; round++)
		for (int i = 0; i < 4; i++) {
			s[i].flags = ACK | PSH;
			tcp(&p, &s[i], "x", 1);
			deliver(&p, INET_LAN);
			s[i].sequence++;
			drain_packets();
		}
	echo_request(&p, LAN_HOST, LAN_ADDRESS, 1400);
	deliver(&p, INET_LAN);
	assert_true(came_out(&p));
	/* And they were within the window, so none may be lost. */
	struct socket_request receive = { .id = id, .length_bytes = sizeof(got) };
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, receive, got).reply.length_bytes, 5000);
}

static void send_windows(uint16_t from_port, uint32_t listener, unsigned segments, uint32_t *id)
{
	static const uint8_t data[1460];
	struct segment s;
	struct packet p;

	shake_hands(&s, from_port);
	*id = accept_one(listener);
	for (unsigned n = 0; n < segments; n++) {
		tcp(&p, &s, data, sizeof(data));
		deliver(&p, INET_LAN);
		s.sequence += (uint32_t)sizeof(data);
		drain_packets();
	}
}

static void full_windows_nobody_reads_leave_room_for_others(void **state)
{
	static uint8_t got[1460];
	uint32_t listener = fixture_listener(WEB, 80);
	uint16_t port = 40000;
	struct packet p;
	uint32_t id;

	(void)state;
	while (port < 40019)
		send_windows(port++, listener, 8, &id);
	send_windows(port++, listener, 1, &id);
	struct socket_request receive = { .id = id,
					  .length_bytes = sizeof(got),
					  .flags = SOCKET_NONBLOCKING };
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, receive, got).status, OK);
	while (port < 40060)
		send_windows(port++, listener, 8, &id);
	echo_request(&p, LAN_HOST, LAN_ADDRESS, 1400);
	deliver(&p, INET_LAN);
	assert_true(came_out(&p));
}

static void unsent_data_of_silent_peers_leaves_room_for_others(void **state)
{
	enum { CONNECTIONS = 48 };
	static uint8_t data[SOCKET_TRANSFER_MAX];
	uint32_t listener = fixture_listener(WEB, 80);
	struct socket_request send = { .flags = SOCKET_NONBLOCKING, .length_bytes = sizeof(data) };
	struct segment s;

	(void)state;
	for (int i = 0; i < CONNECTIONS; i++) {
		shake_hands(&s, (uint16_t)(40000 + i));
		send.id = accept_one(listener);
		for (int n = 0; n < 4; n++)
			fixture_call(WEB, SOCKET_SEND, send, data);
		drain_packets();
	}
	shake_hands(&s, 50000);
	send.id = accept_one(listener);
	send.length_bytes = 1460;
	struct fixture_answer answer = fixture_call(WEB, SOCKET_SEND, send, data);
	assert_int_equal(answer.status, OK);
	assert_int_equal(answer.reply.length_bytes, 1460);
}

/* --- Addresses ---------------------------------------------------------------- */

static void connections_outlive_a_change_of_the_other_address(void **state)
{
	uint32_t listener = fixture_listener(WEB, 80);
	struct inet_netconf conf = fixture_conf;
	struct segment s;
	struct packet p;
	char buffer[4];

	(void)state;
	shake_hands(&s, 40000);
	struct socket_request request = { .id = accept_one(listener), .length_bytes = 4 };
	conf.wan.address++;
	inet_netif_configure(&conf);
	s.flags = ACK | PSH;
	tcp(&p, &s, "data", 4);
	deliver(&p, INET_LAN);
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, request, buffer).status, OK);
	conf.lan.address++;
	inet_netif_configure(&conf);
	assert_int_equal(fixture_call(WEB, SOCKET_RECEIVE, request, buffer).status, E_RESET);
}

static void an_interface_without_an_address_is_deaf(void **state)
{
	struct inet_netconf conf = fixture_conf;
	struct packet p;

	(void)state;
	conf.wan.address = 0;
	inet_netif_configure(&conf);
	drain_packets();
	echo_request(&p, WAN_GATEWAY, WAN_ADDRESS, 8);
	deliver(&p, INET_WAN);
	assert_false(came_out(&p));
	assert_false(inet_netif_is_own(WAN_ADDRESS));
	assert_false(inet_netif_is_own(0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_ping_is_answered_on_the_interface_of_its_sender),
		TEST(a_foreign_host_is_answered_through_the_gateway),
		TEST(what_is_not_for_us_or_damaged_is_dropped_in_silence),
		TEST(a_broadcast_leaves_where_its_senders_address_is),
		TEST(a_dhcp_server_hears_who_has_no_address_yet),
		TEST(a_closed_port_answers_with_a_reset),
		TEST(a_connection_from_outside_carries_data_both_ways),
		TEST(a_reset_is_an_error_and_not_the_end_of_the_stream),
		TEST(a_connection_reset_before_it_was_accepted_is_forgotten),
		TEST(a_flood_of_syns_is_bounded_by_the_backlog),
		TEST(tiny_segments_nobody_reads_leave_room_for_others),
		TEST(full_windows_nobody_reads_leave_room_for_others),
		TEST(unsent_data_of_silent_peers_leaves_room_for_others),
		TEST(connections_outlive_a_change_of_the_other_address),
		TEST(an_interface_without_an_address_is_deaf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
