/*
 * The firewall's table, and `show counters` and `show neighbours` from it.
 *
 * The whole table is copied at the first step, so that what a slow terminal is
 * shown over many steps is of one moment.
 */
#include "services/console/show_firewall.h"

#include "services/console/address.h"
#include "services/console/view.h"

#include <string.h>

#define SNAPSHOT_TRIES 4

static_assert(sizeof(struct fw_table) <= SNAPSHOT_BYTES, "fits the session's snapshot");

static uint32_t bounded(uint32_t count, uint32_t most)
{
	return count < most ? count : most;
}

/*
 * Copies the table to the job's snapshot with its counts bounded. Sets
 * *consistent to false if the firewall did not stop writing (it died in the
 * middle); NULL if the firewall has never written one.
 */
static const struct fw_table *table_copy(struct job *job, bool *consistent)
{
	struct fw_table *copy = job->snapshot;

	*consistent = false;
	for (int i = 0; i < SNAPSHOT_TRIES && !*consistent; i++) {
		uint32_t sequence = fw_table_begin(view.firewall);

		memcpy(copy, view.firewall, sizeof(*copy));
		*consistent = fw_table_done(view.firewall, sequence);
	}
	copy->connection_count = bounded(copy->connection_count, FW_TABLE_CONNECTIONS);
	copy->neighbour_count = bounded(copy->neighbour_count, FW_TABLE_NEIGHBOURS);
	return copy->version == FW_TABLE_VERSION ? copy : NULL;
}

/* NULL, after saying so, if there is no table. */
const struct fw_table *firewall_open(struct job *job, struct text *out)
{
	const struct fw_table *table = job->snapshot;
	bool consistent;

	if (job->step > 0)
		return table;
	table = table_copy(job, &consistent);
	if (table == NULL) {
		job_fail(job, out, "the firewall has not written its table yet");
		return NULL;
	}
	if (!job->as_json) {
		if (!consistent)
			text_string(out, "the firewall stopped while it wrote this:\r\n");
		return table;
	}
	json_object(&job->json, out, NULL);
	json_boolean(&job->json, out, "consistent", consistent);
	json_number(&job->json, out, "updated_us", table->updated_us);
	json_number(&job->json, out, "lives", table->lives);
	json_number(&job->json, out, "configuration_serial", table->configuration_serial);
	return table;
}

bool firewall_close(struct job *job, struct text *out)
{
	if (job->as_json) {
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}

static void counters_outcomes(struct job *job, struct text *out, const struct fw_table *table)
{
	if (job->as_json) {
		json_number(&job->json, out, "forwarded", table->forwarded);
		json_number(&job->json, out, "deferred", table->deferred);
		json_number(&job->json, out, "consumed", table->consumed);
		return;
	}
	text_printf(out, "%20llu forwarded\r\n%20llu deferred\r\n%20llu consumed\r\n",
		    (unsigned long long)table->forwarded, (unsigned long long)table->deferred,
		    (unsigned long long)table->consumed);
}

static void counters_dropped(struct job *job, struct text *out, const struct fw_table *table)
{
	if (job->as_json)
		json_object(&job->json, out, "dropped");
	for (unsigned reason = FW_REASON_NONE + 1; reason < FW_REASON_COUNT; reason++) {
		uint64_t count = table->dropped[reason];

		if (job->as_json)
			json_number(&job->json, out, fw_reason_word(reason), count);
		else if (count != 0)
			text_printf(out, "%20llu dropped, %s: %s\r\n", (unsigned long long)count,
				    fw_reason_word(reason), fw_reason_text(reason));
	}
	if (job->as_json)
		json_object_end(&job->json, out);
}

/* Rules of the document; only those that were hit, as there may be 256. */
static void counters_rules(struct job *job, struct text *out, const struct fw_table *table,
			   unsigned first, unsigned end)
{
	for (unsigned rule = first; rule < end; rule++) {
		if (table->rule_hits[rule] == 0)
			continue;
		if (!job->as_json) {
			text_printf(out, "%20llu hits of rule %u\r\n",
				    (unsigned long long)table->rule_hits[rule], rule);
			continue;
		}
		json_object(&job->json, out, NULL);
		json_number(&job->json, out, "rule", rule);
		json_number(&job->json, out, "hits", table->rule_hits[rule]);
		json_object_end(&job->json, out);
	}
}

static void counters_port(struct job *job, struct text *out, const struct fw_table_port *port,
			  unsigned index)
{
	char name[8] = "host";

	if (index < NETQ_PORTS_MAX)
		memcpy(name, (char[]){ 'p', 'o', 'r', 't', (char)('0' + index), 0 }, 6);
	if (port->attached != 1)
		return;
	if (!job->as_json) {
		text_printf(out, "%-8s %14llu in, %14llu out, %12llu dropped, %llu complaints\r\n",
			    name, (unsigned long long)port->rx_frames,
			    (unsigned long long)port->tx_frames, (unsigned long long)port->dropped,
			    (unsigned long long)port->complaints);
		return;
	}
	json_object(&job->json, out, NULL);
	json_word(&job->json, out, "name", name);
	json_word(&job->json, out, "zone", view_zone_text(port->zone));
	json_boolean(&job->json, out, "ready", port->ready == 1);
	json_boolean(&job->json, out, "link", port->link == NETQ_LINK_UP);
	json_number(&job->json, out, "rx_frames", port->rx_frames);
	json_number(&job->json, out, "rx_bytes", port->rx_bytes);
	json_number(&job->json, out, "tx_frames", port->tx_frames);
	json_number(&job->json, out, "tx_bytes", port->tx_bytes);
	json_number(&job->json, out, "dropped", port->dropped);
	json_number(&job->json, out, "complaints", port->complaints);
	json_object_end(&job->json, out);
}

#define RULES_A_STEP 64u
#define RULE_STEPS   (NETCONF_RULES_MAX / RULES_A_STEP)

/* Step 0: outcomes and reasons; then the rules; then the ports. */
bool show_counters(struct job *job, struct text *out)
{
	const struct fw_table *table = firewall_open(job, out);

	if (table == NULL)
		return false;
	if (job->step == 0) {
		counters_outcomes(job, out, table);
		counters_dropped(job, out, table);
		if (job->as_json)
			json_array(&job->json, out, "rules");
		return true;
	}
	if (job->step <= RULE_STEPS) {
		counters_rules(job, out, table, (job->step - 1) * RULES_A_STEP,
			       job->step * RULES_A_STEP);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_array(&job->json, out, "ports");
	}
	for (unsigned port = 0; port < FW_TABLE_PORTS; port++)
		counters_port(job, out, &table->ports[port], port);
	if (job->as_json)
		json_array_end(&job->json, out);
	return firewall_close(job, out);
}

static void neighbour_row(struct job *job, struct text *out,
			  const struct fw_table_neighbour *neighbour)
{
	struct address_text address = address_ipv4(neighbour->address);
	struct address_text mac = address_mac(neighbour->mac);
	const char *state = fw_neighbour_state_text(neighbour->state);

	if (!job->as_json) {
		text_printf(out, "%-15s  %s  %-4s  %-10s  %8u s\r\n", address.text, mac.text,
			    view_zone_text(neighbour->zone), state, neighbour->confirmed_s);
		return;
	}
	json_object(&job->json, out, NULL);
	json_word(&job->json, out, "address", address.text);
	json_word(&job->json, out, "mac", mac.text);
	json_word(&job->json, out, "zone", view_zone_text(neighbour->zone));
	json_word(&job->json, out, "state", state);
	json_number(&job->json, out, "confirmed_s", neighbour->confirmed_s);
	json_object_end(&job->json, out);
}

bool show_neighbours(struct job *job, struct text *out)
{
	const struct fw_table *table = firewall_open(job, out);

	if (table == NULL)
		return false;
	if (job->step == 0 && job->as_json)
		json_array(&job->json, out, "neighbours");
	else if (job->step == 0)
		text_string(out,
			    "address          station            zone  state       confirmed\r\n");
	if (job->step < table->neighbour_count) {
		neighbour_row(job, out, &table->neighbours[job->step]);
		return true;
	}
	if (job->as_json)
		json_array_end(&job->json, out);
	return firewall_close(job, out);
}
