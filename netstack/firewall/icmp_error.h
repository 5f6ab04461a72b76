/* The ICMP errors that the firewall sends: RFC 1812, 4.3.2. */
#ifndef FIREWALL_ICMP_ERROR_H
#define FIREWALL_ICMP_ERROR_H

#include "netstack/firewall/fw.h"

/*
 * Tells the source of `p`, which is as it was received, of an error, unless the rules of RFC 1812,
 * 4.3.2.7 or the rate limit forbid it. The error lies in the queue then. `mtu_bytes`: for
 * ICMP_UNREACHABLE_FRAGMENTATION only.
 */
void icmp_error_send(struct firewall *fw, const struct packet *p, uint8_t type, uint8_t code,
		     uint16_t mtu_bytes);

#endif
