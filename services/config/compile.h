/*
 * From a checked document to what firewall and INET read (struct netconf), with
 * the checks between values that the schema cannot express. Pure.
 */
#ifndef CONFIG_COMPILE_H
#define CONFIG_COMPILE_H

#include "services/config/refusal.h"
#include "services/proto/netconf.h"

struct cJSON;

/*
 * Lays `document`, which agrees with the schema, over the defaults in *netconf:
 * what it leaves out stays, but `wan`, `rules` and keys within a rule are not
 * inherited. version is set; serial and crc32 are the caller's.
 */
bool compile_document(const struct cJSON *document, struct netconf *netconf,
		      struct refusal *refusal);

/* compile_rule.c: one rule of the list. */
bool compile_rule(const struct cJSON *rule, unsigned number, struct netconf_rule *out,
		  struct refusal *refusal);

/* compile_dhcp.c: lan.dhcp and dns; the addresses are in place before. */
bool compile_dhcp(const struct cJSON *dhcp, struct netconf *netconf, struct refusal *refusal);
bool compile_dns(const struct cJSON *dns, struct netconf *netconf, struct refusal *refusal);

#endif
