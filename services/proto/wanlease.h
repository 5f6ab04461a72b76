/*
 * The address that the WAN has by DHCP: region "wan.lease", written by inet
 * only, read by firewall (its WAN address and gateway while netconf.wan_mode is
 * dhcp), dnsd (upstreams), console and webd. The calls stand in
 * services/runtime/wanlease.h.
 *
 * Two copies; `current` names the valid one. A reader copies it, checks version,
 * CRC-32 and bounds, and keeps the last good one if that fails. inet notifies
 * the firewall of a change; others look when they need it.
 *
 * The region outlives inet, which goes on with the lease it finds. Whether it is
 * still in force, each reader tells from the clock, so that an address ends in
 * time even if inet is dead.
 *
 * IPv4 addresses are in host byte order, times in microseconds since boot.
 */
#ifndef PROTO_WANLEASE_H
#define PROTO_WANLEASE_H

#include <stdint.h>

#define WAN_LEASE_VERSION 1u
#define WAN_LEASE_DNS_MAX 4u
#define WAN_LEASE_NEVER   UINT64_MAX /* expires_us of a lease without end */

/* RFC 2131, figure 5. */
#define WAN_LEASE_STATE_TABLE(X)                                                                   \
	X(OFF, "off")               /* the WAN's address is static, or there is no WAN port */     \
	X(SELECTING, "selecting")   /* looks for a server */                                       \
	X(REQUESTING, "requesting") /* has chosen one's offer */                                   \
	X(BOUND, "bound")           /* */                                                          \
	X(RENEWING, "renewing")     /* asks the server that gave it; the address is in use, and */ \
	X(REBINDING, "rebinding")   /* in these, too: asks any server */                           \
	X(REBOOTING, "verifying")   /* asks whether the lease still holds */

enum wan_lease_state {
#define X(name, text) WAN_LEASE_##name,
	WAN_LEASE_STATE_TABLE(X)
#undef X
		WAN_LEASE_STATE_COUNT
};

struct wan_lease {
	uint32_t crc32;   /* zlib's, of what follows */
	uint32_t version; /* WAN_LEASE_VERSION */
	uint32_t serial;  /* counts what inet has written since boot */
	uint32_t state;   /* enum wan_lease_state */
	uint32_t address; /* 0: none */
	uint32_t prefix_bits;
	uint32_t gateway; /* 0: none */
	uint32_t server;  /* that gave it */
	uint32_t dns_count;
	uint32_t dns[WAN_LEASE_DNS_MAX];
	uint8_t mac[6]; /* the station it was given to */
	uint8_t reserved[6];
	uint64_t bound_us;            /* when the server last said so */
	uint64_t renew_us, rebind_us; /* T1, T2 */
	uint64_t expires_us;          /* WAN_LEASE_NEVER: it does not */
};
_Static_assert(sizeof(struct wan_lease) == 96, "no padding: it is checksummed as bytes");

struct wan_lease_region {
	uint32_t current; /* 0 or 1 */
	uint32_t reserved;
	struct wan_lease copies[2];
};

#define WAN_LEASE_REGION_BYTES 4096u
_Static_assert(sizeof(struct wan_lease_region) <= WAN_LEASE_REGION_BYTES, "region size");

static inline const char *wan_lease_state_text(uint32_t state)
{
	switch (state) {
#define X(name, text)                                                                              \
	case WAN_LEASE_##name: return text;
		WAN_LEASE_STATE_TABLE(X)
#undef X
	default: return "unknown";
	}
}

#endif
