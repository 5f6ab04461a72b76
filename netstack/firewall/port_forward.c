#include "netstack/firewall/port_forward.h"

#include "netstack/wire/ipv4.h"

const struct netconf_forward *port_forward_find(const struct settings *settings,
						const union conn_key *key)
{
	if (key->destination != settings->wan.address || settings->wan.address == 0 ||
	    key->zone == ZONE_HOST)
		return NULL;
	for (uint32_t i = 0; i < settings->forward_count; i++) {
		const struct netconf_forward *forward = &settings->forwards[i];

		if (forward->protocol == key->protocol &&
		    forward->port_low <= key->destination_port &&
		    key->destination_port <= forward->port_high)
			return forward;
	}
	return NULL;
}

static bool ports_are_sound(const struct netconf_forward *forward)
{
	return forward->port_low >= 1 && forward->port_low <= forward->port_high &&
	       forward->inside_low >= 1 &&
	       forward->inside_low + (forward->port_high - forward->port_low) <= 65535;
}

static bool is_lan_host(const struct settings_interface *lan, uint32_t address)
{
	return settings_on_interface(lan, address) && (address & ~lan->mask) != 0 &&
	       (address | lan->mask) != ~0u && address != lan->address;
}

static bool overlaps_another(const struct settings *settings, const struct netconf_forward *forward)
{
	for (uint32_t i = 0; i < settings->forward_count; i++) {
		const struct netconf_forward *other = &settings->forwards[i];

		if (other->protocol == forward->protocol && other->port_low <= forward->port_high &&
		    forward->port_low <= other->port_high)
			return true;
	}
	return false;
}

static const char *forward_check(const struct settings *settings,
				 const struct netconf_forward *forward)
{
	if (forward->protocol != IPPROTO_TCP_NUMBER && forward->protocol != IPPROTO_UDP_NUMBER)
		return "a port forward is neither of TCP nor of UDP";
	if (forward->enabled > 1 || !ports_are_sound(forward))
		return "a port forward has a field out of its range";
	if (!is_lan_host(&settings->lan, forward->address))
		return "a port forward leads to no host of the LAN";
	if (forward->enabled == 1 && overlaps_another(settings, forward))
		return "two port forwards overlap";
	return NULL;
}

const char *port_forwards_load(struct settings *settings, const struct netconf *netconf)
{
	const char *wrong = NULL;

	if (netconf->forward_count > NETCONF_FORWARDS_MAX)
		return "more port forwards than there can be";
	for (uint32_t i = 0; i < netconf->forward_count && wrong == NULL; i++) {
		const struct netconf_forward *forward = &netconf->forwards[i];

		wrong = forward_check(settings, forward);
		if (wrong == NULL && forward->enabled == 1)
			settings->forwards[settings->forward_count++] = *forward;
	}
	return wrong;
}
