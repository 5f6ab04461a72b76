#include "services/config/address.h"

#include <stddef.h>
#include <string.h>

/* Reads a decimal number of at most `digits_max` digits; 0 in front only if it is alone. */
static bool number_read(const char **at, unsigned digits_max, uint32_t *number)
{
	const char *begin = *at;
	uint32_t value = 0;

	while (**at >= '0' && **at <= '9' && (unsigned)(*at - begin) < digits_max)
		value = value * 10 + (uint32_t)(*(*at)++ - '0');
	*number = value;
	return *at != begin && (begin[0] != '0' || *at - begin == 1);
}

static const char *dotted_read(const char **at, uint32_t *address)
{
	*address = 0;
	for (int i = 0; i < 4; i++) {
		uint32_t byte;

		if (i != 0 && *(*at)++ != '.')
			return "is no IPv4 address such as 192.168.1.1";
		if (!number_read(at, 3, &byte))
			return "is no IPv4 address such as 192.168.1.1";
		if (byte > 255)
			return "has a number over 255 in its address";
		*address = *address << 8 | byte;
	}
	return NULL;
}

const char *address_parse(const char *text, uint32_t *address)
{
	const char *wrong = dotted_read(&text, address);

	if (wrong == NULL && *text != 0)
		wrong = "has more behind the address";
	return wrong;
}

static const char *prefix_read(const char **at, uint32_t *prefix_bits)
{
	if (*(*at)++ != '/' || !number_read(at, 2, prefix_bits))
		return "needs the network's length, such as /24";
	if (*prefix_bits > 32)
		return "has a network's length over /32";
	return **at == 0 ? NULL : "has more behind the network's length";
}

uint32_t network_mask(uint32_t prefix_bits)
{
	return prefix_bits == 0 ? 0 : ~0u << (32 - prefix_bits);
}

bool address_is_of_no_host(uint32_t address)
{
	uint32_t first = address >> 24;

	return first == 0 || first == 127 || first >= 224;
}

const char *interface_parse(const char *text, struct ipv4_network *network)
{
	const char *wrong = dotted_read(&text, &network->address);

	if (wrong == NULL)
		wrong = prefix_read(&text, &network->prefix_bits);
	if (wrong != NULL)
		return wrong;
	if (address_is_of_no_host(network->address))
		return "is not an address that a device can have";
	if (network->prefix_bits < 1 || network->prefix_bits > 30)
		return "has a network's length that is not /1 to /30";
	if (!network_has_host(network, network->address))
		return "is the first or the last address of its network, which no device can have";
	return NULL;
}

const char *network_parse(const char *text, struct ipv4_network *network)
{
	const char *wrong = dotted_read(&text, &network->address);

	network->prefix_bits = 32;
	if (wrong == NULL && *text != 0)
		wrong = prefix_read(&text, &network->prefix_bits);
	if (wrong != NULL)
		return wrong;
	if ((network->address & ~network_mask(network->prefix_bits)) != 0)
		return "is not the first address of a network of that length; for one device leave "
		       "the "
		       "length out";
	return NULL;
}

const char *ports_parse(const char *text, struct port_range *ports)
{
	uint32_t low, high;

	if (!number_read(&text, 5, &low))
		return "is no port or range of ports such as 8000-8010";
	high = low;
	if (*text == '-') {
		text++;
		if (!number_read(&text, 5, &high))
			return "is no range of ports such as 8000-8010";
	}
	if (*text != 0)
		return "is no port or range of ports such as 8000-8010";
	if (low > UINT16_MAX || high > UINT16_MAX)
		return "has a port over 65535";
	if (low > high)
		return "is a range that ends before it begins";
	*ports = (struct port_range){ (uint16_t)low, (uint16_t)high };
	return NULL;
}

bool networks_overlap(const struct ipv4_network *one, const struct ipv4_network *other)
{
	uint32_t bits =
		one->prefix_bits < other->prefix_bits ? one->prefix_bits : other->prefix_bits;

	return ((one->address ^ other->address) & network_mask(bits)) == 0;
}

bool network_has_host(const struct ipv4_network *network, uint32_t address)
{
	uint32_t mask = network_mask(network->prefix_bits);

	return ((network->address ^ address) & mask) == 0 && (address & ~mask) != 0 &&
	       (address | mask) != ~0u;
}

static int hex_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

const char *mac_parse(const char *text, uint8_t mac[MAC_BYTES])
{
	static const char wrong[] = "is no MAC address such as 52:54:00:12:34:56";

	for (unsigned i = 0; i < MAC_BYTES; i++, text += 2) {
		if (i > 0 && *text++ != ':')
			return wrong;
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0)
			return wrong;
		mac[i] = (uint8_t)(high * 16 + low);
	}
	if (*text != 0)
		return wrong;
	return mac[0] & 1 ? "is the address of a group, not of one device" : NULL;
}

/* RFC 1123, 2.1. */
const char *label_check(const char *text)
{
	size_t length = strlen(text);

	if (length == 0)
		return "is no name: it is empty";
	if (text[0] == '-' || text[length - 1] == '-')
		return "is no name: it may not begin or end with a hyphen";
	for (; *text != 0; text++) {
		bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
		if (!letter && !(*text >= '0' && *text <= '9') && *text != '-')
			return "is no name: letters, digits and hyphens only";
	}
	return NULL;
}
