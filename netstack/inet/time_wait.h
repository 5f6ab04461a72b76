/*
 * A connection in TIME-WAIT gives way to the next one between the same ports.
 *
 * Who closes first keeps both ends' addresses and ports for two minutes, while the other may use
 * its port again at once. lwIP answers the SYN that then comes with an acknowledgement of the old
 * connection and ignores the reset that this brings: the peer would ask in vain until the time is
 * up.
 */
#ifndef INET_TIME_WAIT_H
#define INET_TIME_WAIT_H

#include "lwip/err.h"
#include "netstack/inet/random.h"

#include <stdbool.h>

struct tcp_pcb;
struct tcp_hdr;

/*
 * What becomes of a segment for `pcb`, which is in TIME-WAIT; the header in host byte order.
 * ERR_OK: lwIP deals with it. Else the pcb is gone, and lwIP has to be given the packet again.
 */
err_t inet_time_wait_admit(struct tcp_pcb *pcb, const struct tcp_hdr *header);
/* Has one given way since the last time it was asked? */
bool inet_time_wait_gave_way(void);
/* The initial sequence number for the flow: `isn`, or one beyond all that its predecessor used. */
uint32_t inet_time_wait_isn(const struct inet_flow_id *flow, uint32_t isn);

#endif
