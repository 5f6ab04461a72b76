/*
 * The LAN's own names, from the leases and the configuration: NAME.DOMAIN and
 * NAME alone, and addresses of the LAN backwards (in-addr.arpa). Pure.
 *
 * What belongs to the LAN is answered here, found or not, and never asked
 * outside (RFC 6303, RFC 8375's reasons).
 */
#ifndef DNSD_NAMES_H
#define DNSD_NAMES_H

#include "appliance/dnsd/message.h"
#include "services/proto/lease.h"
#include "services/proto/netconf.h"

#define NAMES_TTL_S 5u       /* an address may have another name at any moment */
#define NAMES_OWN   "router" /* the appliance itself */

struct names {
	struct lease_record leases[LEASES_MAX];
};

/* Takes an entry "lease.N" of DS; anything else, or a senseless one, frees its place. */
void names_take(struct names *names, const char *entry, const void *value, size_t bytes);
/* The length of our answer; 0: the question is not about the LAN. */
size_t names_answer(const struct names *names, const struct netconf *conf, uint64_t now_s,
		    const struct dns_query *query, uint8_t out[DNS_PLAIN_BYTES]);

#endif
