#include "netstack/firewall/settings.h"

#include "netstack/firewall/port_forward.h"
#include "services/runtime/crc32.h"
#include "services/runtime/rule_lists.h"

#include <string.h>

static uint32_t prefix_mask(uint32_t bits)
{
	return bits == 0 ? 0 : ~0u << (32 - bits);
}

/* An address that one host may have: none of RFC 1122, 3.2.1.3's special ones. */
static bool address_is_host(uint32_t address)
{
	uint32_t first = address >> 24;

	return first != 0 && first != 127 && first < 224;
}

static const char *interface_load(struct settings_interface *out,
				  const struct netconf_interface *in, const char *wrong)
{
	uint32_t mask;

	*out = (struct settings_interface){ .mtu_bytes = FW_MTU_BYTES };
	if (in->address == 0)
		return NULL;
	/* 31 and 32 bits leave no room for a broadcast address and a second host */
	if (in->prefix_bits < 1 || in->prefix_bits > 30 || !address_is_host(in->address))
		return wrong;
	mask = prefix_mask(in->prefix_bits);
	if ((in->address & ~mask) == 0 || (in->address | mask) == ~0u)
		return wrong;
	out->address = in->address;
	out->mask = mask;
	return NULL;
}

static const char *zones_load(struct settings *settings, const struct netconf *netconf)
{
	settings->lan_first = FW_PORT_NONE;
	settings->wan_port = FW_PORT_NONE;
	settings->zone[FW_PORT_HOST] = ZONE_HOST;
	for (uint8_t port = 0; port < NETQ_PORTS_MAX; port++) {
		uint32_t zone = netconf->zone[port];

		if (zone != ZONE_NONE && zone != ZONE_LAN && zone != ZONE_WAN)
			return "a port's zone is neither none, lan nor wan";
		settings->zone[port] = (uint8_t)zone;
		if (zone == ZONE_LAN) {
			if (settings->lan_first == FW_PORT_NONE)
				settings->lan_first = port;
			settings->lan_ports |= 1u << port;
			settings->lan_port_count++;
		}
		if (zone == ZONE_WAN) {
			if (settings->wan_port != FW_PORT_NONE)
				return "more than one port is in zone wan";
			settings->wan_port = port;
		}
	}
	return NULL;
}

static bool rule_is_sound(const struct netconf_rule *rule)
{
	return (rule->action == RULE_DENY || rule->action == RULE_ALLOW) &&
	       rule->from_zone <= ZONE_ANY && rule->to_zone <= ZONE_ANY &&
	       rule->from_zone != ZONE_NONE && rule->to_zone != ZONE_NONE &&
	       rule->source_port_low <= rule->source_port_high &&
	       rule->destination_port_low <= rule->destination_port_high &&
	       (rule->source & ~rule->source_mask) == 0 &&
	       (rule->destination & ~rule->destination_mask) == 0;
}

static const char *rules_check(const struct netconf *netconf, const struct netconf_lists *lists)
{
	if (netconf->rule_count > NETCONF_RULES_MAX)
		return "more rules than there can be";
	for (uint32_t i = 0; i < netconf->rule_count; i++)
		if (!rule_is_sound(&netconf->rules[i]))
			return "a rule has a field out of its range";
	if (crc32_of(lists, sizeof *lists) != netconf->lists_crc32)
		return "wrong checksum of the lists";
	return rule_lists_check(lists, netconf->rule_count);
}

static const char *wan_load(struct settings *settings, const struct netconf_interface *interface,
			    uint32_t gateway)
{
	const struct settings_interface *lan = &settings->lan, *wan = &settings->wan;
	const char *wrong = interface_load(&settings->wan, interface, "the WAN address is not one");

	if (wrong != NULL)
		return wrong;
	if (settings_on_interface(lan, wan->address) || settings_on_interface(wan, lan->address))
		return "LAN and WAN overlap";
	if (gateway != 0 &&
	    (!settings_on_interface(wan, gateway) || settings_is_directed_broadcast(wan, gateway) ||
	     (gateway & ~wan->mask) == 0 || gateway == wan->address))
		return "the gateway is not a host of the WAN";
	settings->gateway = gateway;
	return NULL;
}

static const char *addresses_load(struct settings *settings, const struct netconf *netconf)
{
	const char *wrong =
		interface_load(&settings->lan, &netconf->lan, "the LAN address is not one");

	if (wrong != NULL)
		return wrong;
	if (netconf->wan_mode != WAN_STATIC && netconf->wan_mode != WAN_DHCP)
		return "the WAN's mode is neither static nor dhcp";
	settings->wan_dhcp = netconf->wan_mode == WAN_DHCP;
	if (settings->wan_dhcp && (netconf->wan.address != 0 || netconf->gateway != 0))
		return "the WAN has an address of its own and is to get one by DHCP";
	return wan_load(settings, &netconf->wan, netconf->gateway);
}

void settings_lease_apply(struct settings *settings, const struct settings_lease *lease)
{
	const struct netconf_interface none = { 0 };
	const struct netconf_interface leased = { lease->address, lease->prefix_bits };

	if (!settings->wan_dhcp)
		return;
	(void)wan_load(settings, &none, 0);
	if (lease->address != 0 && wan_load(settings, &leased, lease->gateway) != NULL)
		(void)wan_load(settings, &none, 0);
}

const char *settings_load(struct settings *settings, const struct netconf *netconf,
			  const struct netconf_lists *lists)
{
	static struct settings checked; /* too large for the stack */
	const uint8_t *body = (const uint8_t *)netconf + sizeof netconf->crc32;
	const char *wrong;

	memset(&checked, 0, sizeof checked);
	checked.rules = settings->rules;
	checked.nat = netconf->nat == 1;
	checked.serial = netconf->serial;
	if (netconf->version != NETCONF_VERSION)
		return "unknown version";
	if (crc32_of(body, sizeof *netconf - sizeof netconf->crc32) != netconf->crc32)
		return "wrong checksum";
	if (netconf->nat > 1)
		return "nat is neither 0 nor 1";
	wrong = zones_load(&checked, netconf);
	if (wrong == NULL)
		wrong = addresses_load(&checked, netconf);
	if (wrong == NULL)
		wrong = rules_check(netconf, lists);
	if (wrong == NULL)
		wrong = port_forwards_load(&checked, netconf);
	if (wrong != NULL)
		return wrong;
	/* Nothing is wrong any more: now the old ones may go. */
	rule_table_fill(settings->rules, netconf->rules, netconf->rule_count, lists);
	checked.valid = true;
	*settings = checked;
	return NULL;
}
