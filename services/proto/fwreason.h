/*
 * Why the firewall did not pass a packet: the one table from which come the
 * enum, the counters of fw.table, the words of the console, and the test that
 * every reason has a test (tests/unit/fw_reasons_test.c).
 */
#ifndef PROTO_FWREASON_H
#define PROTO_FWREASON_H

#define FW_REASON_TABLE(X)                                                                         \
	/* The appliance itself */                                                                 \
	X(NO_CONFIGURATION, "no-configuration", "no valid configuration has been read yet")        \
	X(PORT_UNUSED, "port-unused", "the port belongs to no zone")                               \
	X(PORT_NOT_READY, "port-not-ready", "the driver of the port to leave by is not ready")     \
	X(PORT_LINK_DOWN, "port-link-down", "the port to leave by has no link")                    \
	X(TX_FULL, "tx-full", "the transmit queue of the port to leave by is full")                \
	X(QUEUE_FULL, "queue-full", "too many packets of the firewall's own, or that wait")        \
	/* Ethernet */                                                                             \
	X(QUARANTINED, "quarantined", "equal to one that killed the firewall twice")               \
	X(FRAME_SHORT, "frame-short", "shorter than its headers")                                  \
	X(FRAME_LONG, "frame-long", "longer than Ethernet allows")                                 \
	X(FRAME_VLAN, "frame-vlan", "tagged for a VLAN that is not ours")                          \
	X(FRAME_SOURCE, "frame-source", "source MAC is a group, zero or our own")                  \
	X(FRAME_TYPE, "frame-type", "neither IPv4 nor ARP")                                        \
	X(FRAME_NOT_FOR_US, "frame-not-for-us", "for another station of the same segment")         \
	/* ARP */                                                                                  \
	X(ARP_MALFORMED, "arp-malformed", "not ARP for IPv4 over Ethernet, or nonsense")           \
	X(ARP_SPOOFED, "arp-spoofed", "the sender cannot have this address here")                  \
	X(ARP_CONFLICT, "arp-conflict", "another station claims our own address")                  \
	/* IPv4 */                                                                                 \
	X(IP_SHORT, "ip-short", "shorter than an IPv4 header")                                     \
	X(IP_VERSION, "ip-version", "not version 4")                                               \
	X(IP_HEADER_LENGTH, "ip-header-length", "header length under 20 or over what is there")    \
	X(IP_TOTAL_LENGTH, "ip-total-length", "total length under the header or over the frame")   \
	X(IP_CHECKSUM, "ip-checksum", "wrong header checksum")                                     \
	X(IP_OPTIONS, "ip-options", "source routing, or malformed options")                        \
	X(IP_SOURCE, "ip-source", "source address that no host may use")                           \
	X(IP_SPOOFED, "ip-spoofed", "source address that belongs to another side")                 \
	X(IP_DESTINATION, "ip-destination", "destination address that is not to be forwarded")     \
	X(IP_BROADCAST, "ip-broadcast", "broadcast that stays on its side")                        \
	X(IP_MULTICAST, "ip-multicast", "multicast, which is not routed")                          \
	X(IP_TTL, "ip-ttl", "time to live used up")                                                \
	X(IP_MTU, "ip-mtu", "too long for the next link")                                          \
	X(FRAGMENT_ODD, "fragment-odd", "fragment of impossible offset or length")                 \
	X(FRAGMENT_TINY, "fragment-tiny", "fragment that splits or overlaps the headers")          \
	X(FRAGMENT_UNKNOWN, "fragment-unknown", "fragment whose first was not seen")               \
	/* TCP, UDP, ICMP */                                                                       \
	X(TCP_HEADER, "tcp-header", "TCP header is cut or lies about its length")                  \
	X(TCP_FLAGS, "tcp-flags", "TCP flags that exclude each other")                             \
	X(TCP_CHECKSUM, "tcp-checksum", "wrong TCP checksum on a segment that changes state")      \
	X(TCP_NO_FLOW, "tcp-no-flow", "TCP segment of no known connection")                        \
	X(TCP_WINDOW, "tcp-window", "TCP segment far outside the window")                          \
	X(UDP_LENGTH, "udp-length", "UDP length is cut or lies")                                   \
	X(UDP_CHECKSUM, "udp-checksum", "wrong UDP checksum on the first of a flow")               \
	X(PORT_ZERO, "port-zero", "TCP or UDP port 0")                                             \
	X(ICMP_HEADER, "icmp-header", "ICMP header is cut")                                        \
	X(ICMP_CHECKSUM, "icmp-checksum", "wrong ICMP checksum")                                   \
	X(ICMP_TYPE, "icmp-type", "ICMP type that is not forwarded")                               \
	X(ICMP_EMBEDDED, "icmp-embedded", "ICMP error about a packet that makes no sense")         \
	X(ICMP_NO_FLOW, "icmp-no-flow", "ICMP error or reply of no known flow")                    \
	/* Policy */                                                                               \
	X(RULE_DENIED, "rule-denied", "denied by a rule")                                          \
	X(DEFAULT_DENIED, "default-denied", "allowed by no rule")                                  \
	X(FLOW_REVOKED, "flow-revoked", "of a flow that the new configuration forbids")            \
	X(FLOW_TABLE_FULL, "flow-table-full", "no room for another flow")                          \
	X(NAT_EXHAUSTED, "nat-exhausted", "no port left to translate to")                          \
	X(NAT_COLLISION, "nat-collision", "its replies could not be told from another flow's")     \
	X(NO_ROUTE, "no-route", "no route to the destination")                                     \
	X(NEIGHBOUR_FAILED, "neighbour-failed", "the next hop does not answer ARP")                \
	X(NEIGHBOUR_QUEUE, "neighbour-queue", "too many wait for the next hop's answer")           \
	X(HOST_SOURCE, "host-source", "from the appliance, but not with its address")              \
	X(WAN_NO_ADDRESS, "wan-no-address", "the WAN has no address, or none any more")

enum fw_reason {
	FW_REASON_NONE = 0, /* passed */
#define X(name, word, text) DROP_##name,
	FW_REASON_TABLE(X)
#undef X
		FW_REASON_COUNT
};

#define FW_REASONS_MAX 96 /* room in fw.table */
_Static_assert((int)FW_REASON_COUNT <= FW_REASONS_MAX, "fw.table");

/* The reason as one word, for tables and JSON; "none" for a foreign value. */
static inline const char *fw_reason_word(unsigned reason)
{
	switch (reason) {
#define X(name, word, text)                                                                        \
	case DROP_##name: return word;
		FW_REASON_TABLE(X)
#undef X
	default: return "none";
	}
}

/* The reason as a sentence. */
static inline const char *fw_reason_text(unsigned reason)
{
	switch (reason) {
#define X(name, word, text)                                                                        \
	case DROP_##name: return text;
		FW_REASON_TABLE(X)
#undef X
	default: return "none";
	}
}

#endif
