/* Addresses, networks and ports as a configuration writes them. Pure. */
#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct ipv4_network {
	uint32_t address;     /* host byte order */
	uint32_t prefix_bits; /* 0 to 32 */
};

struct port_range {
	uint16_t low, high;
};

#define MAC_BYTES 6

/* NULL, or what is wrong with `text` as such. */
const char *address_parse(const char *text, uint32_t *address);       /* 192.168.1.1 */
const char *interface_parse(const char *text, struct ipv4_network *); /* 192.168.1.1/24 */
const char *network_parse(const char *text, struct ipv4_network *);   /* 192.168.1.0/24 */
const char *ports_parse(const char *text, struct port_range *);       /* 80, 8000-8010 */
const char *mac_parse(const char *text, uint8_t mac[MAC_BYTES]);      /* 52:54:00:12:34:56 */
const char *label_check(const char *text);                            /* printer-2 */

/* RFC 1122, 3.2.1.3: addresses that no host has. */
bool address_is_of_no_host(uint32_t address);

uint32_t network_mask(uint32_t prefix_bits);
bool networks_overlap(const struct ipv4_network *, const struct ipv4_network *);
/* Neither the network's own address nor its broadcast address, but in it. */
bool network_has_host(const struct ipv4_network *network, uint32_t address);

#endif
