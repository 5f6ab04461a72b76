/*
 * From a checked document to what the services read, with the checks between
 * values that the schema cannot express. Pure.
 */
#ifndef CONFIG_COMPILE_H
#define CONFIG_COMPILE_H

#include "kernel/abi/manifest.h"
#include "services/config/refusal.h"
#include "services/proto/alertconf.h"
#include "services/proto/netconf.h"
#include "services/proto/webconf.h"

struct cJSON;

#define OVERRIDES_MAX 32

/* A recovery policy in place of the manifest's. */
struct override {
	char service[NAME_BYTES]; /* one of the system's */
	uint32_t count;
	struct manifest_recovery steps[RECOVERY_STEPS_MAX];
};

/* The services that a document may name. */
struct service_names {
	const char (*names)[NAME_BYTES]; /* "": not one */
	uint32_t count;
};

/* How much of the lists is taken. */
struct list_fill {
	uint32_t networks, ports;
};

/* A whole document, as the services read it. Serials and checksums are force.c's. */
struct compiled {
	struct netconf net;
	struct netconf_lists lists; /* of its rules */
	struct list_fill filled;    /* of them */
	struct alertconf alerts;
	struct webconf web;
	uint32_t override_count;
	struct override overrides[OVERRIDES_MAX];
};

/*
 * Lays `document`, which agrees with the schema, over the defaults in *compiled:
 * what it leaves out stays, but lists and `wan` are taken as a whole.
 * `services` says which there are.
 */
bool compile_document(const struct cJSON *document, const struct service_names *services,
		      struct compiled *compiled, struct refusal *refusal);

/* compile_rule.c: rule `number` of the document, and its lists. */
bool compile_rule(const struct cJSON *rule, unsigned number, struct compiled *compiled,
		  struct refusal *refusal);

/* compile_address.c: ports, lan.address and wan. */
bool compile_addresses(const struct cJSON *document, struct netconf *netconf,
		       struct refusal *refusal);

/* compile_dhcp.c: lan.dhcp and dns; the addresses are in place before. */
bool compile_dhcp(const struct cJSON *dhcp, struct netconf *netconf, struct refusal *refusal);
bool compile_dns(const struct cJSON *dns, struct netconf *netconf, struct refusal *refusal);

/* compile_forward.c: the addresses are in place before. */
bool compile_forwards(const struct cJSON *forwards, struct netconf *netconf,
		      struct refusal *refusal);

/* compile_host.c: the appliance itself: hostname, time, logs.syslog, web. */
bool compile_host(const struct cJSON *document, struct compiled *compiled, struct refusal *refusal);

/* compile_alerts.c */
bool compile_alerts(const struct cJSON *alerts, struct alertconf *out, struct refusal *refusal);

/* compile_recovery.c */
bool compile_recovery(const struct cJSON *recovery, const struct service_names *services,
		      struct compiled *compiled, struct refusal *refusal);

#endif
