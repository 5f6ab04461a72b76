/*
 * The server's side of DHCP (RFC 2131, 4.3): a message in, perhaps a reply out,
 * and what it did to the leases. Pure.
 *
 * The server is the only one on the LAN and says so: a request for an address
 * that it does not know of but could give is granted, one that it cannot give is
 * refused at once, so that clients come to rest quickly after a reboot.
 */
#ifndef DHCPD_SERVER_H
#define DHCPD_SERVER_H

#include "appliance/dhcpd/leases.h"
#include "appliance/dhcpd/message.h"

#define DHCP_OFFER_S   30u   /* an offer is held for this long */
#define DHCP_DECLINE_S 3600u /* an address that somebody else uses rests for this long */

enum dhcp_outcome { /* counted */
		    DHCP_REPLIED,
		    DHCP_TAKEN, /* release or decline: no answer is defined */
		    DHCP_MALFORMED,
		    DHCP_RELAYED,  /* through a relay: there is none on our LAN */
		    DHCP_NOT_OURS, /* meant for another server */
		    DHCP_FULL,     /* no address or no room left */
		    DHCP_NOT_KEPT, /* the keeper did not take the lease, so it was not given */
		    DHCP_UNKNOWN,  /* about a lease that the client does not have */
		    DHCP_OUTCOMES,
};

struct dhcp_server {
	struct leases leases;
	const struct netconf *conf;
	uint64_t outcomes[DHCP_OUTCOMES];
};

struct dhcp_answer {
	uint32_t to; /* 0: broadcast */
	size_t bytes;
	uint8_t message[DHCP_REPLY_BYTES];
};

/* True if `answer` is to be sent to port 68. */
bool dhcp_server_handle(struct dhcp_server *server, const uint8_t *bytes, size_t length,
			uint64_t now_s, struct dhcp_answer *answer);

#endif
