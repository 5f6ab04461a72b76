/* The 64-bit multicast filter that RTL8139 and DP8390 have in common. Pure. */
#ifndef NET_MULTICAST_H
#define NET_MULTICAST_H

#include <stdint.h>

#define MULTICAST_FILTER_BYTES 8

/*
 * Sets the bit of an address: the upper six bits of its CRC-32, as Ethernet
 * computes it, number the bits of the filter from bit 0 of byte 0.
 * DP8390D datasheet, 10.3 "Multicast Address Registers".
 */
void multicast_filter_add(uint8_t filter[MULTICAST_FILTER_BYTES], const uint8_t address[6]);

#endif
