/* The WAN's address by DHCP: what passes before there is one, with it, and after it. */
#include "netstack/wire/arp.h"
#include "tests/unit/fw_checks.h"

#include <stdlib.h>
#include <string.h>

#define OFFERED (WAN_ADDRESS + 20)

static const struct settings_lease lease = { OFFERED, 24, GATEWAY };
static const struct settings_lease none = { 0 };
static struct frame f;

static int setup(void **state)
{
	struct world *w = world_new();

	w->netconf.wan_mode = WAN_DHCP;
	w->netconf.wan = (struct netconf_interface){ 0 };
	w->netconf.gateway = 0;
	assert_null(world_configure(w));
	world_discard_queued(w);
	*state = w;
	return 0;
}

static void assert_to_client(struct world *w)
{
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(FW_PORT_HOST));
	assert_int_equal(w->verdict.interface, FW_INTERFACE_WAN);
}

/* INET's client asks everybody, from nowhere. */
static void question_on(struct world *w, uint16_t interface, uint16_t from_port, uint16_t to_port)
{
	frame_udp(&f, 0, from_port, IPV4_LIMITED_BROADCAST, to_port, 300);
	memcpy(w->out.buffer, f.buffer, sizeof w->out.buffer);
	w->verdict = fw_process(&w->fw, FW_PORT_HOST, w->out.buffer,
				f.bytes - ETHERNET_HEADER_BYTES, interface);
	w->out.bytes = w->verdict.bytes;
}

static void answer(struct world *w, const mac_t *mac, uint32_t to, uint16_t from_port,
		   uint16_t to_port)
{
	frame_udp(&f, GATEWAY, from_port, to, to_port, 300);
	frame_ethernet(&f, mac, &mac_gateway, ETHERTYPE_IPV4);
	world_send(w, WAN_PORT, &f);
}

static void a_question_leaves_as_a_broadcast_on_the_wan(void **state)
{
	struct world *w = *state;

	question_on(w, FW_INTERFACE_WAN, 68, 67);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(WAN_PORT));
	assert_memory_equal(w->out.buffer, &mac_all, sizeof mac_all);
	assert_memory_equal(w->out.buffer + 6, &mac_wan, sizeof mac_wan);
	question_on(w, FW_INTERFACE_WAN, 68, 69);
	assert_dropped(w, DROP_HOST_SOURCE);
	question_on(w, FW_INTERFACE_LAN, 68, 67);
	assert_dropped(w, DROP_HOST_SOURCE);
}

static void answers_reach_the_client_however_addressed(void **state)
{
	struct world *w = *state;

	answer(w, &mac_all, IPV4_LIMITED_BROADCAST, 67, 68);
	assert_to_client(w);
	answer(w, &mac_wan, OFFERED, 67, 68);
	assert_to_client(w);
	answer(w, &mac_wan, IPV4_LIMITED_BROADCAST, 67, 68);
	assert_to_client(w);
	assert_int_equal(w->fw.conns.used, 0);
}

static void nothing_else_does(void **state)
{
	struct world *w = *state;

	answer(w, &mac_wan, OFFERED, 66, 68);
	assert_dropped(w, DROP_WAN_NO_ADDRESS);
	answer(w, &mac_wan, OFFERED, 67, 53);
	assert_dropped(w, DROP_WAN_NO_ADDRESS);
	answer(w, &mac_wan, 0x7f000001, 67, 68);
	assert_dropped(w, DROP_WAN_NO_ADDRESS);
	answer(w, &mac_all, IPV4_LIMITED_BROADCAST, 67, 53);
	assert_dropped(w, DROP_IP_BROADCAST);
	answer(w, &mac_client, OFFERED, 67, 68);
	assert_dropped(w, DROP_FRAME_NOT_FOR_US);
	frame_udp(&f, 0x7f000001, 67, IPV4_LIMITED_BROADCAST, 68, 300);
	frame_ethernet(&f, &mac_all, &mac_gateway, ETHERTYPE_IPV4);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_IP_BROADCAST);
	frame_udp(&f, GATEWAY, 67, OFFERED, 68, 300);
	frame_from_wan(&f);
	((struct udp_header *)frame_l4(&f))->checksum.byte[0] ^= 1;
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_WAN_NO_ADDRESS);
}

/* So that INET can say that the provider has the LAN's addresses. */
static void answers_of_lan_addresses_reach_the_client_too(void **state)
{
	struct world *w = *state;

	answer(w, &mac_wan, CLIENT, 67, 68);
	assert_to_client(w);
	frame_udp(&f, LAN_ADDRESS, 67, IPV4_LIMITED_BROADCAST, 68, 300);
	frame_ethernet(&f, &mac_all, &mac_gateway, ETHERTYPE_IPV4);
	world_send(w, WAN_PORT, &f);
	assert_to_client(w);
}

static void with_a_static_address_there_is_no_client(void **state)
{
	struct world *w = *state;

	w->netconf.wan_mode = WAN_STATIC;
	w->netconf.wan = (struct netconf_interface){ WAN_ADDRESS, 24 };
	assert_null(world_configure(w));
	fw_lease_set(&w->fw, &lease);
	assert_int_equal(w->fw.settings.wan.address, WAN_ADDRESS);
	answer(w, &mac_all, IPV4_LIMITED_BROADCAST, 67, 68);
	assert_dropped(w, DROP_IP_BROADCAST);
	answer(w, &mac_wan, WAN_ADDRESS, 67, 68);
	assert_dropped(w, DROP_DEFAULT_DENIED);
	question_on(w, FW_INTERFACE_WAN, 68, 67);
	assert_dropped(w, DROP_HOST_SOURCE);
}

static void from_lan(struct world *w, uint16_t port)
{
	frame_udp(&f, CLIENT, port, SERVER, 53, 20);
	world_send(w, LAN_PORT, &f);
}

static void have_lease(struct world *w)
{
	fw_lease_set(&w->fw, &lease);
	world_discard_queued(w);
	frame_arp(&f, ARP_REQUEST, &mac_gateway, GATEWAY, OFFERED);
	world_send(w, WAN_PORT, &f);
	world_discard_queued(w);
}

static void a_lease_opens_the_way_out_and_its_end_closes_it(void **state)
{
	struct world *w = *state;

	from_lan(w, 4000);
	assert_dropped(w, DROP_NO_ROUTE);
	have_lease(w);
	from_lan(w, 4000);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(WAN_PORT));
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), OFFERED);
	fw_lease_set(&w->fw, &none);
	frame_udp(&f, SERVER, 53, OFFERED, 4000, 20);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_dropped(w, DROP_WAN_NO_ADDRESS);
	from_lan(w, 4000);
	assert_dropped(w, DROP_FLOW_REVOKED);
	world_run(w, 8);
	assert_int_equal(w->fw.conns.used, 0);
	assert_int_equal(w->fw.nat.used, 0);
}

static void a_renewal_and_a_new_configuration_end_no_flow(void **state)
{
	struct world *w = *state;

	have_lease(w);
	from_lan(w, 4000);
	fw_lease_set(&w->fw, &lease);
	w->netconf.serial++;
	assert_null(world_configure(w));
	assert_int_equal(w->fw.settings.wan.address, OFFERED);
	world_run(w, 8);
	assert_int_equal(w->fw.conns.used, 1);
}

static void another_address_ends_the_flows_of_the_first(void **state)
{
	struct settings_lease other = lease;
	struct world *w = *state;

	have_lease(w);
	from_lan(w, 4000);
	other.address++;
	fw_lease_set(&w->fw, &other);
	world_run(w, 8);
	assert_int_equal(w->fw.conns.used, 0);
	from_lan(w, 4000);
	assert_int_equal(w->verdict.ports, FW_PORT_BIT(WAN_PORT));
	assert_int_equal(be32_get(&frame_ip(&w->out)->source), OFFERED + 1);
}

static void a_flow_of_the_lease_outlives_the_firewall(void **state)
{
	struct world *w = *state;

	have_lease(w);
	from_lan(w, 4000);
	world_restart_begin(w);
	fw_lease_set(&w->fw, &lease); /* read before the configuration, as at the start */
	assert_null(world_configure(w));
	world_discard_queued(w);
	frame_udp(&f, SERVER, 53, OFFERED, 4000, 20);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_int_equal(w->verdict.outcome, FW_FORWARD);
	assert_int_equal(be32_get(&frame_ip(&w->out)->destination), CLIENT);
}

/* Any server may answer a client that rebinds: no flow vouches for that. */
static void an_answer_to_our_own_address_reaches_the_client(void **state)
{
	struct world *w = *state;

	have_lease(w);
	frame_udp(&f, SERVER2, 67, OFFERED, 68, 300);
	frame_from_wan(&f);
	world_send(w, WAN_PORT, &f);
	assert_to_client(w);
	answer(w, &mac_wan, OFFERED + 1, 67, 68); /* we have another */
	assert_int_equal(w->verdict.outcome, FW_DROP);
}

static void leases_of_no_use_are_as_none(void **state)
{
	static const struct settings_lease wrong[] = {
		{ LAN_ADDRESS + 5, 24, 0 },
		{ 0xc0a80505, 16, 0 },
		{ OFFERED, 31, 0 },
		{ OFFERED, 0, 0 },
		{ 0x7f000001, 24, 0 },
		{ 0xe0000001, 24, 0 },
		{ OFFERED | 255, 24, GATEWAY },
		{ OFFERED, 24, SERVER },
		{ OFFERED, 24, GATEWAY & ~255u },
		{ OFFERED, 24, OFFERED },
		{ OFFERED, 64, GATEWAY },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		fw_lease_set(&w->fw, &wrong[i]);
		assert_int_equal(w->fw.settings.wan.address, 0);
		assert_int_equal(w->fw.settings.gateway, 0);
	}
}

static void a_configuration_with_both_is_refused(void **state)
{
	struct world *w = *state;

	w->netconf.wan = (struct netconf_interface){ WAN_ADDRESS, 24 };
	assert_non_null(world_configure(w));
	w->netconf.wan = (struct netconf_interface){ 0 };
	w->netconf.wan_mode = 2;
	assert_non_null(world_configure(w));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_leaves_as_a_broadcast_on_the_wan),
		TEST(answers_reach_the_client_however_addressed),
		TEST(nothing_else_does),
		TEST(answers_of_lan_addresses_reach_the_client_too),
		TEST(with_a_static_address_there_is_no_client),
		TEST(a_lease_opens_the_way_out_and_its_end_closes_it),
		TEST(a_renewal_and_a_new_configuration_end_no_flow),
		TEST(another_address_ends_the_flows_of_the_first),
		TEST(a_flow_of_the_lease_outlives_the_firewall),
		TEST(an_answer_to_our_own_address_reaches_the_client),
		TEST(leases_of_no_use_are_as_none),
		TEST(a_configuration_with_both_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
