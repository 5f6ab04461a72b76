/* ARP (RFC 826): answers for our own addresses, questions for next hops. */
#ifndef FIREWALL_ARP_H
#define FIREWALL_ARP_H

#include "netstack/firewall/fw.h"

/* A received ARP frame. FW_FORWARD without ports: not for us, a bridge may flood it. */
struct fw_verdict arp_input(struct firewall *fw, const struct packet *p);

/*
 * The neighbour for `next_hop`, with *hint the index tried first and then the one found. Asks if
 * need be. FW_REASON_NONE and *neighbour, which is NULL as long as the answer is awaited; or
 * DROP_NEIGHBOUR_FAILED.
 */
enum fw_reason arp_resolve(struct firewall *fw, uint8_t zone, uint32_t next_hop, uint16_t *hint,
			   struct neighbour **neighbour);

/*
 * Asks by `port` who has `address`: the station `mac`, or everybody if NULL. False: that is nobody
 * we can ask there.
 */
bool arp_question(struct firewall *fw, uint8_t port, uint32_t address, const mac_t *mac);

/* Says that our address in `zone` is at our MAC (RFC 5227, 2.3). */
void arp_announce(struct firewall *fw, uint8_t zone);

/* Repeats questions, gives up, forgets: all that is due. True: some wait for an answer. */
bool arp_tick(struct firewall *fw);

#endif
