/* Where each port belongs, and the addresses of LAN and WAN: see compile.h. */
#include "services/config/address.h"
#include "services/config/compile.h"
#include "services/config/member.h"

#include <stdio.h>
#include <string.h>

#define PORT_NONE NETQ_PORTS_MAX

/* --- Ports --------------------------------------------------------------- */

static uint32_t zone_of(const char *word)
{
	if (strcmp(word, "lan") == 0)
		return ZONE_LAN;
	return strcmp(word, "wan") == 0 ? ZONE_WAN : ZONE_NONE;
}

/* The port may be the WAN by default: then that is to be changed, too. */
static bool wan_refuse(struct refusal *refusal, unsigned one, unsigned other)
{
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/ports/port%u", other);
	return refuse(refusal, path,
		      "is the WAN, as port%u is; only one port can be, so put this one elsewhere",
		      one);
}

static bool ports_compile(const cJSON *ports, struct netconf *netconf, struct refusal *refusal)
{
	unsigned wan = PORT_NONE;

	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		char key[16];

		snprintf(key, sizeof(key), "port%u", port);
		const char *word = member_text(ports, key);
		if (word != NULL)
			netconf->zone[port] = zone_of(word);
		if (netconf->zone[port] != ZONE_WAN)
			continue;
		if (wan != PORT_NONE)
			return wan_refuse(refusal, wan, port);
		wan = port;
	}
	return true;
}

/* --- Addresses ----------------------------------------------------------- */

static void interface_compile(const cJSON *interface, struct netconf_interface *out)
{
	const char *text = member_text(interface, "address");
	struct ipv4_network network;

	if (text != NULL && interface_parse(text, &network) == NULL)
		*out = (struct netconf_interface){ network.address, network.prefix_bits };
}

static struct ipv4_network network_of(const struct netconf_interface *interface)
{
	return (struct ipv4_network){ interface->address, interface->prefix_bits };
}

static bool gateway_compile(const cJSON *wan, struct netconf *netconf, struct refusal *refusal)
{
	const char *text = member_text(wan, "gateway");
	struct ipv4_network network = network_of(&netconf->wan);

	if (text == NULL || address_parse(text, &netconf->gateway) != NULL)
		return true;
	if (netconf->gateway == netconf->wan.address)
		return refuse(refusal, "/wan/gateway", "is the appliance's own address");
	if (!network_has_host(&network, netconf->gateway))
		return refuse(
			refusal, "/wan/gateway",
			"is not an address of another device in the WAN's network (wan.address)");
	return true;
}

static bool wan_static_compile(const cJSON *wan, struct netconf *netconf, struct refusal *refusal)
{
	if (member_of(wan, "address") == NULL)
		return refuse(refusal, "/wan/address", "is missing, as 'mode' is static");
	interface_compile(wan, &netconf->wan);
	struct ipv4_network lan_network = network_of(&netconf->lan);
	struct ipv4_network wan_network = network_of(&netconf->wan);
	if (networks_overlap(&lan_network, &wan_network))
		return refuse(refusal, "/wan/address",
			      "its network overlaps the LAN's (lan.address)");
	return gateway_compile(wan, netconf, refusal);
}

static bool wan_dhcp_compile(const cJSON *wan, struct netconf *netconf, struct refusal *refusal)
{
	static const char *const keys[] = { "address", "gateway" };

	netconf->wan_mode = WAN_DHCP;
	for (unsigned i = 0; i < 2; i++)
		if (member_of(wan, keys[i]) != NULL)
			return refuse(refusal, i == 0 ? "/wan/address" : "/wan/gateway",
				      "comes from the provider, as 'mode' is dhcp");
	return true;
}

static bool wan_compile(const cJSON *wan, struct netconf *netconf, struct refusal *refusal)
{
	static const char *const modes[] = { "static", "dhcp" };

	if (wan == NULL)
		return true;
	netconf->wan = (struct netconf_interface){ 0 };
	netconf->gateway = 0;
	netconf->wan_mode = WAN_STATIC;
	if (member_word(wan, "mode", modes, 2, WAN_STATIC) == WAN_DHCP)
		return wan_dhcp_compile(wan, netconf, refusal);
	return wan_static_compile(wan, netconf, refusal);
}

bool compile_addresses(const cJSON *document, struct netconf *netconf, struct refusal *refusal)
{
	if (!ports_compile(member_of(document, "ports"), netconf, refusal))
		return false;
	interface_compile(member_of(document, "lan"), &netconf->lan);
	return wan_compile(member_of(document, "wan"), netconf, refusal);
}
