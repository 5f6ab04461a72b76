#include "services/config/address.h"
#include "services/config/compile.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

/* IANA's numbers of protocols */
#define PROTOCOL_ANY  0
#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP  6
#define PROTOCOL_UDP  17

static const cJSON *member(const cJSON *rule, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(rule, key);
}

static uint8_t zone_of(const cJSON *zone)
{
	const char *word = cJSON_GetStringValue(zone);

	if (word == NULL || strcmp(word, "any") == 0)
		return ZONE_ANY;
	if (strcmp(word, "lan") == 0)
		return ZONE_LAN;
	return strcmp(word, "wan") == 0 ? ZONE_WAN : ZONE_HOST;
}

static uint8_t protocol_of(const cJSON *protocol)
{
	const char *word = cJSON_GetStringValue(protocol);

	if (cJSON_IsNumber(protocol))
		return (uint8_t)protocol->valueint;
	if (word == NULL || strcmp(word, "any") == 0)
		return PROTOCOL_ANY;
	if (strcmp(word, "tcp") == 0)
		return PROTOCOL_TCP;
	return strcmp(word, "udp") == 0 ? PROTOCOL_UDP : PROTOCOL_ICMP;
}

static void network_compile(const cJSON *network, uint32_t *address, uint32_t *mask)
{
	const char *text = cJSON_GetStringValue(network);
	struct ipv4_network parsed;

	*address = *mask = 0;
	if (text == NULL || network_parse(text, &parsed) != NULL)
		return;
	*address = parsed.address;
	*mask = network_mask(parsed.prefix_bits);
}

static void ports_compile(const cJSON *ports, uint16_t *low, uint16_t *high)
{
	struct port_range range = { 0, UINT16_MAX };

	if (cJSON_IsNumber(ports))
		range.low = range.high = (uint16_t)ports->valueint;
	else if (cJSON_IsString(ports) && ports_parse(ports->valuestring, &range) != NULL)
		range = (struct port_range){ 0, UINT16_MAX };
	*low = range.low;
	*high = range.high;
}

/* Ports of a protocol that has none would match nothing, which nobody means. */
static bool ports_have_protocol(const cJSON *rule, unsigned number, uint8_t protocol,
				struct refusal *refusal)
{
	static const char *const keys[] = { "source_port", "destination_port" };
	char path[REFUSAL_PATH_BYTES];

	if (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP)
		return true;
	for (unsigned i = 0; i < 2; i++) {
		if (member(rule, keys[i]) == NULL)
			continue;
		snprintf(path, sizeof(path), "/rules/%u/%s", number, keys[i]);
		return refuse(refusal, path, "needs 'protocol' to be 'tcp' or 'udp'");
	}
	return true;
}

bool compile_rule(const cJSON *rule, unsigned number, struct netconf_rule *out,
		  struct refusal *refusal)
{
	const char *action = cJSON_GetStringValue(member(rule, "action"));

	*out = (struct netconf_rule){ .number = number };
	out->action = action != NULL && strcmp(action, "allow") == 0 ? RULE_ALLOW : RULE_DENY;
	out->from_zone = zone_of(member(rule, "from"));
	out->to_zone = zone_of(member(rule, "to"));
	out->protocol = protocol_of(member(rule, "protocol"));
	network_compile(member(rule, "source"), &out->source, &out->source_mask);
	network_compile(member(rule, "destination"), &out->destination, &out->destination_mask);
	ports_compile(member(rule, "source_port"), &out->source_port_low, &out->source_port_high);
	ports_compile(member(rule, "destination_port"), &out->destination_port_low,
		      &out->destination_port_high);
	return ports_have_protocol(rule, number, out->protocol, refusal);
}
