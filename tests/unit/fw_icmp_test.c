/* ICMP: pings through the translation, errors that come back, and those that the firewall sends. */
#include "tests/unit/fw_checks.h"

static void ping_through_nat_comes_back(void **state)
{
	struct world *w = *state;
	struct frame f;

	frame_echo(&f, ICMP_ECHO_REQUEST, CLIENT, SERVER, 77, 56);
	world_send(w, LAN_PORT, &f);
	assert_forwarded(w, WAN_PORT);
	assert_int_equal(be16_get(&((struct icmp_header *)frame_l4(&w->out))->id), 77);
	frame_echo(&f, ICMP_ECHO_REPLY, SERVER, WAN_ADDRESS, 77, 56);
	world_send(w, WAN_PORT, &f);
	assert_forwarded(w, LAN_PORT);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
}

static void icmp_error_finds_its_client_and_quotes_what_it_sent(void **state)
{
	struct world *w = *state;
	struct frame sent, translated, error;
	uint8_t *quoted;

	frame_udp(&sent, CLIENT, 5000, SERVER, 33434, 32);
	world_send(w, LAN_PORT, &sent);
	translated = w->out;
	frame_icmp_error(&error, ICMP_UNREACHABLE, ICMP_UNREACHABLE_PORT, SERVER, WAN_ADDRESS,
			 &translated, 60);
	world_send(w, WAN_PORT, &error);
	assert_forwarded(w, LAN_PORT);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
	quoted = (uint8_t *)frame_l4(&w->out) + 8;
	/* As the client sent it, but for the hop it has made. */
	assert_int_equal(quoted[8], 63);
	assert_memory_equal(quoted + 12, sent.buffer + 14 + 12, 20 - 12 + 8 + 32);
	assert_true(frame_sums_hold(quoted, 60));
}

static void icmp_error_about_the_first_8_bytes_is_enough(void **state)
{
	struct world *w = *state;
	struct frame f, translated, error;

	tcp_syn(w, 20000);
	frame_tcp(&f, CLIENT, 20000, SERVER, 80, TCP_ACK, 1001, 5001, 600);
	world_send(w, LAN_PORT, &f);
	translated = w->out;
	frame_icmp_error(&error, ICMP_UNREACHABLE, ICMP_UNREACHABLE_FRAGMENTATION, GATEWAY,
			 WAN_ADDRESS, &translated, 28);
	world_send(w, WAN_PORT, &error);
	assert_forwarded(w, LAN_PORT);
}

static void ttl_that_ends_here_is_reported(void **state)
{
	struct world *w = *state;
	struct frame f;
	struct icmp_header *icmp;

	frame_udp(&f, CLIENT, 5000, SERVER, 33434, 32);
	frame_ip(&f)->ttl = 1;
	frame_seal_ip(&f);
	world_send(w, LAN_PORT, &f);
	assert_dropped(w, DROP_IP_TTL);
	assert_int_equal(w->fw.conns.used, 0);
	assert_true(world_take(w));
	assert_forwarded(w, LAN_PORT);
	assert_memory_equal(w->out.buffer, &mac_client, 6);
	icmp = frame_l4(&w->out);
	assert_int_equal(icmp->type, ICMP_TIME_EXCEEDED);
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), LAN_ADDRESS);
	assert_memory_equal(icmp + 1, f.buffer + 14, 28);
}

static void too_long_with_dont_fragment_tells_the_mtu(void **state)
{
	struct world *w = *state;
	struct frame f;
	struct icmp_header *icmp;

	w->fw.settings.wan.mtu_bytes = 1400;
	frame_udp(&f, CLIENT, 5000, SERVER, 33434, 1400);
	be16_set(&frame_ip(&f)->fragment, IPV4_DONT_FRAGMENT);
	frame_seal_ip(&f);
	world_send(w, LAN_PORT, &f);
	assert_dropped(w, DROP_IP_MTU);
	assert_true(world_take(w));
	icmp = frame_l4(&w->out);
	assert_int_equal(icmp->type, ICMP_UNREACHABLE);
	assert_int_equal(icmp->code, ICMP_UNREACHABLE_FRAGMENTATION);
	assert_int_equal(be16_get(&icmp->sequence), 1400);
	assert_int_equal(be16_get(&frame_ip(&w->out)->total_bytes), 576);
}

static void icmp_errors_are_rate_limited(void **state)
{
	struct world *w = *state;
	struct frame f;
	unsigned sent = 0;

	frame_udp(&f, CLIENT, 5000, SERVER, 33434, 32);
	frame_ip(&f)->ttl = 1;
	frame_seal_ip(&f);
	for (int i = 0; i < 500; i++) {
		world_send(w, LAN_PORT, &f);
		sent += world_take(w);
	}
	assert_int_equal(sent, FW_ICMP_BURST);
	world_pass_time(w, 100000);
	world_send(w, LAN_PORT, &f);
	assert_true(world_take(w));
}

static void no_icmp_error_about_an_icmp_error(void **state)
{
	struct world *w = *state;
	struct frame f, translated, error;

	frame_udp(&f, CLIENT, 5000, SERVER, 33434, 32);
	world_send(w, LAN_PORT, &f);
	translated = w->out;
	frame_icmp_error(&error, ICMP_UNREACHABLE, 3, SERVER, WAN_ADDRESS, &translated, 60);
	frame_ip(&error)->ttl = 1;
	frame_seal_ip(&error);
	world_send(w, WAN_PORT, &error);
	assert_dropped(w, DROP_IP_TTL);
	assert_false(world_take(w));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(ping_through_nat_comes_back),
		TEST(icmp_error_finds_its_client_and_quotes_what_it_sent),
		TEST(icmp_error_about_the_first_8_bytes_is_enough),
		TEST(ttl_that_ends_here_is_reported),
		TEST(too_long_with_dont_fragment_tells_the_mtu),
		TEST(icmp_errors_are_rate_limited),
		TEST(no_icmp_error_about_an_icmp_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
