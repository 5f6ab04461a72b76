/*
 * lwIP's two network interfaces, "lan" and "wan": how packets get from and to
 * the queue, and which addresses are ours.
 */
#ifndef INET_NETIF_H
#define INET_NETIF_H

#include "netstack/inet/hostq.h"
#include "netstack/inet/netconf_reader.h"

struct netif;

enum inet_interface { /* in the descriptors' `interface` */
		      INET_LAN = 0,
		      INET_WAN = 1,
};

void inet_netif_init(struct hostq *q);
/* Sets addresses and default route; connections on addresses that stay live on. The WAN's only if
 * static. */
void inet_netif_configure(const struct inet_netconf *conf);
/* The interface "wan", for the DHCP client. */
struct netif *inet_netif_wan(void);
/* Its address and gateway, all 0: none. */
void inet_netif_wan_set(uint32_t address, uint32_t prefix_bits, uint32_t gateway);
/* After the DHCP client has changed the interface: the default route follows. */
void inet_netif_wan_changed(void);
/* Feeds lwIP one packet from the firewall, copying it. */
void inet_netif_input(const struct hostq_packet *packet);
/* True if `address` (host byte order) is one of our own, or 127.0.0.1. */
bool inet_netif_is_own(uint32_t address);
/* A packet found the queue full. */
bool inet_netif_is_full(void);
/* Then: has lwIP send again what it could not. */
void inet_netif_retry(void);

#endif
