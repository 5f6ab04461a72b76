/* GET /ports, and the WAN in the overview: what drivers, firewall and INET say of the network. */
#include "appliance/webd/api.h"

#include <string.h>

static void driver_name(const struct world_service *service, char name[NAME_BYTES])
{
	const struct manifest_service *entry = &world.manifest->services[service->slot];
	unsigned choice = service->kernel.device.image;

	memset(name, 0, NAME_BYTES);
	if (choice < SERVICE_IMAGES_MAX && choice < entry->image_count &&
	    entry->images[choice] < IMAGE_MAX)
		memcpy(name, world.manifest->images[entry->images[choice]].name, NAME_BYTES - 1);
}

/* What a frame costs is counted by the driver, what was not passed by the firewall. */
static void port_write(struct json *json, unsigned port, const struct world_service *service)
{
	struct netq_driver said; /* without its queue and notes */
	char driver[NAME_BYTES];

	memcpy(&said, world.ports[port], offsetof(struct netq_driver, rx));
	driver_name(service, driver);
	json_object(json, NULL);
	json_text(json, "name", service->name, NAME_BYTES);
	json_mac(json, "mac", said.mac);
	json_string(json, "zone", world_zone_text(world.netconf.zone[port]));
	json_boolean(json, "link", said.ready == 1 && said.link == NETQ_LINK_UP);
	json_number(json, "speed_mbit", said.speed_mbit);
	json_boolean(json, "ready", said.ready == 1);
	json_text(json, "driver", driver, sizeof(driver));
	json_text(json, "model", said.model, sizeof(said.model));
	json_number(json, "rx_bytes", said.statistics.rx_bytes);
	json_number(json, "tx_bytes", said.statistics.tx_bytes);
	json_number(json, "rx_frames", said.statistics.rx_frames);
	json_number(json, "tx_frames", said.statistics.tx_frames);
	json_number(json, "dropped", world.firewall->ports[port].dropped);
	json_object_end(json);
}

void api_ports_write(struct json *json, const char *key)
{
	char name[] = "port0";
	struct world_service service;

	json_array(json, key);
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		name[4] = (char)('0' + port);
		if (world.ports[port] != NULL &&
		    world_service_get(world_service_find(name), &service) &&
		    service.kernel.device.bus != DEVICE_NONE)
			port_write(json, port, &service);
	}
	json_array_end(json);
}

enum app_outcome api_ports(struct exchange *exchange)
{
	api_ports_write(response_json(exchange->response, 200), NULL);
	return api_done(exchange);
}

static void address_write(struct json *json, const char *key, uint32_t address)
{
	if (address == 0)
		json_null(json, key);
	else
		json_ipv4(json, key, address);
}

static void wan_leased_write(struct json *json)
{
	bool held = wan_lease_is_held(&world.wan, world.now_us);

	json_string(json, "mode", "dhcp");
	json_string(json, "state", wan_lease_state_text(world.wan.state));
	address_write(json, "address", held ? world.wan.address : 0);
	address_write(json, "gateway", held ? world.wan.gateway : 0);
	json_array(json, "dns");
	for (uint32_t i = 0; held && i < world.wan.dns_count && i < WAN_LEASE_DNS_MAX; i++)
		json_ipv4(json, NULL, world.wan.dns[i]);
	json_array_end(json);
}

static void wan_static_write(struct json *json)
{
	const struct netconf *conf = &world.netconf;

	json_string(json, "mode", "static");
	json_string(json, "state", conf->wan.address != 0 ? "configured" : "off");
	address_write(json, "address", conf->wan.address);
	address_write(json, "gateway", conf->gateway);
	json_array(json, "dns");
	for (uint32_t i = 0; i < conf->dns.upstream_count && i < NETCONF_UPSTREAMS_MAX; i++)
		json_ipv4(json, NULL, conf->dns.upstreams[i]);
	json_array_end(json);
}

void api_wan_write(struct json *json, const char *key)
{
	json_object(json, key);
	if (world.netconf.wan_mode == WAN_DHCP)
		wan_leased_write(json);
	else
		wan_static_write(json);
	json_object_end(json);
}
