/*
 * Config writes the copy that is not current and then switches, so a reader
 * that is overtaken twice sees a torn copy: the checksum tells.
 */
#include "netstack/inet/netconf_reader.h"

#include <string.h>

/* CRC-32 of IEEE 802.3, reflected, as zlib's; a configuration changes rarely. */
static uint32_t crc32(const uint8_t *bytes, size_t length_bytes)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < length_bytes; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static bool interface_is_sane(const struct netconf_interface *interface)
{
	return interface->prefix_bits <= 32;
}

static bool netconf_is_sane(const struct netconf *conf)
{
	const size_t head = sizeof(conf->crc32);

	return conf->crc32 == crc32((const uint8_t *)conf + head, sizeof(*conf) - head) &&
	       conf->version == NETCONF_VERSION && conf->wan_mode <= WAN_DHCP &&
	       interface_is_sane(&conf->lan) && interface_is_sane(&conf->wan);
}

enum status inet_netconf_read(const struct netconf_region *region, struct inet_netconf *conf)
{
	static struct netconf copy; /* too large for the stack */
	uint32_t current = netq_load(&region->current);

	if (current > 1 || region->copies[current].version == 0)
		return E_ABSENT;
	memcpy(&copy, &region->copies[current], sizeof(copy));
	if (!netconf_is_sane(&copy))
		return E_DAMAGED;
	*conf = (struct inet_netconf){ .lan = copy.lan,
				       .wan = copy.wan,
				       .gateway = copy.gateway,
				       .wan_dhcp = copy.wan_mode == WAN_DHCP,
				       .serial = copy.serial };
	for (size_t port = 0; port < NETQ_PORTS_MAX; port++)
		conf->zone[port] = (uint8_t)copy.zone[port];
	return OK;
}
