/* show config: the network's configuration in force, as compiled by config. */
#include "services/console/address.h"
#include "services/console/command.h"
#include "services/console/view.h"

static_assert(sizeof(struct netconf) <= SNAPSHOT_BYTES, "fits the session's snapshot");

static void interface_json(struct json *json, struct text *out, const char *key,
			   const struct netconf_interface *interface)
{
	json_object(json, out, key);
	json_word(json, out, "address", address_ipv4(interface->address).text);
	json_number(json, out, "prefix_bits", interface->prefix_bits);
	json_object_end(json, out);
}

static void config_head_json(struct json *json, struct text *out, const struct netconf *netconf)
{
	json_object(json, out, NULL);
	json_number(json, out, "serial", netconf->serial);
	json_number(json, out, "module_bytes", view.kernel->config_bytes);
	interface_json(json, out, "lan", &netconf->lan);
	interface_json(json, out, "wan", &netconf->wan);
	json_word(json, out, "gateway", address_ipv4(netconf->gateway).text);
	json_boolean(json, out, "nat", netconf->nat == 1);
	json_array(json, out, "zones");
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		json_word(json, out, NULL, view_zone_text(netconf->zone[port]));
	json_array_end(json, out);
	json_array(json, out, "rules");
}

static void config_head_text(struct text *out, const struct netconf *netconf)
{
	text_printf(out, "configuration %u since boot%s\r\n", netconf->serial,
		    view.kernel->config_bytes != 0
			    ? "; a document came with the boot, see 'config status'"
			    : "");
	text_printf(out, "lan      %s/%u\r\n", address_ipv4(netconf->lan.address).text,
		    netconf->lan.prefix_bits);
	text_printf(out, "wan      %s/%u\r\n", address_ipv4(netconf->wan.address).text,
		    netconf->wan.prefix_bits);
	text_printf(out, "gateway  %s\r\n", address_ipv4(netconf->gateway).text);
	text_printf(out, "nat      %s\r\n", netconf->nat == 1 ? "on" : "off");
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++)
		if (netconf->zone[port] != ZONE_NONE)
			text_printf(out, "port%u    %s\r\n", port,
				    view_zone_text(netconf->zone[port]));
}

static void rule_json(struct json *json, struct text *out, const struct netconf_rule *rule)
{
	json_object(json, out, NULL);
	json_number(json, out, "number", rule->number);
	json_number(json, out, "matches", rule->matches);
	json_word(json, out, "action", rule->action == RULE_ALLOW ? "allow" : "deny");
	json_word(json, out, "from_zone", view_zone_text(rule->from_zone));
	json_word(json, out, "to_zone", view_zone_text(rule->to_zone));
	json_word(json, out, "protocol", address_protocol(rule->protocol).text);
	json_word(json, out, "source", address_network(rule->source, rule->source_mask).text);
	json_number(json, out, "source_port_low", rule->source_port_low);
	json_number(json, out, "source_port_high", rule->source_port_high);
	json_word(json, out, "destination",
		  address_network(rule->destination, rule->destination_mask).text);
	json_number(json, out, "destination_port_low", rule->destination_port_low);
	json_number(json, out, "destination_port_high", rule->destination_port_high);
	json_object_end(json, out);
}

static void rule_ports_text(struct text *out, uint16_t low, uint16_t high)
{
	if (low == 0 && high == UINT16_MAX)
		return;
	text_printf(out, low == high ? " port %u" : " ports %u to %u", low, high);
}

static void rule_text(struct text *out, const struct netconf_rule *rule)
{
	text_printf(out, "rule %-3u %s %s from %s %s", rule->number,
		    rule->action == RULE_ALLOW ? "allow" : "deny",
		    address_protocol(rule->protocol).text, view_zone_text(rule->from_zone),
		    address_network(rule->source, rule->source_mask).text);
	rule_ports_text(out, rule->source_port_low, rule->source_port_high);
	text_printf(out, " to %s %s", view_zone_text(rule->to_zone),
		    address_network(rule->destination, rule->destination_mask).text);
	rule_ports_text(out, rule->destination_port_low, rule->destination_port_high);
	if (rule->matches > 1)
		text_printf(out, ", the first of %u of its lists", rule->matches);
	text_string(out, "\r\n");
}

bool show_config(struct job *job, struct text *out)
{
	struct netconf *netconf = job->snapshot;

	if (job->step == 0) {
		if (!view_netconf_get(netconf))
			return job_fail(job, out, "no valid configuration has been published yet");
		if (job->as_json)
			config_head_json(&job->json, out, netconf);
		else
			config_head_text(out, netconf);
	}
	if (job->step < netconf->rule_count) {
		if (job->as_json)
			rule_json(&job->json, out, &netconf->rules[job->step]);
		else
			rule_text(out, &netconf->rules[job->step]);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}
