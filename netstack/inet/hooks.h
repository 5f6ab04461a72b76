/* Where lwIP asks INET: initial sequence numbers, and which segments to take. */
#ifndef INET_HOOKS_H
#define INET_HOOKS_H

#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"

uint32_t inet_tcp_isn(const ip_addr_t *local, uint16_t local_port, const ip_addr_t *remote,
		      uint16_t remote_port);
err_t inet_tcp_admit(const struct tcp_pcb *pcb, const struct pbuf *segment);

#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port)                                  \
	inet_tcp_isn(local, local_port, remote, remote_port)
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, options, options1, options2, segment)              \
	inet_tcp_admit(pcb, segment)

#endif
