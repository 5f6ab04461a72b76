/*
 * Where lwIP asks INET: initial sequence numbers, which segments to take, ways for broadcasts;
 * and, of the DHCP client, times and options.
 */
#ifndef INET_HOOKS_H
#define INET_HOOKS_H

#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"

struct netif;
struct tcp_hdr;

uint32_t inet_tcp_isn(const ip_addr_t *local, uint16_t local_port, const ip_addr_t *remote,
		      uint16_t remote_port);
err_t inet_tcp_admit(struct tcp_pcb *pcb, const struct tcp_hdr *header, const struct pbuf *segment);
/* The interface for what `source` sends to `destination`; NULL: as lwIP would have it. */
struct netif *inet_netif_route(const ip4_addr_t *source, const ip4_addr_t *destination);

#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port)                                  \
	inet_tcp_isn(local, local_port, remote, remote_port)
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, options, options1, options2, segment)              \
	inet_tcp_admit(pcb, header, segment)

/* --- The DHCP client ------------------------------------------------------------------- */

struct dhcp;

/* Seconds of a lease as offered, each later than the one before; see inet_wan_*. */
uint32_t inet_wan_t0_s(const struct dhcp *dhcp);
uint32_t inet_wan_t1_s(const struct dhcp *dhcp);
uint32_t inet_wan_t2_s(const struct dhcp *dhcp);
/* Options that lwIP does not know. */
void inet_wan_option(uint8_t option, uint8_t length_bytes, const struct pbuf *message,
		     uint16_t offset);

#define DHCP_DEFINE_CUSTOM_TIMEOUTS
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T0_LEASE(ticks, dhcp)  ((ticks) = inet_wan_t0_s(dhcp))
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T1_RENEW(ticks, dhcp)  ((ticks) = inet_wan_t1_s(dhcp))
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T2_REBIND(ticks, dhcp) ((ticks) = inet_wan_t2_s(dhcp))
#define DHCP_NEXT_TIMEOUT_THRESHOLD                          60 /* RFC 2131, 4.4.5: no more often than each minute */
/* RFC 2131, 4.1, asks for 4 s and its doubles; the first is tried sooner here. */
#define DHCP_REQUEST_BACKOFF_SEQUENCE(tries) ((u16_t)(((tries) < 6 ? 1u << (tries) : 60u) * 1000u))

#define DHCP_ADD_EXTRA_REQUEST_OPTIONS , 6 /* RFC 2132, 3.8: name servers */
#define LWIP_HOOK_DHCP_PARSE_OPTION(netif, dhcp, state, message, type, option, length, bytes, at)  \
	inet_wan_option(option, length, bytes, at)

#endif
