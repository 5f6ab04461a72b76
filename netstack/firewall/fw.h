/*
 * The firewall's core: all its state, and the way of a packet through it. It
 * knows neither queues nor IPC; fw_port.c and firewall.c bring it packets and
 * time, tests and fuzzers do the same.
 *
 * The way of a packet (process.c, forward.c):
 *
 *	frame_parse -> for another LAN station? -> bridge
 *	            -> ARP? -> arp.c
 *	            -> packet_parse -> flow known? -> forward_flow -> out
 *	                                  no: flow_open (addresses, rules, NAT) --^
 */
#ifndef FIREWALL_FW_H
#define FIREWALL_FW_H

#include "netstack/firewall/bridge.h"
#include "netstack/firewall/flow_room.h"
#include "netstack/firewall/fragment.h"
#include "netstack/firewall/queue.h"
#include "netstack/firewall/rules.h"
#include "netstack/firewall/settings.h"

/* In desc.interface to and from INET: which of its addresses. */
#define FW_INTERFACE_LAN 0u
#define FW_INTERFACE_WAN 1u

#define FW_PORT_BIT(port) (1u << (port))

enum fw_outcome {
	FW_FORWARD, /* send the buffer's `bytes` to every port in `ports` */
	FW_DROP,    /* for `reason` */
	FW_DEFER,   /* kept in the queue */
	FW_CONSUME, /* it was for us */
};

/*
 * What became of a packet. `bytes` counts from the Ethernet header, which INET
 * does not get: for the port "host" the packet starts 14 bytes into the buffer.
 */
struct fw_verdict {
	uint8_t outcome; /* enum fw_outcome */
	uint8_t reason;  /* enum fw_reason */
	uint16_t bytes;
	uint16_t interface; /* for the port "host" */
	uint32_t ports;     /* a bit a port */
};

/* RFC 1812, 4.3.2.8: ICMP errors are limited by a token bucket. */
#define FW_ICMP_RATE_PER_S 100u
#define FW_ICMP_BURST      50u

struct firewall {
	uint32_t now_ms, now_s; /* since boot; fw_time_set */
	uint32_t mac_known;     /* a bit a port */
	mac_t mac[FW_PORTS];
	uint8_t epoch; /* of the rules; flows of another epoch ask again; never 0 */
	uint32_t icmp_tokens;
	uint32_t icmp_refilled_ms;
	uint32_t sweep_next; /* record where the next time-out sweep goes on */
	bool swept;          /* it has been through all since the rules were last changed */
	uint64_t icmp_suppressed;
	uint64_t forwarded, deferred, consumed;
	uint64_t dropped[FW_REASON_COUNT];
	uint64_t rule_hits[NETCONF_RULES_MAX]; /* of the document's rules */
	struct settings settings;
	struct rule_table rules;     /* the settings' */
	struct settings_lease lease; /* as last told; in force if settings.wan_dhcp */
	struct neighbour_table neighbours;
	struct conn_table conns;
	struct nat nat;
	struct bridge bridge;
	struct fragment_table fragments;
	struct queue queue;
};

/*
 * To be called before fw_init may restore `flows`: if they are of another boot than `boot`, as
 * after a warm reboot, their times begin anew. Death in the middle of it does no harm.
 */
void fw_flows_rebase(struct fw_flows *flows, size_t bytes, uint64_t boot);

/*
 * Starts on the preserved `flows` of `bytes` (flow_room_capacity of at least 2). With `preserved`
 * it keeps what checks out of a former life. `seed` is what outsiders cannot know. What comes next
 * is fw_adopt.
 */
void fw_init(struct firewall *fw, struct fw_flows *flows, size_t bytes, bool preserved,
	     uint64_t seed);

/*
 * Deals with FW_ADOPT_RECORDS of the records that a former life left. True: with all, and a
 * configuration may be put in force. To be called until then, as often as it takes.
 */
#define FW_ADOPT_RECORDS 512u /* a millisecond */
bool fw_adopt(struct firewall *fw);

void fw_time_set(struct firewall *fw, uint64_t now_us);

/*
 * Puts a configuration in force, if it holds; NULL, or what is wrong with it (nothing has then
 * changed). Flows that it forbids end.
 */
const char *fw_configure(struct firewall *fw, const struct netconf *netconf,
			 const struct netconf_lists *lists);

/*
 * The WAN's address by DHCP, for as long as the configuration wants it from there. Flows that were
 * translated to another end.
 */
void fw_lease_set(struct firewall *fw, const struct settings_lease *lease);

/* The MAC of a port, as its driver says; ignored (false) unless it can be a station's. */
bool fw_mac_set(struct firewall *fw, unsigned port, const mac_t *mac);

/*
 * Decides on a packet of `bytes` that `in_port` received, in `buffer` (FW_BUFFER_BYTES, ours alone)
 * from its start; from INET: from ETHERNET_HEADER_BYTES on, `interface` as it says. The outcome is
 * counted.
 */
struct fw_verdict fw_process(struct firewall *fw, unsigned in_port, uint8_t *buffer, unsigned bytes,
			     uint16_t interface);

/*
 * The next packet of our own, or that had to wait: copied to `buffer` and decided on. False: there
 * is none. Bounded by QUEUE_ENTRIES calls.
 */
bool fw_process_queued(struct firewall *fw, uint8_t *buffer, struct fw_verdict *verdict);

/*
 * Time-outs of neighbours and, a part at each call, of flows; call about every FW_TICK_MS while
 * packets come or go, or as long as it returns true: a neighbour has been asked, or not yet all
 * flows since the rules were changed.
 */
#define FW_TICK_MS        100u
#define FW_SWEEP_RECORDS  1024u
#define FW_SWEEP_RECHECKS 128u /* rules of 256 kinds cost one up to 10,000 instructions */
bool fw_tick(struct firewall *fw);

/* --- Between the files of the core ------------------------------------------------------- */

static inline struct fw_verdict fw_verdict_drop(enum fw_reason reason)
{
	return (struct fw_verdict){ .outcome = FW_DROP, .reason = (uint8_t)reason };
}

/* Own MAC in a zone, or NULL as long as no driver has told. */
static inline const mac_t *fw_zone_mac(const struct firewall *fw, uint8_t zone)
{
	uint8_t port = zone == ZONE_WAN ? fw->settings.wan_port : fw->settings.lan_first;

	if (port == FW_PORT_NONE || (fw->mac_known & FW_PORT_BIT(port)) == 0)
		return NULL;
	return &fw->mac[port];
}

static inline const struct settings_interface *fw_zone_interface(const struct firewall *fw,
								 uint8_t zone)
{
	return zone == ZONE_WAN ? &fw->settings.wan : &fw->settings.lan;
}

/* All ports of a zone. */
static inline uint32_t fw_zone_ports(const struct firewall *fw, uint8_t zone)
{
	if (zone == ZONE_LAN)
		return fw->settings.lan_ports;
	return fw->settings.wan_port == FW_PORT_NONE ? 0 : FW_PORT_BIT(fw->settings.wan_port);
}

#endif
