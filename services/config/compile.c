#include "services/config/compile.h"

#include "services/config/address.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#define PORT_NONE NETQ_PORTS_MAX

static const char *text_of(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* --- Ports --------------------------------------------------------------- */

static uint32_t zone_of(const char *word)
{
	if (strcmp(word, "lan") == 0)
		return ZONE_LAN;
	return strcmp(word, "wan") == 0 ? ZONE_WAN : ZONE_NONE;
}

static bool ports_compile(const cJSON *ports, struct netconf *netconf, struct refusal *refusal)
{
	unsigned wan = PORT_NONE;

	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		char key[16];

		snprintf(key, sizeof(key), "port%u", port);
		const char *word = text_of(ports, key);
		if (word != NULL)
			netconf->zone[port] = zone_of(word);
		if (netconf->zone[port] != ZONE_WAN)
			continue;
		if (wan != PORT_NONE)
			return refuse(refusal, "ports", "port%u and port%u are both the WAN", wan,
				      port);
		wan = port;
	}
	return true;
}

/* --- Addresses ----------------------------------------------------------- */

static void interface_compile(const cJSON *interface, struct netconf_interface *out)
{
	const char *text = text_of(interface, "address");
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
	const char *text = text_of(wan, "gateway");
	struct ipv4_network network = network_of(&netconf->wan);

	if (text == NULL || address_parse(text, &netconf->gateway) != NULL)
		return true;
	if (netconf->gateway == netconf->wan.address)
		return refuse(refusal, "wan.gateway", "is the appliance's own address");
	if (!network_has_host(&network, netconf->gateway))
		return refuse(refusal, "wan.gateway", "is no host of the network of wan.address");
	return true;
}

static bool addresses_compile(const cJSON *document, struct netconf *netconf,
			      struct refusal *refusal)
{
	const cJSON *wan = cJSON_GetObjectItemCaseSensitive(document, "wan");

	interface_compile(cJSON_GetObjectItemCaseSensitive(document, "lan"), &netconf->lan);
	netconf->wan = (struct netconf_interface){ 0 };
	netconf->gateway = 0;
	if (wan == NULL)
		return true;
	interface_compile(wan, &netconf->wan);
	struct ipv4_network lan_network = network_of(&netconf->lan);
	struct ipv4_network wan_network = network_of(&netconf->wan);
	if (networks_overlap(&lan_network, &wan_network))
		return refuse(refusal, "wan.address", "its network overlaps the LAN's");
	return gateway_compile(wan, netconf, refusal);
}

/* --- Rules, and all of it ------------------------------------------------ */

static bool rules_compile(const cJSON *rules, struct netconf *netconf, struct refusal *refusal)
{
	const cJSON *rule;

	netconf->rule_count = 0;
	memset(netconf->rules, 0, sizeof(netconf->rules));
	cJSON_ArrayForEach(rule, rules)
	{
		uint32_t number = netconf->rule_count;

		if (number == NETCONF_RULES_MAX)
			return refuse(refusal, "rules", "has more than %d entries",
				      NETCONF_RULES_MAX);
		if (!compile_rule(rule, number, &netconf->rules[number], refusal))
			return false;
		netconf->rule_count++;
	}
	return true;
}

bool compile_document(const cJSON *document, struct netconf *netconf, struct refusal *refusal)
{
	const cJSON *nat = cJSON_GetObjectItemCaseSensitive(document, "nat");
	const cJSON *lan = cJSON_GetObjectItemCaseSensitive(document, "lan");

	netconf->version = NETCONF_VERSION;
	if (nat != NULL)
		netconf->nat = cJSON_IsTrue(nat) ? 1 : 0;
	return ports_compile(cJSON_GetObjectItemCaseSensitive(document, "ports"), netconf,
			     refusal) &&
	       addresses_compile(document, netconf, refusal) &&
	       compile_dhcp(cJSON_GetObjectItemCaseSensitive(lan, "dhcp"), netconf, refusal) &&
	       compile_dns(cJSON_GetObjectItemCaseSensitive(document, "dns"), netconf, refusal) &&
	       rules_compile(cJSON_GetObjectItemCaseSensitive(document, "rules"), netconf, refusal);
}
