#include "netstack/firewall/route.h"

struct route route_find(const struct settings *settings, uint32_t destination)
{
	if (settings_is_own(settings, destination))
		return (struct route){ ZONE_HOST, destination, FW_MTU_BYTES };
	if (settings_on_interface(&settings->lan, destination))
		return (struct route){ ZONE_LAN, destination, settings->lan.mtu_bytes };
	if (settings_on_interface(&settings->wan, destination))
		return (struct route){ ZONE_WAN, destination, settings->wan.mtu_bytes };
	if (settings->gateway != 0)
		return (struct route){ ZONE_WAN, settings->gateway, settings->wan.mtu_bytes };
	return (struct route){ ZONE_NONE, 0, 0 };
}

/* Addresses that are nobody's: this network, loopback, class E; RFC 1122, 3.2.1.3. */
static bool is_nobody(uint32_t address)
{
	uint32_t first = address >> 24;

	return first == 0 || first == 127 || first >= 240;
}

enum fw_reason route_source_check(const struct settings *settings, const struct packet *p)
{
	uint32_t source = p->key.source;
	bool on_lan = settings_on_interface(&settings->lan, source);

	if (is_nobody(source) || route_is_multicast(source) || route_is_broadcast(settings, source))
		return DROP_IP_SOURCE;
	if (p->in_zone == ZONE_HOST)
		return settings_is_own(settings, source) ? FW_REASON_NONE : DROP_HOST_SOURCE;
	if (settings_is_own(settings, source) || on_lan != (p->in_zone == ZONE_LAN))
		return DROP_IP_SPOOFED;
	return FW_REASON_NONE;
}

enum fw_reason route_destination_check(const struct settings *settings, uint32_t destination)
{
	if (route_is_broadcast(settings, destination))
		return DROP_IP_BROADCAST;
	if (route_is_multicast(destination))
		return DROP_IP_MULTICAST;
	return is_nobody(destination) ? DROP_IP_DESTINATION : FW_REASON_NONE;
}
