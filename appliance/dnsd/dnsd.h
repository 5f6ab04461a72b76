/* What the parts of the service share: configuration, cache, names, upstreams. */
#ifndef DNSD_DNSD_H
#define DNSD_DNSD_H

#include "appliance/dnsd/cache.h"
#include "appliance/dnsd/names.h"
#include "appliance/dnsd/upstreams.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"

#define DNS_PORT     53
#define UPSTREAM_US  1500000u /* an upstream's time to answer */
#define TRIES_MAX    4u       /* then the client is told; it has given up at about 5 s */
#define FORWARDS_MAX 48u
#define STREAMS_MAX  6u

extern struct netconf dnsd_conf;
extern struct cache dnsd_cache;
extern struct names dnsd_names;
extern struct upstreams dnsd_upstreams;
extern unsigned dnsd_upstream; /* of them, the one that answered last */

uint64_t dnsd_now_s(void);
struct sockaddr_in dnsd_socket_address(uint32_t address, uint16_t port);
/* Is the asker on the LAN? Nobody else is answered. */
bool dnsd_is_client(const struct sockaddr_in *from);
/* A reply from what we know ourselves; 0: an upstream has to be asked. */
size_t dnsd_known(const struct dns_query *query, uint8_t *out, size_t room_bytes);
/* The upstream after `upstream`, now preferred if that one was. */
unsigned dnsd_upstream_next(unsigned upstream);

/* forward.c: questions by UDP, each from a port of its own with an id of its own. */
void forwards_ask(int listener, const struct sockaddr_in *from, const struct dns_query *query);
unsigned forwards_polls(struct pollfd *polls);
void forwards_serve(int listener, const struct pollfd *polls, uint64_t now_us);
/* Asks again or gives up where time is over; the next such time. */
uint64_t forwards_expire(int listener, uint64_t now_us);
void forwards_forget(void); /* closes them; once before any other */

/* stream.c: clients by TCP, one question at a time each. */
bool streams_have_room(void);
void streams_accept(int listener, uint64_t now_us);
unsigned streams_polls(struct pollfd *polls); /* two each */
void streams_serve(const struct pollfd *polls, uint64_t now_us);
uint64_t streams_expire(uint64_t now_us);
void streams_forget(void); /* likewise */

#endif
