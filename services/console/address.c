/* See address.h. */
#include "services/console/address.h"

#include <stdio.h>
#include <string.h>

struct address_text address_ipv4(uint32_t address)
{
	struct address_text result;

	(void)snprintf(result.text, sizeof(result.text), "%u.%u.%u.%u", address >> 24,
		       address >> 16 & 255, address >> 8 & 255, address & 255);
	return result;
}

struct address_text address_network(uint32_t address, uint32_t mask)
{
	struct address_text result = address_ipv4(address);
	size_t length = strlen(result.text);
	char *end = result.text + length;

	if (mask == 0)
		(void)snprintf(result.text, sizeof(result.text), "any");
	else if ((~mask & (~mask + 1)) == 0)
		(void)snprintf(end, sizeof(result.text) - length, "/%d",
			       32 - (mask == UINT32_MAX ? 0 : 32 - __builtin_clz(~mask)));
	else
		(void)snprintf(end, sizeof(result.text) - length, "/%08x", mask);
	return result;
}

struct address_text address_mac(const uint8_t mac[6])
{
	struct address_text result;

	(void)snprintf(result.text, sizeof(result.text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
		       mac[1], mac[2], mac[3], mac[4], mac[5]);
	return result;
}

struct address_text address_protocol(uint8_t protocol)
{
	struct address_text result;
	const char *name = protocol == 0    ? "any"
			   : protocol == 1  ? "icmp"
			   : protocol == 6  ? "tcp"
			   : protocol == 17 ? "udp"
					    : NULL;

	if (name != NULL)
		(void)snprintf(result.text, sizeof(result.text), "%s", name);
	else
		(void)snprintf(result.text, sizeof(result.text), "%u", protocol);
	return result;
}
