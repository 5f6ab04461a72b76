/* Where lwIP asks INET: initial sequence numbers, which segments to take, ways for broadcasts. */
#ifndef INET_HOOKS_H
#define INET_HOOKS_H

#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"

struct netif;

uint32_t inet_tcp_isn(const ip_addr_t *local, uint16_t local_port, const ip_addr_t *remote,
		      uint16_t remote_port);
err_t inet_tcp_admit(const struct tcp_pcb *pcb, const struct pbuf *segment);
/* The interface for what `source` sends to `destination`; NULL: as lwIP would have it. */
struct netif *inet_netif_route(const ip4_addr_t *source, const ip4_addr_t *destination);

#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port)                                  \
	inet_tcp_isn(local, local_port, remote, remote_port)
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, options, options1, options2, segment)              \
	inet_tcp_admit(pcb, segment)

#endif
