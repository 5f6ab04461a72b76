/*
 * What of lwIP is built in, and how much memory it gets: all of it static, so
 * that a restart allocates nothing and no peer can make INET grow.
 *
 * What connections have received and nobody has read is kept in inet.state; the
 * shares in tcp_memory.c shrink as the pools empty, so the sums below may be
 * smaller than connections times window.
 */
#ifndef INET_LWIPOPTS_H
#define INET_LWIPOPTS_H

/* One thread, raw API, no operating system below. */
#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_TIMERS          1
#define LWIP_HOOK_FILENAME   "netstack/inet/hooks.h"
/* Here and not in hooks.h, as lwIP's own headers ask for it. */
#define LWIP_HOOK_IP4_ROUTE_SRC(source, destination) inet_netif_route(source, destination)

/* The interfaces carry bare IP packets: the firewall does ARP and Ethernet. */
#define LWIP_IPV4           1
#define LWIP_IPV6           0
#define LWIP_ARP            0
#define LWIP_ETHERNET       0
#define PBUF_LINK_HLEN      0
#define IP_FORWARD          0
#define IP_OPTIONS_ALLOWED  0
#define IP_DEFAULT_TTL      64 /* RFC 1700 */
#define IP_REASSEMBLY       1
#define IP_REASS_MAX_PBUFS  24
#define MEMP_NUM_REASSDATA  6
#define IP_FRAG             1
#define MEMP_NUM_FRAG_PBUF  16
#define LWIP_ICMP           1
#define LWIP_BROADCAST_PING 0 /* RFC 1122, 3.2.2.6 permits silence; no amplifier */
#define LWIP_MULTICAST_PING 0
#define LWIP_RAW            0
#define LWIP_DHCP           1 /* netstack/inet/wan.c */
/* lwIP counts a lease in these; a lease may be shorter than its minutes. */
#define DHCP_COARSE_TIMER_SECS   1
#define DHCP_TIMEOUT_SIZE_T      u32_t
#define LWIP_DHCP_DOES_ACD_CHECK 0 /* ARP is the firewall's */
#define LWIP_DNS                 0
#define LWIP_IGMP                0
/* A host that has no address yet asks our DHCP server from 0.0.0.0 (RFC 1122, 3.2.1.3). */
#define LWIP_IP_ACCEPT_UDP_PORT(port) ((port) == PP_NTOHS(67))

/* The appliance's own services may talk to each other over 127.0.0.1. */
#define LWIP_NETIF_LOOPBACK     1
#define LWIP_HAVE_LOOPIF        1
#define LWIP_LOOPBACK_MAX_PBUFS 64

#define LWIP_UDP         1
#define MEMP_NUM_UDP_PCB 160

#define LWIP_TCP 1
/* Fewer than PRESERVED_ENTRIES with listeners and UDP: lwIP makes room, a full journal refuses. */
#define MEMP_NUM_TCP_PCB          168
#define MEMP_NUM_TCP_PCB_LISTEN   32
#define MEMP_NUM_TCP_SEG          1024
#define TCP_MSS                   1460
#define TCP_WND                   (8 * TCP_MSS)
#define TCP_SND_BUF               (11 * TCP_MSS) /* fits PRESERVED_RING_BYTES, as TCP_WND does */
#define TCP_SND_QUEUELEN          64
#define TCP_LISTEN_BACKLOG        1
#define TCP_QUEUE_OOSEQ           1
#define TCP_OOSEQ_MAX_PBUFS       8
#define LWIP_TCP_SACK_OUT         1
#define LWIP_WND_SCALE            0
#define LWIP_TCP_TIMESTAMPS       0
#define LWIP_TCP_PCB_NUM_EXT_ARGS 1 /* the journal's entry */
#define SO_REUSE                  1 /* a server restarts in spite of TIME-WAIT */
/* A peer that is gone frees its connection in two minutes, not two hours. */
#define LWIP_TCP_KEEPALIVE    1
#define TCP_KEEPIDLE_DEFAULT  60000u
#define TCP_KEEPINTVL_DEFAULT 10000u
#define TCP_KEEPCNT_DEFAULT   6u

/* Checksums are verified on receipt and generated on sending: lwIP's default. */

#define MEM_ALIGNMENT        8
#define MEM_SIZE             (448 * 1024) /* data to send, small packets received */
#define PBUF_POOL_SIZE       160          /* packets received */
#define PBUF_POOL_BUFSIZE    1520
#define MEMP_NUM_PBUF        64
#define MEMP_NUM_SYS_TIMEOUT 8

#define LWIP_STATS         1
#define LWIP_STATS_LARGE   1
#define LWIP_STATS_DISPLAY 0
#define MEM_STATS          1
#define MEMP_STATS         1

#endif
