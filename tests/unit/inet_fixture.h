/*
 * INET on the host: lwIP with INET's own options and socket server, and in the
 * place of kernel and runtime a fake whose time, clients and grants a test sets.
 *
 * Clients are slots; they talk to each other over lwIP's loopback interface, or
 * to the outside through the queue of the pseudo-port "host".
 */
#ifndef INET_FIXTURE_H
#define INET_FIXTURE_H

#include "netstack/inet/hostq.h"
#include "netstack/inet/netconf_reader.h"
#include "netstack/inet/preserved.h"
#include "services/proto/socket.h"
#include "tests/unit/unit.h"

#include <stdint.h>

#define LOOPBACK    0x7f000001u
#define LAN_ADDRESS 0xc0a80101u /* 192.168.1.1/24 */
#define LAN_HOST    0xc0a80164u
#define WAN_ADDRESS 0xcb007102u /* 203.0.113.2/24 */
#define WAN_GATEWAY 0xcb007101u

#define HELD (-1) /* in place of a status: the call has no answer yet */

/* The answer to a client's last call. */
struct fixture_answer {
	int status; /* enum status, or HELD */
	bool faulted;
	struct socket_reply reply;
};

extern struct hostq fixture_queue;
extern struct netq_driver fixture_own;
extern struct netq_firewall fixture_peer;
extern uint8_t fixture_out[HOSTQ_RX_BYTES], fixture_in[NETQ_TX_BYTES];
extern uint64_t fixture_notified; /* a bit a slot */
extern struct inet_netconf fixture_conf;
extern struct preserved_region fixture_state;

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Passes time and lets INET work, until nothing moves any more. */
void fixture_run_ms(unsigned ms);
/* One call of `slot`, with `memory` of request->length_bytes lent. */
struct fixture_answer fixture_call(uint32_t slot, enum socket_op op, struct socket_request request,
				   void *memory);
/* What became of a held call. */
struct fixture_answer fixture_answer_of(uint32_t slot);
/* The client's time has passed: it no longer waits. */
void fixture_time_out(uint32_t slot);
/* The same, but its grant is not yet revoked. */
void fixture_stop_waiting(uint32_t slot);
/* The client starts a new life; INET is not told. */
void fixture_restart_client(uint32_t slot);
/* What the kernel's table says is put before INET. */
void fixture_check_clients(void);
/* Every grant fails from now on. */
void fixture_refuse_grants(bool refuse);

/* The usual steps, each asserted to succeed. */
uint32_t fixture_open(uint32_t slot, enum socket_type type);
uint32_t fixture_listener(uint32_t slot, uint16_t port);
/* Two connected streams: the connecting and the accepted one. */
void fixture_connection(uint32_t client, uint32_t server, uint16_t port, uint32_t *client_id,
			uint32_t *server_id);
void fixture_close(uint32_t slot, uint32_t id);

/*
 * INET dies, with all that it had not published, and the next life begins from
 * what is in fixture_state. How many entries it discarded.
 */
unsigned fixture_die(void);
/* The same in two steps, for tests that spoil the state in between. */
void fixture_die_only(void);
unsigned fixture_live_again(void);

/* Hands INET a packet as the firewall would, and lets it work. */
void fixture_packet_in(uint16_t interface, const void *packet, uint16_t length_bytes);
/* The next packet INET sent; its length, 0: none. */
uint16_t fixture_packet_out(const uint8_t **packet, uint16_t *interface);

#endif
