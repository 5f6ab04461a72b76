/* show ports: what the drivers say, and where the configuration puts them. */
#include "services/console/address.h"
#include "services/console/command.h"
#include "services/console/view.h"

#include <string.h>

struct port_summary {
	char name[NAME_BYTES];
	const char *zone, *link, *state;
	struct address_text mac;
	char driver[NAME_BYTES];
	struct netq_driver said; /* without its queue and notes */
};

static const char *link_text(uint32_t link)
{
	switch (link) {
	case NETQ_LINK_DOWN:
		return "down";
	case NETQ_LINK_UP:
		return "up";
	default:
		return "unknown";
	}
}

static void port_driver_name(const struct view_service *service, char name[NAME_BYTES])
{
	const struct manifest_service *entry = &view.manifest->services[service->slot];
	unsigned choice = service->kernel.device.image;

	strncpy(name, "unknown", NAME_BYTES);
	if (choice >= SERVICE_IMAGES_MAX || choice >= entry->image_count ||
	    entry->images[choice] >= IMAGE_MAX)
		return;
	strncpy(name, view.manifest->images[entry->images[choice]].name, NAME_BYTES - 1);
	name[NAME_BYTES - 1] = '\0';
}

static bool port_summarize(unsigned port, struct port_summary *summary)
{
	struct view_service service;
	static struct netconf netconf; /* too large for the stack */

	if (!view_service_get(view_port_slot(port), &service))
		return false;
	memcpy(summary->name, service.name, NAME_BYTES);
	summary->state = service.state;
	port_driver_name(&service, summary->driver);
	memcpy(&summary->said, view.ports[port], offsetof(struct netq_driver, rx));
	summary->link = link_text(summary->said.ready == 1 ? summary->said.link : 0);
	summary->zone = view_netconf_get(&netconf) ? view_zone_text(netconf.zone[port]) : "none";
	summary->mac = address_mac(summary->said.mac);
	return true;
}

static void port_json(struct json *json, struct text *out, const struct port_summary *port)
{
	json_object(json, out, NULL);
	json_string(json, out, "name", port->name, NAME_BYTES);
	json_word(json, out, "zone", port->zone);
	json_word(json, out, "link", port->link);
	json_number(json, out, "speed_mbit", port->said.speed_mbit);
	json_word(json, out, "mac", port->mac.text);
	json_string(json, out, "model", port->said.model, sizeof(port->said.model));
	json_string(json, out, "driver", port->driver, NAME_BYTES);
	json_word(json, out, "state", port->state);
	json_boolean(json, out, "ready", port->said.ready == 1);
	json_object(json, out, "statistics");
#define X(name, text) json_number(json, out, #name, port->said.statistics.name);
	NETQ_STATISTICS(X)
#undef X
	json_object_end(json, out);
	json_object_end(json, out);
}

static void port_text(struct text *out, const struct port_summary *port)
{
	unsigned column = 0;

	text_foreign(out, port->name, NAME_BYTES);
	text_printf(out, "  %s, link %s, %u Mbit/s, %s, ", port->zone, port->link,
		    port->said.speed_mbit, port->mac.text);
	text_foreign(out, port->said.model, sizeof(port->said.model));
	text_string(out, ", driver ");
	text_foreign(out, port->driver, NAME_BYTES);
	text_printf(out, " %s\r\n", port->state);
#define X(name, text)                                                                              \
	text_printf(out, "  %-13s %20llu%s", #name,                                                \
		    (unsigned long long)port->said.statistics.name,                                \
		    ++column % 2 == 0 ? "\r\n" : "  ");
	NETQ_STATISTICS(X)
#undef X
	if (column % 2 != 0)
		text_string(out, "\r\n");
}

bool show_ports(struct job *job, struct text *out)
{
	struct port_summary port;

	if (job->step == 0 && job->as_json) {
		json_object(&job->json, out, NULL);
		json_array(&job->json, out, "ports");
	} else if (job->step == 0 && view_port_count() == 0) {
		text_string(out, "no network port found\r\n");
	}
	if (port_summarize(job->step, &port)) {
		if (job->as_json)
			port_json(&job->json, out, &port);
		else
			port_text(out, &port);
	}
	if (job->step + 1 < NETQ_PORTS_MAX)
		return true;
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}
