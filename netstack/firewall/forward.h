/* The way of an IP packet from checked to out. */
#ifndef FIREWALL_FORWARD_H
#define FIREWALL_FORWARD_H

#include "netstack/firewall/fw.h"

/* A packet that was parsed and is addressed to us as router, or comes from INET. */
struct fw_verdict forward_input(struct firewall *fw, struct packet *p, uint16_t interface);

/* An IP packet of our own making, in p->buffer: route it. */
struct fw_verdict forward_own(struct firewall *fw, struct packet *p);

/* To INET as it is, as received on the WAN: of no flow, and perhaps not for our address. */
struct fw_verdict forward_to_wan_host(const struct packet *p);

/* A broadcast of INET's, to the LAN or the WAN. */
struct fw_verdict forward_host_broadcast(struct firewall *fw, struct packet *p, uint16_t interface);

#endif
