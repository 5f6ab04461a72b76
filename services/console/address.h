/* IPv4 and MAC addresses as text. Pure. */
#ifndef CONSOLE_ADDRESS_H
#define CONSOLE_ADDRESS_H

#include <stdint.h>

struct address_text {
	char text[28]; /* "255.255.255.255/ff0000ff" and more */
};

/* Dotted decimal; `address` in host byte order. */
struct address_text address_ipv4(uint32_t address);
/* "192.168.1.0/24"; "any" for mask 0; a mask with holes is written out. */
struct address_text address_network(uint32_t address, uint32_t mask);
struct address_text address_mac(const uint8_t mac[6]);
/* "tcp", "udp", "icmp", "any" for 0, else the number. */
struct address_text address_protocol(uint8_t protocol);

#endif
