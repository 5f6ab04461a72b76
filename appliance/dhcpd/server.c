/* See server.h. */
#include "appliance/dhcpd/server.h"

#include <string.h>

#define KEY_BY_ID   1
#define KEY_BY_MAC  2
#define LEASE_MIN_S 60u /* a client may ask for less time than we offer, not for less than this */

/* One message being handled. */
struct turn {
	struct dhcp_server *server;
	struct dhcp_message message;
	struct lease_client client;
	uint64_t now_s;
	struct dhcp_answer *answer;
};

static uint32_t lan_mask(const struct netconf *conf)
{
	return conf->lan.prefix_bits == 0 ? 0 : ~0u << (32 - conf->lan.prefix_bits);
}

static bool is_on_lan(const struct netconf *conf, uint32_t address)
{
	return ((address ^ conf->lan.address) & lan_mask(conf)) == 0;
}

/* --- Replies ------------------------------------------------------------- */

/*
 * RFC 2131, 4.1: to ciaddr if the client has one; we cannot reach it before, so broadcast. Who
 * says that it has one that is not of the LAN would have us write to strangers.
 */
static enum dhcp_outcome reply_send(struct turn *turn, const struct dhcp_reply *reply)
{
	uint32_t has = turn->message.client_address;

	turn->answer->to = reply->type == DHCP_NAK || !is_on_lan(turn->server->conf, has) ? 0 : has;
	turn->answer->bytes = dhcp_reply_build(&turn->message, reply, turn->answer->message);
	return DHCP_REPLIED;
}

static enum dhcp_outcome reply_lease(struct turn *turn, uint8_t type, uint32_t address,
				     uint32_t lease_s)
{
	const struct netconf *conf = turn->server->conf;
	uint32_t own = conf->lan.address, mask = lan_mask(conf);
	struct dhcp_reply reply = { .type = type,
				    .address = address,
				    .server = own,
				    .mask = mask,
				    .router = own,
				    .dns = own,
				    .broadcast = own | ~mask,
				    .lease_s = lease_s,
				    .domain = conf->dns.domain };
	return reply_send(turn, &reply);
}

static enum dhcp_outcome reply_nak(struct turn *turn)
{
	struct dhcp_reply reply = { .type = DHCP_NAK, .server = turn->server->conf->lan.address };

	return reply_send(turn, &reply);
}

static uint32_t lease_time(const struct turn *turn)
{
	uint32_t wanted = turn->message.lease_s, most = turn->server->conf->dhcp.lease_s;

	if (wanted == 0 || wanted > most)
		return most;
	return wanted < LEASE_MIN_S ? LEASE_MIN_S : wanted;
}

/* --- Each kind of message ------------------------------------------------ */

static enum dhcp_outcome discover(struct turn *turn)
{
	struct leases *leases = &turn->server->leases;
	uint32_t address = leases_choose(leases, turn->server->conf, &turn->client, turn->now_s);

	if (address == 0)
		return DHCP_FULL;
	struct lease_record *lease = leases_claim(leases, &turn->client, address, turn->now_s);
	if (lease == NULL)
		return DHCP_FULL;
	if (lease->state == LEASE_OFFERED)
		lease->expires_s = turn->now_s + DHCP_OFFER_S;
	return reply_lease(turn, DHCP_OFFER, address, lease_time(turn));
}

/* The name that others find the client by: the reservation's, or its own if nobody has it. */
static void name_give(struct turn *turn, struct lease_record *lease)
{
	const struct netconf_dhcp *dhcp = &turn->server->conf->dhcp;
	const char *name = turn->message.name;

	for (unsigned i = 0; i < dhcp->reservation_count; i++) {
		const struct netconf_reservation *reservation = &dhcp->reservations[i];
		bool own = memcmp(reservation->mac, lease->mac, sizeof(lease->mac)) == 0;
		if (own && reservation->name[0] != 0)
			name = reservation->name;
		else if (!own && strcmp(reservation->name, name) == 0)
			name = "";
	}
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		const struct lease_record *other = &turn->server->leases.entries[i];
		if (other != lease && other->state == LEASE_BOUND &&
		    lease_is_current(other, turn->now_s) && strcmp(other->name, name) == 0)
			name = "";
	}
	memset(lease->name, 0, sizeof(lease->name));
	lease->name_bytes = (uint8_t)strnlen(name, LEASE_NAME_MAX);
	memcpy(lease->name, name, lease->name_bytes);
}

static enum dhcp_outcome bind_lease(struct turn *turn, uint32_t address)
{
	struct leases *leases = &turn->server->leases;
	uint32_t lease_s = lease_time(turn);
	struct lease_record *lease = leases_claim(leases, &turn->client, address, turn->now_s);

	if (lease == NULL)
		return DHCP_FULL;
	struct lease_record before = *lease;
	lease->state = LEASE_BOUND;
	lease->expires_s = turn->now_s + lease_s;
	name_give(turn, lease);
	if (!leases_keep(leases, lease)) {
		*lease = before;
		return DHCP_NOT_KEPT;
	}
	return reply_lease(turn, DHCP_ACK, address, lease_s);
}

/* RFC 2131, 4.3.2: selecting, after a reboot, renewing, rebinding: told apart by what is there. */
static enum dhcp_outcome request(struct turn *turn)
{
	const struct netconf *conf = turn->server->conf;
	uint32_t server = turn->message.server;
	uint32_t address = turn->message.client_address != 0 ? turn->message.client_address
							     : turn->message.requested;

	if (server != 0 && server != conf->lan.address) {
		struct lease_record *offer =
			leases_of_client(&turn->server->leases, turn->client.key);
		if (offer != NULL && offer->state == LEASE_OFFERED)
			offer->state = LEASE_FREE; /* it chose another's */
		return DHCP_NOT_OURS;
	}
	if (address == 0)
		return DHCP_MALFORMED;
	if (!is_on_lan(conf, address) ||
	    !leases_may_have(&turn->server->leases, conf, &turn->client, address, turn->now_s))
		return reply_nak(turn);
	return bind_lease(turn, address);
}

/* The client's own entry for that address, or NULL. */
static struct lease_record *own_lease(struct turn *turn, uint32_t address)
{
	struct lease_record *lease = leases_of_address(&turn->server->leases, address);

	if (lease == NULL || lease->client != turn->client.key || lease->state == LEASE_DECLINED)
		return NULL;
	return lease;
}

static enum dhcp_outcome lease_end(struct turn *turn, uint32_t address, enum lease_state state)
{
	struct lease_record *lease = own_lease(turn, address);

	if (turn->message.server != turn->server->conf->lan.address)
		return DHCP_NOT_OURS;
	if (lease == NULL)
		return DHCP_UNKNOWN;
	lease->state = (uint8_t)state;
	lease->expires_s = turn->now_s + (state == LEASE_DECLINED ? DHCP_DECLINE_S : 0);
	return leases_keep(&turn->server->leases, lease) ? DHCP_TAKEN : DHCP_NOT_KEPT;
}

static enum dhcp_outcome inform(struct turn *turn)
{
	if (!is_on_lan(turn->server->conf, turn->message.client_address))
		return DHCP_MALFORMED;
	return reply_lease(turn, DHCP_ACK, 0, 0);
}

static enum dhcp_outcome message_handle(struct turn *turn)
{
	switch ((enum dhcp_type)turn->message.type) {
	case DHCP_DISCOVER: return discover(turn);
	case DHCP_REQUEST: return request(turn);
	case DHCP_DECLINE: return lease_end(turn, turn->message.requested, LEASE_DECLINED);
	case DHCP_RELEASE: return lease_end(turn, turn->message.client_address, LEASE_RELEASED);
	case DHCP_INFORM: return inform(turn);
	case DHCP_OFFER:
	case DHCP_ACK:
	case DHCP_NAK: break;
	}
	return DHCP_MALFORMED;
}

static void client_identify(struct turn *turn)
{
	const struct dhcp_message *message = &turn->message;

	turn->client.mac = message->mac;
	turn->client.wish = message->requested;
	turn->client.key =
		message->id_bytes != 0
			? lease_client_key(KEY_BY_ID, message->id, message->id_bytes)
			: lease_client_key(KEY_BY_MAC, message->mac, sizeof(message->mac));
}

bool dhcp_server_handle(struct dhcp_server *server, const uint8_t *bytes, size_t length,
			uint64_t now_s, struct dhcp_answer *answer)
{
	struct turn turn = { .server = server, .now_s = now_s, .answer = answer };
	enum dhcp_outcome outcome;

	if (!dhcp_message_parse(bytes, length, &turn.message)) {
		outcome = DHCP_MALFORMED;
	} else if (turn.message.relay_address != 0) {
		outcome = DHCP_RELAYED;
	} else {
		client_identify(&turn);
		outcome = message_handle(&turn);
	}
	server->outcomes[outcome]++;
	return outcome == DHCP_REPLIED;
}
