/*
 * dhcpd: the DHCP server on the LAN as a service. One UDP socket on port 67 of
 * the LAN address; all that is decided stands in server.c. After a restart the
 * leases come back from the keeper before the first message is read.
 */
#include "appliance/dhcpd/keeper.h"
#include "appliance/dhcpd/server.h"
#include "appliance/dhcpd/shelf.h"
#include "services/runtime/netconf_copy.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"
#include "services/runtime/wish.h"

#include <stdio.h>

#define MESSAGES_PER_TURN 8
#define AGAIN_US          100000u  /* INET or DS was not there */
#define LIMITED_BROADCAST 0xffffffffu

static struct {
	const struct netconf_region *region;
	struct netconf conf;
	struct dhcp_server server;
	bool clean;                 /* what keeper and store have is to be forgotten */
	unsigned forgotten;         /* of the keeper's */
	bool asked;                 /* the keeper has told what it has */
	bool loaded;                /* and so has the store, if need be */
	unsigned to_keep;           /* of entries from here on the keeper may not know */
	struct lease_keeper keeper; /* DS, and who notes that something has changed */
	int fd;                     /* -1: none */
	bool closing;
} dhcpd = { .fd = -1 };

static uint64_t now_seconds(void)
{
	return time_us() / 1000000u;
}

/* INET keeps a socket over its own death: it has to hear that it is closed. False: not yet. */
static bool socket_drop(void)
{
	if (dhcpd.fd >= 0 && socket_close(dhcpd.fd) < 0 && errno == EAGAIN)
		return false;
	dhcpd.fd = -1;
	dhcpd.closing = false;
	return true;
}

/* Bound to the LAN address, so that it neither hears nor speaks on the WAN. */
static bool socket_open(void)
{
	struct sockaddr_in own = { .sin_family = AF_INET,
				   .sin_port = htons(DHCP_SERVER_PORT),
				   .sin_addr.s_addr = htonl(dhcpd.conf.lan.address) };

	if (dhcpd.closing && !socket_drop())
		return false;
	if (dhcpd.fd >= 0)
		return true;
	dhcpd.fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (dhcpd.fd < 0)
		return false;
	if (bind(dhcpd.fd, (struct sockaddr *)&own, sizeof(own)) == 0)
		return true;
	dhcpd.closing = true;
	return false;
}

static bool answer_send_to(const struct dhcp_answer *answer, uint32_t address)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(DHCP_CLIENT_PORT),
				  .sin_addr.s_addr = htonl(address) };

	return sendto(dhcpd.fd, answer->message, answer->bytes, MSG_DONTWAIT,
		      (struct sockaddr *)&to, sizeof(to)) >= 0;
}

static void answer_send(const struct dhcp_answer *answer)
{
	/* A lost answer is asked for again. */
	(void)answer_send_to(answer, answer->to != 0 ? answer->to : LIMITED_BROADCAST);
}

/* False if there was none. */
static bool message_serve(void)
{
	static uint8_t bytes[DHCP_MESSAGE_MAX];
	struct dhcp_answer answer;
	uint64_t full = dhcpd.server.outcomes[DHCP_FULL];
	ssize_t got = recvfrom(dhcpd.fd, bytes, sizeof(bytes), MSG_DONTWAIT, NULL, NULL);

	if (got < 0)
		return false;
	if (dhcp_server_handle(&dhcpd.server, bytes, (size_t)got, now_seconds(), &answer))
		answer_send(&answer);
	if (full == 0 && dhcpd.server.outcomes[DHCP_FULL] != 0)
		log_warning("no address is left to give out");
	return true;
}

static void configuration_follow(void)
{
	uint32_t before = dhcpd.conf.lan.address;

	if (!netconf_copy_update(dhcpd.region, &dhcpd.conf))
		return;
	if (dhcpd.conf.lan.address != before || dhcpd.conf.dhcp.enabled == 0)
		dhcpd.closing = true;
}

static bool is_wanted(void)
{
	return dhcpd.conf.version != 0 && dhcpd.conf.dhcp.enabled != 0 &&
	       dhcpd.conf.lan.address != 0;
}

static bool lease_put(unsigned number, const struct lease_record *record)
{
	bool kept = keeper_ds.put(number, record);

	if (kept)
		shelf_mark(time_us());
	return kept;
}

static bool has_leases(void)
{
	for (unsigned i = 0; i < LEASES_MAX; i++)
		if (dhcpd.server.leases.entries[i].state != LEASE_FREE)
			return true;
	return false;
}

/* Former lives died of them, as far as can be told: DS and store are to have none. */
static bool leases_forgotten(void)
{
	if (!keeper_forget(&dhcpd.forgotten))
		return false;
	dhcpd.server.leases.keeper = &dhcpd.keeper;
	shelf_mark(time_us());
	dhcpd.asked = dhcpd.loaded = true;
	return true;
}

/*
 * DS has them after a restart, perhaps not all if we died just after a reboot; then the store adds
 * what DS has not. Only who has none waits for the store.
 */
static bool leases_ready(void)
{
	struct leases *leases = &dhcpd.server.leases;

	if (dhcpd.loaded)
		return true;
	if (dhcpd.clean)
		return leases_forgotten();
	if (!dhcpd.asked)
		dhcpd.asked = leases_load(leases, &dhcpd.keeper);
	if (!dhcpd.asked)
		return false;
	if (!shelf_load(time_us()) && !has_leases())
		return false;
	dhcpd.loaded = true;
	log_info("%u leases", leases_count(leases, now_seconds()));
	return true;
}

/* Names of leases out of the store, for dnsd and others. False: DS is not there. */
static bool leases_publish(void)
{
	for (int i = 0; i < MESSAGES_PER_TURN && dhcpd.to_keep < LEASES_MAX; i++, dhcpd.to_keep++) {
		const struct lease_record *lease = &dhcpd.server.leases.entries[dhcpd.to_keep];

		if (lease->state != LEASE_FREE && lease->state != LEASE_OFFERED &&
		    !keeper_ds.put(dhcpd.to_keep, lease))
			return false;
	}
	return true;
}

static uint64_t clients_serve(uint64_t now_us)
{
	if (!socket_open())
		return now_us + AGAIN_US;
	for (int i = 0; i < MESSAGES_PER_TURN; i++) {
		struct pollfd poll = { .fd = dhcpd.fd, .events = POLLIN };
		int ready = socket_watch(&poll, 1);

		if (ready == 0)
			return SERVICE_NO_DEADLINE; /* INET notifies us */
		if (ready < 0 && errno == EAGAIN)
			return now_us + AGAIN_US; /* INET restarts; our socket stays */
		if (ready < 0 || (poll.revents & POLLERR)) {
			dhcpd.closing = true;
			return now_us + AGAIN_US;
		}
		if (!message_serve())
			return now_us + AGAIN_US;
	}
	return now_us;
}

/* What needs no client; returns when to be called again. */
static uint64_t leases_keep_up(uint64_t now_us)
{
	bool published = leases_publish() && dhcpd.to_keep == LEASES_MAX;
	uint64_t next_us = published ? service_rest_until_us(now_us, SERVICE_LONG_REST_US)
				     : now_us + AGAIN_US;
	uint64_t save_us = shelf_save(now_us);

	return save_us < next_us ? save_us : next_us;
}

static uint64_t work(uint64_t now_us)
{
	uint64_t keep_us, serve_us;

	configuration_follow();
	if (!is_wanted())
		return dhcpd.closing && !socket_drop()
			       ? now_us + AGAIN_US
			       : service_rest_until_us(now_us, SERVICE_LONG_REST_US);
	if (!leases_ready())
		return now_us + AGAIN_US;
	serve_us = clients_serve(now_us);
	keep_us = leases_keep_up(now_us); /* what was just given, too */
	return serve_us < keep_us ? serve_us : keep_us;
}

static enum status start(void)
{
	dhcpd.clean = wish_clean_start("what DS and the store have of leases");
	dhcpd.keeper = keeper_ds;
	dhcpd.keeper.put = lease_put;
	dhcpd.region = region("netconf", sizeof(struct netconf_region));
	dhcpd.server.conf = &dhcpd.conf;
	shelf_init(&dhcpd.server.leases);
	return OK;
}

int main(void)
{
	static const struct service service = { .start = start, .work = work };
	return service_run(&service);
}
