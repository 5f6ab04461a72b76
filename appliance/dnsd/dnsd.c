/*
 * dnsd: name server for the LAN as a service. Answers for the LAN's own names
 * (names.c), from the cache (cache.c), or asks an upstream (forward.c, stream.c).
 * After a restart the leases are still in DS, and the cache fills again.
 */
#include "appliance/dnsd/dnsd.h"

#include "services/runtime/ds.h"
#include "services/runtime/netconf_copy.h"
#include "services/runtime/random.h"
#include "services/runtime/wanlease.h"

#include <string.h>

#define QUERIES_PER_TURN 8
#define ROUNDS_PER_TURN  4
#define LEASES_PER_TURN  32
#define BACKLOG          4
#define AGAIN_US         100000u

enum { BY_UDP = 0, BY_TCP = 1, LISTENERS = 2 };
#define POLLS_MAX (LISTENERS + FORWARDS_MAX + 2 * STREAMS_MAX)
_Static_assert(POLLS_MAX <= 64, "one poll holds them all");

struct netconf dnsd_conf;
struct cache dnsd_cache;
struct names dnsd_names;
struct upstreams dnsd_upstreams;
unsigned dnsd_upstream;

static const struct netconf_region *shared;
static const struct wan_lease_region *lease_region;
static struct wan_lease lease; /* of the WAN */
static int listeners[LISTENERS] = { -1, -1 };
static bool subscribed;

uint64_t dnsd_now_s(void)
{
	return time_us() / 1000000u;
}

struct sockaddr_in dnsd_socket_address(uint32_t address, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(address) };
}

bool dnsd_is_client(const struct sockaddr_in *from)
{
	uint32_t bits = dnsd_conf.lan.prefix_bits;
	uint32_t mask = bits == 0 ? 0 : ~0u << (32 - bits);

	return ((ntohl(from->sin_addr.s_addr) ^ dnsd_conf.lan.address) & mask) == 0;
}

unsigned dnsd_upstream_next(unsigned upstream)
{
	unsigned count = dnsd_upstreams.count;
	unsigned next = count == 0 ? 0 : (upstream + 1) % count;

	if (dnsd_upstream == upstream)
		dnsd_upstream = next;
	return next;
}

size_t dnsd_known(const struct dns_query *query, uint8_t *out, size_t room_bytes)
{
	uint64_t now_s = dnsd_now_s();
	size_t own = names_answer(&dnsd_names, &dnsd_conf, now_s, query, out);

	if (own != 0)
		return own;
	const struct cache_entry *entry = cache_find(&dnsd_cache, query, now_s);
	if (entry == NULL)
		return 0;
	return dns_reply_build(query, entry->answer, entry->bytes,
			       (uint32_t)(now_s - entry->kept_s), out, room_bytes);
}

/* --- Sockets --------------------------------------------------------------- */

static void sockets_drop(void)
{
	for (int i = 0; i < LISTENERS; i++) {
		socket_abandon(listeners[i]);
		listeners[i] = -1;
	}
}

static bool listener_open(int which)
{
	struct sockaddr_in own = dnsd_socket_address(dnsd_conf.lan.address, DNS_PORT);

	if (listeners[which] >= 0)
		return true;
	listeners[which] = socket(AF_INET, which == BY_TCP ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (listeners[which] >= 0 &&
	    bind(listeners[which], (struct sockaddr *)&own, sizeof(own)) == 0 &&
	    (which == BY_UDP || listen(listeners[which], BACKLOG) == 0))
		return true;
	return false;
}

/* INET could not take a listener over, or the address is another: everything begins anew. */
static void all_forget(void)
{
	sockets_drop();
	forwards_forget();
	streams_forget();
}

/* --- Questions by UDP ------------------------------------------------------ */

/* False if there is none. */
static bool datagram_serve(void)
{
	static uint8_t in[DNS_UDP_BYTES], out[DNS_UDP_BYTES + DNS_QUERY_BYTES];
	static struct dns_query query;
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	enum dns_code code;
	ssize_t got = recvfrom(listeners[BY_UDP], in, sizeof(in), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &length);

	if (got < 0)
		return false;
	if (!dnsd_is_client(&from) || !dns_query_parse(in, (size_t)got, &query, &code))
		return true;
	size_t bytes = code != DNS_NO_ERROR ? dns_error_build(&query, code, out)
					    : dnsd_known(&query, out, query.room_bytes);
	if (bytes == 0)
		forwards_ask(listeners[BY_UDP], &from, &query);
	else
		(void)sendto(listeners[BY_UDP], out, bytes, MSG_DONTWAIT, (struct sockaddr *)&from,
			     sizeof(from));
	return true;
}

/* --- The loop -------------------------------------------------------------- */

static void upstreams_follow(uint64_t now_us)
{
	(void)wan_lease_update(lease_region, &lease);
	struct upstreams fresh = upstreams_of(&dnsd_conf, &lease, now_us);
	if (memcmp(&fresh, &dnsd_upstreams, sizeof(fresh)) == 0)
		return;
	dnsd_upstreams = fresh;
	dnsd_upstream = 0;
}

static void configuration_follow(uint64_t now_us)
{
	uint32_t before = dnsd_conf.lan.address;

	if (netconf_copy_update(shared, &dnsd_conf) && dnsd_conf.lan.address != before)
		all_forget();
	upstreams_follow(now_us);
}

/* Every lease counts as changed when we subscribe; then DS notifies us. False: more are there. */
static bool leases_follow(void)
{
	struct ds_entry entry;

	if (!subscribed)
		subscribed = ds_subscribe(LEASE_DS_PATTERN) == OK;
	for (int i = 0; i < LEASES_PER_TURN; i++) {
		if (!subscribed || ds_check(&entry) != OK)
			return true;
		names_take(&dnsd_names, entry.name, entry.value,
			   entry.removed ? 0 : entry.length_bytes);
	}
	return false;
}

static unsigned polls_fill(struct pollfd polls[POLLS_MAX])
{
	unsigned used = LISTENERS;

	polls[BY_UDP] = (struct pollfd){ .fd = listeners[BY_UDP], .events = POLLIN };
	polls[BY_TCP] = (struct pollfd){ .fd = streams_have_room() ? listeners[BY_TCP] : -1,
					 .events = POLLIN };
	used += forwards_polls(polls + used);
	return used + streams_polls(polls + used);
}

static void polls_serve(const struct pollfd polls[POLLS_MAX], uint64_t now_us)
{
	forwards_serve(listeners[BY_UDP], polls + LISTENERS, now_us);
	streams_serve(polls + LISTENERS + FORWARDS_MAX, now_us);
	if (polls[BY_TCP].revents != 0)
		streams_accept(listeners[BY_TCP], now_us);
	for (int i = 0; polls[BY_UDP].revents != 0 && i < QUERIES_PER_TURN; i++)
		if (!datagram_serve())
			return;
}

static uint64_t deadline(uint64_t now_us)
{
	uint64_t forwards_us = forwards_expire(listeners[BY_UDP], now_us);
	uint64_t streams_us = streams_expire(now_us);
	uint64_t next_us = subscribed ? service_rest_until_us(now_us, SERVICE_LONG_REST_US)
				      : now_us + AGAIN_US; /* DS was not there */

	if (forwards_us < next_us)
		next_us = forwards_us;
	return streams_us < next_us ? streams_us : next_us;
}

static uint64_t work(uint64_t now_us)
{
	struct pollfd polls[POLLS_MAX];

	configuration_follow(now_us);
	if (dnsd_conf.version == 0 || dnsd_conf.lan.address == 0)
		return service_rest_until_us(now_us, SERVICE_LONG_REST_US);
	bool followed = leases_follow();
	if (!listener_open(BY_UDP) || !listener_open(BY_TCP)) {
		sockets_drop();
		return now_us + AGAIN_US;
	}
	for (int round = 0; round < ROUNDS_PER_TURN; round++) {
		uint64_t next_us = deadline(now_us);
		int ready = socket_watch(polls, polls_fill(polls));
		if (ready == 0 && followed)
			return next_us; /* INET notifies us before if need be */
		if (ready < 0 && errno == EAGAIN)
			return now_us + AGAIN_US; /* INET restarts; our sockets stay */
		if (ready < 0 || ((polls[BY_UDP].revents | polls[BY_TCP].revents) & POLLERR)) {
			all_forget();
			return now_us + AGAIN_US;
		}
		polls_serve(polls, now_us);
	}
	return now_us;
}

static enum status start(void)
{
	shared = region("netconf", sizeof(struct netconf_region));
	lease_region = region("wan.lease", sizeof(struct wan_lease_region));
	random_init();
	all_forget();
	return OK;
}

int main(void)
{
	static const struct service service = { .start = start, .work = work };
	return service_run(&service);
}
