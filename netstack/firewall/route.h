/* Where to: the LAN, the WAN, the appliance itself, or nowhere. */
#ifndef FIREWALL_ROUTE_H
#define FIREWALL_ROUTE_H

#include "netstack/firewall/packet.h"
#include "netstack/firewall/settings.h"

struct route {
	uint8_t zone; /* ZONE_NONE: no route */
	uint32_t next_hop;
	uint32_t mtu_bytes;
};

/* The route to a unicast address. */
struct route route_find(const struct settings *settings, uint32_t destination);

/* Can the packet's source address be where it comes from? RFC 1812, 5.3.7 and 5.3.8. */
enum fw_reason route_source_check(const struct settings *settings, const struct packet *p);

/* May the destination be forwarded or delivered to at all? RFC 1812, 5.3.7; RFC 2644. */
enum fw_reason route_destination_check(const struct settings *settings, uint32_t destination);

static inline bool route_is_broadcast(const struct settings *settings, uint32_t address)
{
	return address == IPV4_LIMITED_BROADCAST ||
	       settings_is_directed_broadcast(&settings->lan, address) ||
	       settings_is_directed_broadcast(&settings->wan, address);
}

static inline bool route_is_multicast(uint32_t address)
{
	return address >> 28 == 14;
}

#endif
