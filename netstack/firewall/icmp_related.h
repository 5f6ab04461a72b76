/*
 * ICMP errors about packets of known flows (RFC 5508, 4): they pass if the
 * packet they quote belongs to a flow, and the quoted packet is translated back
 * as its flow was, so that the receiver recognises it.
 */
#ifndef FIREWALL_ICMP_RELATED_H
#define FIREWALL_ICMP_RELATED_H

#include "netstack/firewall/fw.h"

/*
 * Finds the flow that the error `p` is about. *node: its flow, in the direction in which the error
 * travels.
 */
enum fw_reason icmp_related_find(const struct firewall *fw, const struct packet *p, uint32_t *node);

/* Translates the error and what it quotes. */
void icmp_related_translate(const struct conn *conn, unsigned d, const struct packet *p);

#endif
