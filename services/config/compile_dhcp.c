/* The DHCP server and the name server: see compile.h. */
#include "services/config/address.h"
#include "services/config/compile.h"
#include "services/config/member.h"

#include <stdio.h>
#include <string.h>

#define POOL_FIRST 100u /* the factory default: .100 to .199 of the last 256 addresses' block */
#define POOL_LAST  199u
#define BLOCK_BITS 24u

static struct ipv4_network lan_of(const struct netconf *netconf)
{
	return (struct ipv4_network){ netconf->lan.address, netconf->lan.prefix_bits };
}

/* .100 to .199 beside the LAN address; all of a smaller network. */
static void pool_default(struct netconf *netconf)
{
	uint32_t bits = netconf->lan.prefix_bits;
	uint32_t mask = network_mask(bits < BLOCK_BITS ? BLOCK_BITS : bits);
	uint32_t block = netconf->lan.address & mask;

	netconf->dhcp.first = bits <= BLOCK_BITS ? block + POOL_FIRST : block + 1;
	netconf->dhcp.last = bits <= BLOCK_BITS ? block + POOL_LAST : (block | ~mask) - 1;
}

static bool pool_compile(const cJSON *dhcp, struct netconf *netconf, struct refusal *refusal)
{
	const char *first = member_text(dhcp, "first"), *last = member_text(dhcp, "last");
	const struct ipv4_network lan = lan_of(netconf);
	struct netconf_dhcp *out = &netconf->dhcp;

	pool_default(netconf);
	if (first != NULL && address_parse(first, &out->first) == NULL &&
	    !network_has_host(&lan, out->first))
		return refuse(refusal, "/lan/dhcp/first",
			      "is no host of the network of lan.address");
	if (last != NULL && address_parse(last, &out->last) == NULL &&
	    !network_has_host(&lan, out->last))
		return refuse(refusal, "/lan/dhcp/last",
			      "is no host of the network of lan.address");
	if (out->enabled == 0)
		return true;
	if (out->last < out->first)
		return refuse(refusal, "/lan/dhcp", "the pool's last address is before its first");
	if (out->last - out->first >= NETCONF_POOL_MAX)
		return refuse(refusal, "/lan/dhcp", "the pool has more than %u addresses",
			      NETCONF_POOL_MAX);
	return true;
}

static bool is_repeated(const struct netconf_dhcp *dhcp, unsigned count)
{
	const struct netconf_reservation *last = &dhcp->reservations[count];

	for (unsigned i = 0; i < count; i++) {
		const struct netconf_reservation *other = &dhcp->reservations[i];
		if (other->address == last->address ||
		    memcmp(other->mac, last->mac, sizeof(last->mac)) == 0 ||
		    (last->name[0] != 0 && strcmp(other->name, last->name) == 0))
			return true;
	}
	return false;
}

static bool reservation_compile(const cJSON *item, unsigned number, struct netconf *netconf,
				struct refusal *refusal)
{
	struct netconf_reservation *out = &netconf->dhcp.reservations[number];
	const char *mac = member_text(item, "mac"), *address = member_text(item, "address");
	const struct ipv4_network lan = lan_of(netconf);
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/lan/dhcp/reservations/%u", number);
	if (mac == NULL || mac_parse(mac, out->mac) != NULL || address == NULL ||
	    address_parse(address, &out->address) != NULL)
		return refuse(refusal, path, "needs a MAC address and an address");
	member_label_take(item, "name", out->name, sizeof(out->name));
	if (out->address == netconf->lan.address || !network_has_host(&lan, out->address))
		return refuse(refusal, path, "its address is no other host of the LAN network");
	if (is_repeated(&netconf->dhcp, number))
		return refuse(refusal, path,
			      "its MAC address, address or name stands there before");
	return true;
}

bool compile_dhcp(const cJSON *dhcp, struct netconf *netconf, struct refusal *refusal)
{
	const cJSON *item;
	struct netconf_dhcp *out = &netconf->dhcp;
	int32_t lease_s = (int32_t)out->lease_s;

	member_flag_take(dhcp, "enabled", &out->enabled);
	member_number_take(dhcp, "lease_time", &lease_s);
	out->lease_s = (uint32_t)lease_s;
	out->reservation_count = 0;
	memset(out->reservations, 0, sizeof(out->reservations));
	if (!pool_compile(dhcp, netconf, refusal))
		return false;
	cJSON_ArrayForEach(item, member_of(dhcp, "reservations"))
	{
		if (out->reservation_count == NETCONF_RESERVATIONS_MAX)
			return refuse(refusal, "/lan/dhcp/reservations", "has more than %d entries",
				      NETCONF_RESERVATIONS_MAX);
		if (!reservation_compile(item, out->reservation_count, netconf, refusal))
			return false;
		out->reservation_count++;
	}
	return true;
}

static bool upstreams_compile(const cJSON *list, struct netconf *netconf, struct refusal *refusal)
{
	struct netconf_dns *out = &netconf->dns;
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		const char *text = cJSON_GetStringValue(item);
		uint32_t address;

		if (out->upstream_count == NETCONF_UPSTREAMS_MAX)
			return refuse(refusal, "/dns/upstreams", "has more than %d entries",
				      NETCONF_UPSTREAMS_MAX);
		if (text == NULL || address_parse(text, &address) != NULL || address == 0 ||
		    address == netconf->lan.address || address == netconf->wan.address)
			return refuse(refusal, "/dns/upstreams",
				      "names no other host: it would be asked in vain");
		out->upstreams[out->upstream_count++] = address;
	}
	return true;
}

/* Without upstreams the gateway is asked: providers' routers answer. By DHCP the lease names them.
 */
bool compile_dns(const cJSON *dns, struct netconf *netconf, struct refusal *refusal)
{
	struct netconf_dns *out = &netconf->dns;

	member_label_take(dns, "domain", out->domain, sizeof(out->domain));
	out->upstream_count = 0;
	memset(out->upstreams, 0, sizeof(out->upstreams));
	if (!upstreams_compile(member_of(dns, "upstreams"), netconf, refusal))
		return false;
	if (out->upstream_count == 0 && netconf->gateway != 0)
		out->upstreams[out->upstream_count++] = netconf->gateway;
	return true;
}
