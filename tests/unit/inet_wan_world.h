/*
 * A DHCP server on the WAN, in the test's hand, and INET as its client. What the server
 * says stands in `server`; what INET writes down, in `lease_region`.
 */
#ifndef INET_WAN_WORLD_H
#define INET_WAN_WORLD_H

#include "netstack/inet/wan.h"
#include "services/runtime/service.h"
#include "services/runtime/wanlease.h"
#include "tests/unit/inet_packets.h"

#define OFFERED   0xcb007164u /* 203.0.113.100 */
#define MASK      0xffffff00u
#define LEASE_S   600u
#define NOWHERE   0xffffffffu
#define BOOTP     28u /* after IP and UDP headers */
#define OPTIONS   (BOOTP + 240)
#define DISCOVER  1
#define OFFER     2
#define REQUEST   3
#define ACK_OF_IT 5
#define NAK       6
#define RELEASE   7

extern struct wan_lease_region lease_region;
extern struct inet_netconf dhcp_conf;
extern const struct inet_wan_station station;

/* What the server says. */
struct wan_server {
	uint32_t address, mask, gateway, lease_s, t1_s, t2_s;
	uint8_t dns_bytes;
	uint32_t dns[8];
};
extern struct wan_server server;

/* Around each test: a server that offers OFFERED, and a life of INET that has said nothing yet. */
int wan_setup(void **state);
int wan_teardown(void **state);
/* lwIP lives on in this process: its client is taken out as death would. */
void life_begin(void);
void life_end(void);

struct wan_lease lease_of(void);
/* Time passes, in turns of INET. */
void run_ms(unsigned ms);

/* The next message of the client; its type, 0: none. */
uint8_t message_next(struct packet *p);
void reply_make(struct packet *p, const struct packet *question, uint8_t type);
void reply(const struct packet *question, uint8_t type);
/* Waits for a message of that type, most_ms at most. */
void expect(uint8_t type, struct packet *p, unsigned most_ms);
void expect_silence(unsigned ms);
void become_bound(void);

#endif
