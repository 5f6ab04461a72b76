/*
 * See wan.h. lwIP's client counts seconds in ticks; when the lease ends is told
 * from the clock here, as its other readers do, and lwIP is given a little more.
 */
#include "netstack/inet/wan.h"

#include "lwip/dhcp.h"
#include "lwip/prot/dhcp.h"
#include "netstack/inet/hooks.h"
#include "netstack/inet/netif.h"
#include "netstack/inet/random.h"
#include "services/runtime/service.h"
#include "services/runtime/wanlease.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define SECOND_US       1000000u
#define LWIP_MARGIN_S   5u
#define REFUSED_WAIT_US (30u * SECOND_US) /* after an offer that is of no use */
#define SHORTEST_US     (10u * SECOND_US) /* a server of shorter leases is not asked more often */
#define INFINITE_S      0xffffffffu       /* RFC 2132, 9.2 with RFC 2131, 3.3 */
#define OPTION_DNS      6                 /* RFC 2132, 3.8 */

static struct {
	struct wan_lease_region *region;
	struct wan_lease lease; /* as last written */
	struct inet_netconf conf;
	bool configured;
	struct inet_wan_station station;
	struct dhcp client;
	bool running;
	uint64_t start_at_us; /* not before */
	uint32_t dns_count;   /* as the last message had it */
	uint32_t dns[WAN_LEASE_DNS_MAX];
} wan;

/* --- What lwIP asks (hooks.h) -------------------------------------------------------------- */

static uint32_t at_least_one(uint32_t seconds)
{
	return seconds > 0 ? seconds : 1;
}

/* RFC 2131, 4.4.5: T1 < T2 < the lease; a server that has it otherwise is not followed. */
static uint32_t t2_of(const struct dhcp *client)
{
	uint32_t lease_s = client->offered_t0_lease, t2_s = client->offered_t2_rebind;

	return at_least_one(t2_s < lease_s ? t2_s : lease_s - lease_s / 8);
}

static uint32_t t1_of(const struct dhcp *client)
{
	uint32_t t2_s = t2_of(client), t1_s = client->offered_t1_renew;

	return at_least_one(t1_s < t2_s ? t1_s : t2_s / 2);
}

uint32_t inet_wan_t0_s(const struct dhcp *client)
{
	uint32_t lease_s = client->offered_t0_lease;

	return lease_s < INFINITE_S - LWIP_MARGIN_S ? lease_s + LWIP_MARGIN_S : lease_s;
}

uint32_t inet_wan_t1_s(const struct dhcp *client)
{
	return t1_of(client);
}

uint32_t inet_wan_t2_s(const struct dhcp *client)
{
	return t2_of(client);
}

void inet_wan_option(uint8_t option, uint8_t length_bytes, const struct pbuf *message,
		     uint16_t offset)
{
	uint32_t addresses[WAN_LEASE_DNS_MAX];
	uint32_t count = length_bytes / sizeof(addresses[0]);

	if (option != OPTION_DNS || length_bytes % sizeof(addresses[0]) != 0)
		return;
	if (count > WAN_LEASE_DNS_MAX)
		count = WAN_LEASE_DNS_MAX;
	uint16_t bytes = (uint16_t)(count * sizeof(addresses[0]));
	if (pbuf_copy_partial(message, addresses, bytes, offset) != bytes)
		return;
	wan.dns_count = count;
	for (uint32_t i = 0; i < count; i++)
		wan.dns[i] = lwip_ntohl(addresses[i]);
}

/* --- The client ------------------------------------------------------------------------------ */

static void client_begin(void)
{
	struct netif *netif = inet_netif_wan();

	if (netif_dhcp_data(netif) == NULL)
		dhcp_set_struct(netif, &wan.client);
	static_assert(sizeof(netif->hwaddr) == sizeof(wan.station.mac), "Ethernet");
	memcpy(netif->hwaddr, wan.station.mac, sizeof(netif->hwaddr));
	netif->hwaddr_len = sizeof(netif->hwaddr);
	netif_set_up(netif);
	wan.dns_count = 0;
	wan.running = dhcp_start(netif) == ERR_OK;
}

/* Ends it without a word to the server. */
static void client_drop(uint64_t start_at_us)
{
	if (wan.running) {
		wan.client.state = DHCP_STATE_INIT;
		dhcp_release_and_stop(inet_netif_wan());
	}
	inet_netif_wan_set(0, 0, 0);
	wan.running = false;
	wan.start_at_us = start_at_us;
}

static uint32_t seconds_between(uint64_t from_us, uint64_t to_us)
{
	uint64_t seconds = to_us > from_us ? (to_us - from_us) / SECOND_US : 0;
	return seconds < INFINITE_S ? (uint32_t)seconds : INFINITE_S;
}

/* In ticks from now; what is past is due with the next. */
static uint32_t ticks_left(uint64_t at_us, uint64_t now_us)
{
	return at_us == WAN_LEASE_NEVER ? 0 : seconds_between(now_us, at_us) + 1;
}

static void client_times_set(const struct wan_lease *lease, uint64_t now_us)
{
	struct dhcp *client = &wan.client;

	client->offered_t0_lease = lease->expires_us == WAN_LEASE_NEVER
					   ? INFINITE_S
					   : seconds_between(lease->bound_us, lease->expires_us);
	client->offered_t1_renew = seconds_between(lease->bound_us, lease->renew_us);
	client->offered_t2_rebind = seconds_between(lease->bound_us, lease->rebind_us);
	client->lease_used = seconds_between(lease->bound_us, now_us);
	if (client->offered_t0_lease != INFINITE_S)
		client->t0_timeout = inet_wan_t0_s(client);
	client->t1_timeout = client->offered_t1_renew;
	client->t2_timeout = client->offered_t2_rebind;
	client->t1_renew_time = ticks_left(lease->renew_us, now_us);
	client->t2_rebind_time = ticks_left(lease->rebind_us, now_us);
}

/*
 * Goes on with a lease as if there had been no death: lwIP is started on a link
 * that is down, so that it asks nobody, and put into the state it was in.
 */
static void client_resume(uint64_t now_us)
{
	struct netif *netif = inet_netif_wan();
	struct dhcp *client = &wan.client;
	const struct wan_lease *lease = &wan.lease;

	netif_clear_flags(netif, NETIF_FLAG_LINK_UP);
	client_begin();
	netif_set_flags(netif, NETIF_FLAG_LINK_UP);
	if (!wan.running)
		return;
	client->xid = inet_random_u32();
	client->state = DHCP_STATE_BOUND;
	client->flags |= DHCP_FLAG_SUBNET_MASK_GIVEN;
	ip_addr_set_ip4_u32(&client->server_ip_addr, lwip_htonl(lease->server));
	ip4_addr_set_u32(&client->offered_ip_addr, lwip_htonl(lease->address));
	client_times_set(lease, now_us);
	inet_netif_wan_set(lease->address, lease->prefix_bits, lease->gateway);
	wan.dns_count = lease->dns_count;
	memcpy(wan.dns, lease->dns, sizeof(wan.dns));
	wan.lease.state = WAN_LEASE_BOUND;
}

/* --- The lease ------------------------------------------------------------------------------- */

static enum wan_lease_state lease_state(void)
{
	if (!wan.running)
		return wan.conf.wan_dhcp ? WAN_LEASE_SELECTING : WAN_LEASE_OFF;
	switch (wan.client.state) {
	case DHCP_STATE_REQUESTING: return WAN_LEASE_REQUESTING;
	case DHCP_STATE_BOUND: return WAN_LEASE_BOUND;
	case DHCP_STATE_RENEWING: return WAN_LEASE_RENEWING;
	case DHCP_STATE_REBINDING: return WAN_LEASE_REBINDING;
	case DHCP_STATE_REBOOTING: return WAN_LEASE_REBOOTING;
	default: /* lwIP's others all look for a server */ return WAN_LEASE_SELECTING;
	}
}

/* 0, which no lease may have, if the mask has holes. */
static uint32_t prefix_of(uint32_t mask)
{
	uint32_t bits = (uint32_t)__builtin_popcount(mask);

	return mask == (bits == 0 ? 0 : ~0u << (32 - bits)) ? bits : 0;
}

static uint64_t time_after(uint64_t from_us, uint32_t seconds)
{
	return seconds == INFINITE_S ? WAN_LEASE_NEVER : from_us + (uint64_t)seconds * SECOND_US;
}

/* The server has just said yes. */
static void lease_take(struct wan_lease *lease, uint64_t now_us)
{
	const struct netif *netif = inet_netif_wan();
	struct dhcp *client = &wan.client;

	lease->address = lwip_ntohl(netif_ip4_addr(netif)->addr);
	lease->prefix_bits = prefix_of(lwip_ntohl(netif_ip4_netmask(netif)->addr));
	lease->gateway = lwip_ntohl(netif_ip4_gw(netif)->addr);
	lease->server = lwip_ntohl(ip_2_ip4(&client->server_ip_addr)->addr);
	lease->dns_count = wan.dns_count;
	memcpy(lease->dns, wan.dns, sizeof(lease->dns));
	lease->bound_us = now_us;
	lease->renew_us = time_after(now_us, t1_of(client));
	lease->rebind_us = time_after(now_us, t2_of(client));
	lease->expires_us = time_after(now_us, client->offered_t0_lease);
	if (client->offered_t0_lease == INFINITE_S)
		client->t0_timeout = 0; /* lwIP would keep that of the lease before */
}

/* What the client has come to since the last look. */
static struct wan_lease lease_look(uint64_t now_us)
{
	uint32_t address = lwip_ntohl(netif_ip4_addr(inet_netif_wan())->addr);
	struct wan_lease lease = { 0 };

	if (wan.running && address != 0)
		lease = wan.lease;
	lease.state = lease_state();
	memcpy(lease.mac, wan.station.mac, sizeof(lease.mac));
	if (wan.running && address != 0 && lease.state == WAN_LEASE_BOUND &&
	    (wan.lease.state != WAN_LEASE_BOUND || wan.lease.address != address))
		lease_take(&lease, now_us);
	return lease;
}

static bool overlaps_lan(const struct wan_lease *lease)
{
	const struct netconf_interface *lan = &wan.conf.lan;
	uint32_t bits =
		lan->prefix_bits < lease->prefix_bits ? lan->prefix_bits : lease->prefix_bits;

	return lan->address != 0 &&
	       (bits == 0 || (lan->address ^ lease->address) >> (32 - bits) == 0);
}

static void lease_changes_tell(const struct wan_lease *lease)
{
	uint32_t a = lease->address;

	if (a == wan.lease.address)
		return;
	if (a == 0)
		log_notice("the WAN has no address any more");
	else
		log_notice("the WAN has the address %u.%u.%u.%u/%u", a >> 24, a >> 16 & 255,
			   a >> 8 & 255, a & 255, lease->prefix_bits);
}

static bool lease_commit(struct wan_lease *lease)
{
	const size_t head = offsetof(struct wan_lease, state);

	if (memcmp((const uint8_t *)lease + head, (const uint8_t *)&wan.lease + head,
		   sizeof(*lease) - head) == 0 &&
	    wan.region->copies[0].version != 0)
		return false;
	lease_changes_tell(lease);
	wan_lease_write(wan.region, lease);
	wan.lease = *lease;
	inet_netif_wan_changed();
	return true;
}

/* --- The interface ---------------------------------------------------------------------------- */

void inet_wan_init(struct wan_lease_region *region)
{
	memset(&wan.lease, 0, sizeof(wan.lease));
	memset(&wan.conf, 0, sizeof(wan.conf));
	memset(&wan.station, 0, sizeof(wan.station));
	wan.region = region;
	wan.configured = false;
	wan.running = false;
	wan.start_at_us = 0;
	(void)wan_lease_update(region, &wan.lease);
}

void inet_wan_configure(const struct inet_netconf *conf, uint64_t now_us)
{
	wan.conf = *conf;
	wan.configured = true;
	if (!conf->wan_dhcp) {
		if (wan.running)
			dhcp_release_and_stop(inet_netif_wan());
		wan.running = false;
		return;
	}
	if (wan.running)
		return;
	inet_netif_wan_set(0, 0, 0);
	if (!wan_lease_is_held(&wan.lease, now_us) || overlaps_lan(&wan.lease))
		return;
	memcpy(wan.station.mac, wan.lease.mac, sizeof(wan.station.mac));
	client_resume(now_us);
}

void inet_wan_station_set(const struct inet_wan_station *station, uint64_t now_us)
{
	struct inet_wan_station before = wan.station;

	if (!station->known)
		return;
	wan.station = *station;
	if (!wan.running)
		return;
	if (memcmp(before.mac, station->mac, sizeof(before.mac)) != 0)
		client_drop(now_us);
	else if (before.known && !before.link_up && station->link_up)
		dhcp_network_changed_link_up(inet_netif_wan()); /* perhaps to another network */
}

bool inet_wan_has_client(void)
{
	return wan.configured && (wan.conf.wan_dhcp || wan.running);
}

bool inet_wan_work(uint64_t now_us)
{
	if (!wan.configured)
		return false; /* and the lease of a former life stays as it is */
	if (wan.conf.wan_dhcp && !wan.running && wan.station.known && now_us >= wan.start_at_us)
		client_begin();
	struct wan_lease lease = lease_look(now_us);
	if (lease.address != 0 && now_us >= lease.expires_us) {
		uint64_t soonest_us = lease.bound_us + SHORTEST_US;
		client_drop(soonest_us > now_us ? soonest_us : now_us);
		lease = lease_look(now_us);
	} else if (lease.address != 0 && (!wan_lease_is_sane(&lease) || overlaps_lan(&lease))) {
		log_warning("a lease is refused: no host's address, or one of the LAN's");
		client_drop(now_us + REFUSED_WAIT_US);
		lease = lease_look(now_us);
	}
	return lease_commit(&lease);
}
