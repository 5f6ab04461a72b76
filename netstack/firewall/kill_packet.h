/*
 * In images for tests one packet kills the firewall, as a fault in its code
 * would that is not found yet: a UDP datagram over IPv4 without options whose
 * payload begins with these words. In others this is nothing.
 */
#ifndef FIREWALL_KILL_PACKET_H
#define FIREWALL_KILL_PACKET_H

#include <string.h>

#define KILL_PACKET_WORDS  "BULKHEAD-KILL-FIREWALL"
#define KILL_PACKET_OFFSET 42u /* Ethernet, IPv4, UDP */

static inline void kill_packet_obey(const unsigned char *frame, unsigned bytes)
{
#ifdef BULKHEAD_TEST_IMAGE
	if (bytes >= KILL_PACKET_OFFSET + sizeof(KILL_PACKET_WORDS) - 1 &&
	    memcmp(frame + KILL_PACKET_OFFSET, KILL_PACKET_WORDS, sizeof(KILL_PACKET_WORDS) - 1) ==
		    0)
		__builtin_trap();
#else
	(void)frame;
	(void)bytes;
#endif
}

#endif
