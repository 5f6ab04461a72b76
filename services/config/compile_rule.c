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

/* --- Values and lists of them -------------------------------------------- */

/* Any, if there is none. */
static struct netconf_network network_of(const cJSON *network)
{
	const char *text = cJSON_GetStringValue(network);
	struct ipv4_network parsed;

	if (text == NULL || network_parse(text, &parsed) != NULL)
		return (struct netconf_network){ 0, 0 };
	return (struct netconf_network){ parsed.address, network_mask(parsed.prefix_bits) };
}

static struct netconf_ports ports_of(const cJSON *ports)
{
	struct port_range range = { 0, UINT16_MAX };

	if (cJSON_IsNumber(ports))
		range.low = range.high = (uint16_t)ports->valueint;
	else if (cJSON_IsString(ports) && ports_parse(ports->valuestring, &range) != NULL)
		range = (struct port_range){ 0, UINT16_MAX };
	return (struct netconf_ports){ range.low, range.high };
}

/* Room for a list behind `*filled` of `most`. An empty list would match nothing, which nobody
 * means. */
static bool span_take(const cJSON *list, const char *path, uint32_t *filled, uint32_t most,
		      struct netconf_span *span, struct refusal *refusal)
{
	uint32_t count = (uint32_t)cJSON_GetArraySize(list);

	if (count == 0)
		return refuse(refusal, path, "is an empty list; leave it out if any will do");
	if (count > most - *filled)
		return refuse(refusal, path, "does not fit: all lists together may have %u entries",
			      (unsigned)most);
	*span = (struct netconf_span){ (uint16_t)*filled, (uint16_t)count };
	*filled += count;
	return true;
}

/* A network or a list of them: *one is the first. */
static bool networks_compile(const cJSON *value, const char *path, struct compiled *compiled,
			     struct netconf_span *span, struct netconf_network *one,
			     struct refusal *refusal)
{
	const cJSON *item;
	uint32_t at = compiled->filled.networks;

	*one = network_of(cJSON_IsArray(value) ? value->child : value);
	if (!cJSON_IsArray(value))
		return true;
	if (!span_take(value, path, &compiled->filled.networks, NETCONF_NETWORKS_MAX, span,
		       refusal))
		return false;
	cJSON_ArrayForEach(item, value) compiled->lists.networks[at++] = network_of(item);
	return true;
}

static bool ports_compile(const cJSON *value, const char *path, struct compiled *compiled,
			  struct netconf_span *span, struct netconf_ports *one,
			  struct refusal *refusal)
{
	const cJSON *item;
	uint32_t at = compiled->filled.ports;

	*one = ports_of(cJSON_IsArray(value) ? value->child : value);
	if (!cJSON_IsArray(value))
		return true;
	if (!span_take(value, path, &compiled->filled.ports, NETCONF_PORTS_MAX, span, refusal))
		return false;
	cJSON_ArrayForEach(item, value) compiled->lists.ports[at++] = ports_of(item);
	return true;
}

/* --- A rule -------------------------------------------------------------- */

static bool addresses_compile(const cJSON *rule, unsigned number, struct compiled *compiled,
			      struct refusal *refusal)
{
	struct netconf_rule_lists *lists = &compiled->lists.rules[number];
	struct netconf_rule *out = &compiled->net.rules[number];
	struct netconf_network source, destination;
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/rules/%u/source", number);
	if (!networks_compile(member(rule, "source"), path, compiled, &lists->source, &source,
			      refusal))
		return false;
	snprintf(path, sizeof(path), "/rules/%u/destination", number);
	if (!networks_compile(member(rule, "destination"), path, compiled, &lists->destination,
			      &destination, refusal))
		return false;
	out->source = source.address;
	out->source_mask = source.mask;
	out->destination = destination.address;
	out->destination_mask = destination.mask;
	return true;
}

static bool both_ports_compile(const cJSON *rule, unsigned number, struct compiled *compiled,
			       struct refusal *refusal)
{
	struct netconf_rule_lists *lists = &compiled->lists.rules[number];
	struct netconf_rule *out = &compiled->net.rules[number];
	struct netconf_ports source, destination;
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/rules/%u/source_port", number);
	if (!ports_compile(member(rule, "source_port"), path, compiled, &lists->source_port,
			   &source, refusal))
		return false;
	snprintf(path, sizeof(path), "/rules/%u/destination_port", number);
	if (!ports_compile(member(rule, "destination_port"), path, compiled,
			   &lists->destination_port, &destination, refusal))
		return false;
	out->source_port_low = source.low;
	out->source_port_high = source.high;
	out->destination_port_low = destination.low;
	out->destination_port_high = destination.high;
	return true;
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

bool compile_rule(const cJSON *rule, unsigned number, struct compiled *compiled,
		  struct refusal *refusal)
{
	const char *action = cJSON_GetStringValue(member(rule, "action"));
	struct netconf_rule *out = &compiled->net.rules[number];

	*out = (struct netconf_rule){ .number = (uint16_t)number };
	out->action = action != NULL && strcmp(action, "allow") == 0 ? RULE_ALLOW : RULE_DENY;
	out->from_zone = zone_of(member(rule, "from"));
	out->to_zone = zone_of(member(rule, "to"));
	out->protocol = protocol_of(member(rule, "protocol"));
	return addresses_compile(rule, number, compiled, refusal) &&
	       both_ports_compile(rule, number, compiled, refusal) &&
	       ports_have_protocol(rule, number, out->protocol, refusal);
}
