/* show connections. */
#include "services/console/address.h"
#include "services/console/show_firewall.h"
#include "services/console/view.h"

static void connections_summary_json(struct json *json, struct text *out,
				     const struct fw_table *table)
{
	json_number(json, out, "used", table->connections_used);
	json_number(json, out, "capacity", table->connections_capacity);
	json_number(json, out, "opened", table->connections_opened);
	json_number(json, out, "restored", table->connections_restored);
	json_number(json, out, "discarded", table->connections_discarded);
	json_object(json, out, "by_state");
#define X(name, text, timeout_s)                                                                   \
	json_number(json, out, text, table->connections_by_state[FW_CONN_##name]);
	FW_CONN_STATE_TABLE(X)
#undef X
	json_object_end(json, out);
	json_number(json, out, "shown", table->connection_count);
	json_array(json, out, "connections");
}

static void connections_summary_text(struct text *out, const struct fw_table *table)
{
	text_printf(
		out,
		"%u of %u in use, %llu opened since boot; last restart: %u kept, %u given up\r\n",
		table->connections_used, table->connections_capacity,
		(unsigned long long)table->connections_opened, table->connections_restored,
		table->connections_discarded);
	if (table->connection_count < table->connections_used)
		text_printf(out, "the %u opened last:\r\n", table->connection_count);
}

static void connection_json(struct json *json, struct text *out,
			    const struct fw_table_connection *connection)
{
	json_object(json, out, NULL);
	json_word(json, out, "protocol", address_protocol(connection->protocol).text);
	json_word(json, out, "state", fw_conn_state_text(connection->state));
	json_word(json, out, "source", address_ipv4(connection->source).text);
	json_number(json, out, "source_port", connection->source_port);
	json_word(json, out, "destination", address_ipv4(connection->destination).text);
	json_number(json, out, "destination_port", connection->destination_port);
	json_word(json, out, "reply_source", address_ipv4(connection->reply_source).text);
	json_number(json, out, "reply_source_port", connection->reply_source_port);
	json_word(json, out, "reply_destination", address_ipv4(connection->reply_destination).text);
	json_number(json, out, "reply_destination_port", connection->reply_destination_port);
	json_word(json, out, "from_zone", view_zone_text(connection->from_zone));
	json_word(json, out, "to_zone", view_zone_text(connection->to_zone));
	json_boolean(json, out, "translated", connection->translated == 1);
	json_number(json, out, "age_s", connection->age_s);
	json_number(json, out, "idle_s", connection->idle_s);
	json_object_end(json, out);
}

static void connection_text(struct text *out, const struct fw_table_connection *connection)
{
	text_printf(out, "%-4s %s:%u > %s:%u  %s, idle %u s",
		    address_protocol(connection->protocol).text,
		    address_ipv4(connection->source).text, connection->source_port,
		    address_ipv4(connection->destination).text, connection->destination_port,
		    fw_conn_state_text(connection->state), connection->idle_s);
	if (connection->translated == 1)
		text_printf(out, ", as %s:%u", address_ipv4(connection->reply_destination).text,
			    connection->reply_destination_port);
	text_string(out, "\r\n");
}

bool show_connections(struct job *job, struct text *out)
{
	const struct fw_table *table = firewall_open(job, out);

	if (table == NULL)
		return false;
	if (job->step == 0 && job->as_json)
		connections_summary_json(&job->json, out, table);
	else if (job->step == 0)
		connections_summary_text(out, table);
	if (job->step < table->connection_count) {
		if (job->as_json)
			connection_json(&job->json, out, &table->connections[job->step]);
		else
			connection_text(out, &table->connections[job->step]);
		return true;
	}
	if (job->as_json)
		json_array_end(&job->json, out);
	return firewall_close(job, out);
}
