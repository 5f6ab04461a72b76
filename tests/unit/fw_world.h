/*
 * A small world around the firewall's core, for tests and fuzzing: a LAN, a
 * WAN, packets made from scratch, and an oracle that recomputes every checksum.
 *
 *	client 192.168.1.10 --- port0 [192.168.1.1 | 203.0.113.2] port1 --- gateway 203.0.113.1
 *	second LAN port: port2                                          and beyond: 198.51.100.7
 */
#ifndef FW_WORLD_H
#define FW_WORLD_H

#include "netstack/firewall/fw.h"
#include "netstack/firewall/packet.h"

/* What cmocka.h wants to come before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define LAN_ADDRESS 0xc0a80101u
#define CLIENT      0xc0a8010au
#define CLIENT2     0xc0a8010bu
#define WAN_ADDRESS 0xcb007102u
#define GATEWAY     0xcb007101u
#define SERVER      0xc6336407u
#define SERVER2     0xc6336408u

#define LAN_PORT  0u
#define WAN_PORT  1u
#define LAN_PORT2 2u

extern const mac_t mac_lan, mac_wan, mac_client, mac_client2, mac_gateway, mac_all;

#define WORLD_FLOWS_BYTES (4992u << 10) /* as in config/system.toml */

struct frame {
	uint8_t buffer[FW_BUFFER_BYTES];
	unsigned bytes; /* with the Ethernet header */
};

struct world {
	struct firewall fw;
	struct netconf netconf;
	struct netconf_lists lists;
	struct fw_flows *flows;
	size_t flows_bytes;
	uint64_t now_us;
	/* What the last world_send or world_take gave. */
	struct fw_verdict verdict;
	struct frame out;
};

/* A world with the factory configuration in force and both neighbours known. */
struct world *world_new(void);
/* One without any configuration. */
struct world *world_new_unconfigured(void);
/* With room for so many flows. */
struct world *world_new_sized(unsigned flows);
void world_free(struct world *w);

/* Seals w->netconf with its checksum and puts it in force. */
const char *world_configure(struct world *w);
/* The firewall dies and starts again on the same flows and configuration. */
void world_restart(struct world *w);
/* Its first part: it has taken up its flows, and has no configuration yet. */
void world_restart_begin(struct world *w);
void world_pass_time(struct world *w, uint64_t us);
/* Time passes in steps, with a tick each. */
void world_run(struct world *w, unsigned seconds);
/* Tells the firewall of a neighbour by an ARP request for our address. */
void world_introduce(struct world *w, unsigned port, const mac_t *mac, uint32_t address);

/* Sends a copy of `frame` into `port` ("host": without Ethernet header); the result is in w. */
struct fw_verdict world_send(struct world *w, unsigned port, const struct frame *frame);
/* Takes one queued packet into w->verdict and w->out; false: none. */
bool world_take(struct world *w);
void world_discard_queued(struct world *w);

/* Frames from scratch; a sender may then change them and call frame_seal. */
void frame_ethernet(struct frame *f, const mac_t *to, const mac_t *from, uint16_t type);
void frame_udp(struct frame *f, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port,
	       unsigned data_bytes);
void frame_tcp(struct frame *f, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port,
	       uint8_t flags, uint32_t sequence, uint32_t acknowledgement, unsigned data_bytes);
void frame_echo(struct frame *f, uint8_t type, uint32_t from, uint32_t to, uint16_t id,
		unsigned data_bytes);
/* An ICMP error that quotes the IP packet of `about`. */
void frame_icmp_error(struct frame *f, uint8_t type, uint8_t code, uint32_t from, uint32_t to,
		      const struct frame *about, unsigned quoted_bytes);
void frame_arp(struct frame *f, uint16_t operation, const mac_t *from_mac, uint32_t from,
	       uint32_t to);
/* Makes both Ethernet addresses those of a packet from the LAN's client, or the WAN's gateway. */
void frame_from_lan(struct frame *f);
void frame_from_wan(struct frame *f);

struct ipv4_header *frame_ip(struct frame *f);
void *frame_l4(struct frame *f);
/* Computes IP and transport checksums from scratch. */
void frame_seal(struct frame *f);
void frame_seal_ip(struct frame *f);
/* The oracle: recomputes every checksum of a whole packet, bit by bit as RFC 1071 says. */
bool frame_sums_hold(const uint8_t *ip, unsigned bytes);

/* What a rule looks like before a test narrows it. */
struct netconf_rule world_rule(uint8_t action, uint8_t from_zone, uint8_t to_zone);

#endif
