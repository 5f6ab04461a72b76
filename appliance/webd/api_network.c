/* GET /leases, /connections, /firewall: what dhcpd and the firewall say. */
#include "appliance/webd/api.h"
#include "services/proto/lease.h"

#include <string.h>

#define CONNECTIONS_DEFAULT 100u
#define CONNECTIONS_MAX     160u /* of at most 400 bytes */
#define TABLE_TRIES         3    /* the firewall writes five times a second, in microseconds */

/* --- Leases ---------------------------------------------------------------------------- */

static const char *lease_state_text(uint8_t state)
{
	switch (state) {
	case LEASE_BOUND: return "bound";
	case LEASE_RELEASED: return "released";
	case LEASE_DECLINED: return "declined";
	default: return "unknown";
	}
}

static bool is_reserved(const struct lease_record *lease)
{
	const struct netconf_dhcp *dhcp = &world.netconf.dhcp;

	for (uint32_t i = 0; i < dhcp->reservation_count && i < NETCONF_RESERVATIONS_MAX; i++)
		if (dhcp->reservations[i].address == lease->address)
			return true;
	return false;
}

static void lease_write(struct json *json, const struct lease_record *lease)
{
	uint64_t now_s = world.now_us / 1000000;
	size_t name_bytes = lease->name_bytes < sizeof(lease->name) ? lease->name_bytes : 0;

	json_object(json, NULL);
	json_ipv4(json, "address", lease->address);
	json_mac(json, "mac", lease->mac);
	json_text(json, "name", lease->name, name_bytes);
	json_string(json, "state", lease_state_text(lease->state));
	api_time_write(json, "expires_time", lease->expires_s * 1000000);
	json_number(json, "expires_in", lease->expires_s > now_s ? lease->expires_s - now_s : 0);
	json_boolean(json, "reserved", is_reserved(lease));
	json_object_end(json);
}

enum app_outcome api_leases(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	struct ds_entry entry;

	json_array(json, NULL);
	for (uint32_t i = 0; i < LEASES_MAX; i++) {
		struct lease_record lease;
		enum status status = act_ds_lease(i, &entry);
		if (status == E_ABSENT)
			continue;
		if (status != OK)
			return api_again(exchange, "the data store does not answer");
		if (entry.length_bytes != sizeof(lease))
			continue;
		memcpy(&lease, entry.value, sizeof(lease));
		if (lease.version == LEASE_VERSION)
			lease_write(json, &lease);
	}
	json_array_end(json);
	return api_done(exchange);
}

/* --- Connections ------------------------------------------------------------------------- */

static void protocol_write(struct json *json, uint8_t protocol)
{
	switch (protocol) {
	case 1: json_string(json, "protocol", "icmp"); return;
	case 6: json_string(json, "protocol", "tcp"); return;
	case 17: json_string(json, "protocol", "udp"); return;
	default: json_number(json, "protocol", protocol); return;
	}
}

static void connection_write(struct json *json, const struct fw_table_connection *connection)
{
	json_object(json, NULL);
	protocol_write(json, connection->protocol);
	json_ipv4(json, "source", connection->source);
	json_number(json, "source_port", connection->source_port);
	json_ipv4(json, "destination", connection->destination);
	json_number(json, "destination_port", connection->destination_port);
	json_ipv4(json, "reply_source", connection->reply_source);
	json_number(json, "reply_source_port", connection->reply_source_port);
	json_ipv4(json, "reply_destination", connection->reply_destination);
	json_number(json, "reply_destination_port", connection->reply_destination_port);
	json_string(json, "state", fw_conn_state_text(connection->state));
	json_boolean(json, "translated", connection->translated == 1);
	json_string(json, "from", world_zone_text(connection->from_zone));
	json_string(json, "to", world_zone_text(connection->to_zone));
	json_number(json, "age_s", connection->age_s);
	json_number(json, "idle_s", connection->idle_s);
	json_object_end(json);
}

/* Copies what belongs together, if the firewall lets us; returns how many. */
static uint32_t connections_copy(struct fw_table_connection *copies, uint32_t limit)
{
	const struct fw_table *table = world.firewall;
	uint32_t count = 0;

	for (int i = 0; i < TABLE_TRIES; i++) {
		uint32_t sequence = fw_table_begin(table);
		count = table->connection_count < limit ? table->connection_count : limit;
		if (count > CONNECTIONS_MAX)
			count = CONNECTIONS_MAX;
		memcpy(copies, table->connections, count * sizeof(*copies));
		if (fw_table_done(table, sequence))
			return count;
	}
	return count; /* it died while it wrote: what there is */
}

enum app_outcome api_connections(struct exchange *exchange)
{
	static struct fw_table_connection copies[CONNECTIONS_MAX];
	uint64_t limit;

	if (!api_number_get(exchange, "limit", CONNECTIONS_DEFAULT, &limit))
		return api_problem(exchange, 400, "limit has to be a number");
	uint32_t count = connections_copy(copies, limit < CONNECTIONS_MAX ? (uint32_t)limit
									  : CONNECTIONS_MAX);
	struct json *json = response_json(exchange->response, 200);
	json_array(json, NULL);
	for (uint32_t i = 0; i < count; i++)
		connection_write(json, &copies[i]);
	json_array_end(json);
	return api_done(exchange);
}

/* --- Firewall ------------------------------------------------------------------------------ */

enum app_outcome api_firewall(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	uint32_t rules = world.netconf.rule_count;

	json_object(json, NULL);
	json_array(json, "drops");
	for (unsigned reason = 1; reason < FW_REASON_COUNT; reason++) {
		json_object(json, NULL);
		json_string(json, "reason", fw_reason_word(reason));
		json_string(json, "text", fw_reason_text(reason));
		json_number(json, "count", world.firewall->dropped[reason]);
		json_object_end(json);
	}
	json_array_end(json);
	json_array(json, "rules");
	for (uint32_t i = 0; i < rules && i < NETCONF_RULES_MAX; i++) {
		json_object(json, NULL);
		json_number(json, "number", i);
		json_number(json, "count", world.firewall->rule_hits[i]);
		json_object_end(json);
	}
	json_array_end(json);
	json_number(json, "quarantined", world.quarantine->sequence);
	json_object_end(json);
	return api_done(exchange);
}
