/* Which flows may be opened: the first rule that matches decides, then the defaults. */
#ifndef FIREWALL_RULES_H
#define FIREWALL_RULES_H

#include "netstack/firewall/packet.h"
#include "netstack/firewall/settings.h"

#define RULES_DEFAULT 0xffffffffu /* no rule matched */

struct rules_decision {
	enum fw_reason reason; /* FW_REASON_NONE: allowed */
	uint32_t rule;         /* its number in the document, or RULES_DEFAULT */
};

/* Decides on a flow whose first packet has `key`, as its initiator sent it, to `to_zone`. */
struct rules_decision rules_decide(const struct settings *settings, const union conn_key *key,
				   uint8_t to_zone);

#endif
