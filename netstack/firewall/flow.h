/* Opening, re-examining and ending flows: where addresses, rules and NAT meet the table. */
#ifndef FIREWALL_FLOW_H
#define FIREWALL_FLOW_H

#include "netstack/firewall/fw.h"

/*
 * Decides whether `p`, of no known flow, may open one, and opens it: the record
 * is complete in preserved memory before this returns. *node: its direction 0.
 */
enum fw_reason flow_open(struct firewall *fw, const struct packet *p, uint32_t *node);

/* Asks whether the configuration in force still allows the flow; if not, the caller ends it. */
enum fw_reason flow_recheck(struct firewall *fw, struct conn *conn);

void flow_end(struct firewall *fw, struct conn *conn);

/* Deals with the next record of a former life (conn_adopt); a flow gets its NAT binding again. */
void flow_adopt(struct firewall *fw);

/*
 * Ends flows that are out of time or no longer allowed: looks at FW_SWEEP_RECORDS at a call, but
 * has no more than FW_SWEEP_RECHECKS ask the rules again.
 */
void flow_sweep(struct firewall *fw);

#endif
