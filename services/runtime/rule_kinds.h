/*
 * Which rules are of a kind: they look at the same bits of a packet's addresses, and
 * want, or do not, one protocol, one source port, one destination port. The firewall
 * looks once for each kind (rule_index.h); config counts them, so that there are not
 * too many. Pure.
 */
#ifndef RUNTIME_RULE_KINDS_H
#define RUNTIME_RULE_KINDS_H

#include "services/proto/netconf.h"

#include <stdbool.h>
#include <stdint.h>

#define RULE_EXACT_PROTOCOL         1u
#define RULE_EXACT_SOURCE_PORT      2u
#define RULE_EXACT_DESTINATION_PORT 4u

struct rule_kind {
	uint32_t source_mask, destination_mask;
	uint16_t first; /* the first rule of this kind */
	uint16_t next;  /* the kind behind this one in its chain of rule_kinds, from 1; 0: none */
	uint8_t exact;  /* RULE_EXACT_* of what the rule wants one value */
};

/* The kinds met so far. Begins as { .kinds, .max } and zeros. */
#define RULE_KINDS_HEADS 64u
struct rule_kinds {
	struct rule_kind *kinds;
	uint32_t max, count;
	uint16_t heads[RULE_KINDS_HEADS];
};

/* Notes the kind of rule `number`. False: it would be one more than `max`. */
bool rule_kinds_note(struct rule_kinds *kinds, const struct netconf_rule *rule, uint32_t number);

/* The kind of rule `number`, of which it is the first. */
struct rule_kind rule_kind_of(const struct netconf_rule *rule, uint32_t number);

#endif
