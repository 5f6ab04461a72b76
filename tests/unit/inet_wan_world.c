/* See inet_wan_world.h. */
#include "tests/unit/inet_wan_world.h"

#include "lwip/dhcp.h"
#include "lwip/prot/dhcp.h"

struct wan_lease_region lease_region;
struct inet_netconf dhcp_conf;
const struct inet_wan_station station = { true, true, { 2, 0, 0, 0, 0, 0xa1 } };
struct wan_server server;

struct wan_lease lease_of(void)
{
	struct wan_lease lease = { 0 };
	(void)wan_lease_update(&lease_region, &lease);
	return lease;
}

void run_ms(unsigned ms)
{
	for (unsigned i = 0; i < ms; i += 100) {
		fixture_run_ms(100);
		inet_wan_work(time_us());
		fixture_run_ms(0);
	}
}

/* --- The server ---------------------------------------------------------------------------- */

uint8_t message_next(struct packet *p)
{
	while (came_out(p))
		if (p->bytes[9] == PROTOCOL_UDP && get16(p->bytes + 22) == 67) {
			assert_int_equal(p->interface, INET_WAN);
			assert_memory_equal(p->bytes + BOOTP + 28, station.mac, 6);
			assert_int_equal(p->bytes[OPTIONS], 53);
			return p->bytes[OPTIONS + 2];
		}
	return 0;
}

static uint8_t *option_put(uint8_t *at, uint8_t option, uint8_t length, uint32_t value)
{
	at[0] = option;
	at[1] = length;
	put32(at + 2, value);
	return at + 2 + length;
}

void reply_make(struct packet *p, const struct packet *question, uint8_t type)
{
	uint8_t *at;

	ip_begin(p, PROTOCOL_UDP, WAN_GATEWAY, server.address, 8 + 240 + 100);
	put16(p->bytes + 20, 67);
	put16(p->bytes + 22, 68);
	put16(p->bytes + 24, p->length - 20u);
	memcpy(p->bytes + BOOTP, question->bytes + BOOTP, 236);
	p->bytes[BOOTP] = 2;
	put32(p->bytes + BOOTP + 16, server.address);
	put32(p->bytes + BOOTP + 236, 0x63825363);
	at = p->bytes + OPTIONS;
	at[0] = 53;
	at[1] = 1;
	at[2] = type;
	at = option_put(at + 3, 54, 4, WAN_GATEWAY);
	if (server.lease_s != 0)
		at = option_put(at, 51, 4, server.lease_s);
	if (server.t1_s != 0)
		at = option_put(at, 58, 4, server.t1_s);
	if (server.t2_s != 0)
		at = option_put(at, 59, 4, server.t2_s);
	at = option_put(at, 1, 4, server.mask);
	at = option_put(at, 3, 4, server.gateway);
	at[0] = 6;
	at[1] = server.dns_bytes;
	for (int i = 0; i < 8; i++)
		put32(at + 2 + 4 * i, server.dns[i]);
	at[2 + server.dns_bytes] = 255;
}

void reply(const struct packet *question, uint8_t type)
{
	struct packet p;

	reply_make(&p, question, type);
	deliver(&p, INET_WAN);
	inet_wan_work(time_us());
	fixture_run_ms(0);
}

void expect(uint8_t type, struct packet *p, unsigned most_ms)
{
	uint8_t got = message_next(p);

	for (unsigned ms = 0; got == 0 && ms < most_ms; ms += 100) {
		run_ms(100);
		got = message_next(p);
	}
	assert_int_equal(got, type);
}

void expect_silence(unsigned ms)
{
	struct packet p;

	run_ms(ms);
	assert_int_equal(message_next(&p), 0);
}

void become_bound(void)
{
	struct packet p;

	expect(DISCOVER, &p, 70000);
	reply(&p, OFFER);
	expect(REQUEST, &p, 1000);
	reply(&p, ACK_OF_IT);
}

/* --- Lives --------------------------------------------------------------------------------- */

void life_begin(void)
{
	inet_wan_init(&lease_region);
	inet_wan_configure(&dhcp_conf, time_us());
	inet_netif_configure(&dhcp_conf);
	inet_wan_station_set(&station, time_us());
	inet_wan_work(time_us());
	fixture_run_ms(0);
}

void life_end(void)
{
	struct netif *netif = inet_netif_wan();

	if (netif_dhcp_data(netif) != NULL) {
		netif_dhcp_data(netif)->state = DHCP_STATE_INIT;
		dhcp_release_and_stop(netif);
	}
	inet_netif_wan_set(0, 0, 0);
	fixture_run_ms(0);
	drain_packets();
}

int wan_setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	memset(&lease_region, 0, sizeof(lease_region));
	dhcp_conf = (struct inet_netconf){ .lan = { LAN_ADDRESS, 24 }, .wan_dhcp = true };
	server = (struct wan_server){ .address = OFFERED,
				      .mask = MASK,
				      .gateway = WAN_GATEWAY,
				      .lease_s = LEASE_S,
				      .dns_bytes = 8,
				      .dns = { 0xcb007135, 0xcb007136 } };
	life_begin();
	return 0;
}

int wan_teardown(void **state)
{
	life_end();
	return fixture_teardown(state);
}
