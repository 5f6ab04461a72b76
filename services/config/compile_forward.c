/* Port forwards: see compile.h. */
#include "services/config/address.h"
#include "services/config/compile.h"
#include "services/config/member.h"

#include <stdio.h>

#define PROTOCOL_TCP 6 /* IANA's numbers of protocols */
#define PROTOCOL_UDP 17

static bool forward_refuse(struct refusal *refusal, uint32_t number, const char *key,
			   const char *reason)
{
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/forwards/%u/%s", (unsigned)number, key);
	return refuse(refusal, path, "%s", reason);
}

static bool ports_take(const cJSON *item, struct netconf_forward *forward, struct refusal *refusal)
{
	const cJSON *ports = member_of(item, "port");
	struct port_range range = { 0, 0 };
	int32_t inside;

	if (cJSON_IsNumber(ports))
		range.low = range.high = (uint16_t)ports->valueint;
	else if (cJSON_IsString(ports) && ports_parse(ports->valuestring, &range) != NULL)
		return forward_refuse(refusal, forward->number, "port", "is no range of ports");
	if (range.low == 0)
		return forward_refuse(refusal, forward->number, "port", "there is no port 0");
	inside = range.low;
	member_number_take(item, "host_port", &inside);
	if (inside + (range.high - range.low) > UINT16_MAX)
		return forward_refuse(refusal, forward->number, "host_port",
				      "the range would end beyond port 65535");
	forward->port_low = range.low;
	forward->port_high = range.high;
	forward->inside_low = (uint16_t)inside;
	return true;
}

static bool host_take(const cJSON *item, const struct netconf *netconf,
		      struct netconf_forward *forward, struct refusal *refusal)
{
	const struct ipv4_network lan = { netconf->lan.address, netconf->lan.prefix_bits };
	const char *text = member_text(item, "host");

	if (text == NULL || address_parse(text, &forward->address) != NULL ||
	    !network_has_host(&lan, forward->address))
		return forward_refuse(
			refusal, forward->number, "host",
			"is not an address of a device in the LAN's network (lan.address)");
	if (forward->address == netconf->lan.address)
		return forward_refuse(
			refusal, forward->number, "host",
			"is the appliance itself; what it offers is opened by a rule to 'host'");
	return true;
}

static bool overlap(const struct netconf_forward *one, const struct netconf_forward *other)
{
	return one->enabled && other->enabled && one->protocol == other->protocol &&
	       one->port_low <= other->port_high && other->port_low <= one->port_high;
}

static bool forward_put(struct netconf *netconf, const struct netconf_forward *forward,
			struct refusal *refusal)
{
	char path[REFUSAL_PATH_BYTES];

	snprintf(path, sizeof(path), "/forwards/%u/port", (unsigned)forward->number);
	for (uint32_t i = 0; i < netconf->forward_count; i++)
		if (overlap(&netconf->forwards[i], forward))
			return refuse(refusal, path,
				      "the port forward /forwards/%u has a port of these already",
				      (unsigned)netconf->forwards[i].number);
	if (netconf->forward_count == NETCONF_FORWARDS_MAX)
		return refuse(refusal, path,
			      "there is room for %d port forwards, and 'both' counts twice",
			      NETCONF_FORWARDS_MAX);
	netconf->forwards[netconf->forward_count++] = *forward;
	return true;
}

static bool forward_compile(const cJSON *item, uint32_t number, struct netconf *netconf,
			    struct refusal *refusal)
{
	static const char *const words[] = { "tcp", "udp", "both" };
	unsigned protocols = member_word(item, "protocol", words, 3, 2);
	struct netconf_forward forward = { .number = number };
	uint32_t enabled = 1;

	member_flag_take(item, "enabled", &enabled);
	forward.enabled = (uint8_t)enabled;
	if (!ports_take(item, &forward, refusal) || !host_take(item, netconf, &forward, refusal))
		return false;
	forward.protocol = PROTOCOL_TCP;
	if (protocols != 1 && !forward_put(netconf, &forward, refusal))
		return false;
	forward.protocol = PROTOCOL_UDP;
	return protocols == 0 || forward_put(netconf, &forward, refusal);
}

bool compile_forwards(const cJSON *forwards, struct netconf *netconf, struct refusal *refusal)
{
	uint32_t number = 0;
	const cJSON *item;

	if (forwards == NULL)
		return true;
	netconf->forward_count = 0;
	memset(netconf->forwards, 0, sizeof(netconf->forwards));
	cJSON_ArrayForEach(item, forwards)
	{
		if (!forward_compile(item, number++, netconf, refusal))
			return false;
	}
	return true;
}
