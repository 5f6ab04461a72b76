/*
 * A lease of the DHCP server, published in DS as "lease.N" with N from 0 to
 * LEASES_MAX - 1 by dhcpd only. It is both what others read (dnsd, the console)
 * and what dhcpd itself goes on with after a restart, so it is written before
 * the client is told. Readers check version, state and name_bytes.
 */
#ifndef PROTO_LEASE_H
#define PROTO_LEASE_H

#include <stdint.h>

#define LEASES_MAX       128u
#define LEASE_NAME_MAX   63u /* RFC 1035, 2.3.4: a label */
#define LEASE_VERSION    1u
#define LEASE_DS_PATTERN "lease.*"

enum lease_state {
	LEASE_FREE = 0,
	LEASE_OFFERED = 1, /* never published */
	LEASE_BOUND = 2, /* until expires_s */
	LEASE_RELEASED = 3, /* kept so that the same client gets the same address again */
	LEASE_DECLINED = 4, /* somebody else uses it: not given out until expires_s */
};

struct lease_record {
	uint32_t version;
	uint32_t address; /* host byte order */
	uint64_t client; /* a hash of the client identifier, or of the MAC address if it has none */
	uint64_t expires_s; /* since boot */
	uint8_t mac[6];
	uint8_t state; /* enum lease_state */
	uint8_t name_bytes;
	char name[64]; /* one lower-case label: letters, digits, hyphens */
};

_Static_assert(sizeof(struct lease_record) == 96, "it fits a value of DS");

#endif
