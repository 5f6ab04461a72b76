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

/* With the address, as it may be one that stands nowhere. */
static bool pool_refuse(struct refusal *refusal, const char *end, uint32_t address,
			const char *wrong)
{
	return refuse(refusal, end, "%u.%u.%u.%u %s", (unsigned)address >> 24,
		      (unsigned)address >> 16 & 255u, (unsigned)address >> 8 & 255u,
		      (unsigned)address & 255u, wrong);
}

/* Also what is left out is checked: the usual end may not go with the one that is given. */
static bool pool_check(const struct netconf *netconf, struct refusal *refusal)
{
	static const char outside[] = "is not an address of a device in the LAN's network "
				      "(lan.address)";
	const struct ipv4_network lan = lan_of(netconf);
	const struct netconf_dhcp *pool = &netconf->dhcp;

	if (!network_has_host(&lan, pool->first))
		return pool_refuse(refusal, "/lan/dhcp/first", pool->first, outside);
	if (!network_has_host(&lan, pool->last))
		return pool_refuse(refusal, "/lan/dhcp/last", pool->last, outside);
	if (pool->enabled == 0)
		return true;
	if (pool->last < pool->first)
		return pool_refuse(refusal, "/lan/dhcp/last", pool->last,
				   "is before the pool's first address");
	if (pool->last - pool->first >= NETCONF_POOL_MAX)
		return pool_refuse(refusal, "/lan/dhcp/last", pool->last,
				   "is too far from the pool's first address: 128 at most");
	return true;
}

_Static_assert(NETCONF_POOL_MAX == 128, "pool_check says so");

static bool pool_compile(const cJSON *dhcp, struct netconf *netconf, struct refusal *refusal)
{
	const char *first = member_text(dhcp, "first"), *last = member_text(dhcp, "last");

	pool_default(netconf);
	if (first != NULL)
		(void)address_parse(first, &netconf->dhcp.first);
	if (last != NULL)
		(void)address_parse(last, &netconf->dhcp.last);
	return pool_check(netconf, refusal);
}

static bool reservation_refuse(struct refusal *refusal, unsigned number, const char *key,
			       const char *reason)
{
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/lan/dhcp/reservations/%u/%s", number, key);
	return refuse(refusal, path, "%s", reason);
}

/* Against those before it. */
static bool repeated_check(const struct netconf_dhcp *dhcp, unsigned number,
			   struct refusal *refusal)
{
	const struct netconf_reservation *last = &dhcp->reservations[number];

	for (unsigned i = 0; i < number; i++) {
		const struct netconf_reservation *other = &dhcp->reservations[i];

		if (memcmp(other->mac, last->mac, sizeof(last->mac)) == 0)
			return reservation_refuse(refusal, number, "mac",
						  "has a reservation before this one");
		if (other->address == last->address)
			return reservation_refuse(refusal, number, "address",
						  "is reserved for another device before");
		if (last->name[0] != 0 && strcmp(other->name, last->name) == 0)
			return reservation_refuse(refusal, number, "name",
						  "is another device's name before");
	}
	return true;
}

static bool reservation_compile(const cJSON *item, unsigned number, struct netconf *netconf,
				struct refusal *refusal)
{
	struct netconf_reservation *out = &netconf->dhcp.reservations[number];
	const char *mac = member_text(item, "mac"), *address = member_text(item, "address");
	const struct ipv4_network lan = lan_of(netconf);

	if (mac == NULL || mac_parse(mac, out->mac) != NULL)
		return reservation_refuse(refusal, number, "mac", "is no MAC address");
	if (address == NULL || address_parse(address, &out->address) != NULL ||
	    !network_has_host(&lan, out->address))
		return reservation_refuse(
			refusal, number, "address",
			"is not an address of a device in the LAN's network (lan.address)");
	if (out->address == netconf->lan.address)
		return reservation_refuse(refusal, number, "address", "is the appliance itself");
	member_label_take(item, "name", out->name, sizeof(out->name));
	return repeated_check(&netconf->dhcp, number, refusal);
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

static bool upstream_check(const struct netconf *netconf, unsigned number, uint32_t address,
			   struct refusal *refusal)
{
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/dns/upstreams/%u", number);
	if (address_is_of_no_host(address))
		return refuse(refusal, path, "is not an address that a device can have");
	if (address == netconf->lan.address || address == netconf->wan.address)
		return refuse(refusal, path,
			      "is the appliance itself, which would ask in a circle");
	return true;
}

static bool upstreams_compile(const cJSON *list, struct netconf *netconf, struct refusal *refusal)
{
	struct netconf_dns *out = &netconf->dns;
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		const char *text = cJSON_GetStringValue(item);
		uint32_t address = 0;

		if (out->upstream_count == NETCONF_UPSTREAMS_MAX)
			return refuse(refusal, "/dns/upstreams", "has more than %d entries",
				      NETCONF_UPSTREAMS_MAX);
		if (text != NULL)
			(void)address_parse(text, &address);
		if (!upstream_check(netconf, out->upstream_count, address, refusal))
			return false;
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
