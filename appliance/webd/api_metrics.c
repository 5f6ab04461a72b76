/* GET /metrics: counters in Prometheus' text format, version 0.0.4. */
#include "appliance/webd/api.h"
#include "services/runtime/page.h"

#include <string.h>

static void head(struct page *page, const char *name, const char *type, const char *help)
{
	page_print(page, "# HELP bulkhead_%s %s\n# TYPE bulkhead_%s %s\n", name, help, name, type);
}

static void number(struct page *page, const char *name, const char *type, const char *help,
		   uint64_t value)
{
	head(page, name, type, help);
	page_print(page, "bulkhead_%s %llu\n", name, (unsigned long long)value);
}

static void ports_of(struct page *page, const char *name, const char *help, size_t offset)
{
	head(page, name, "counter", help);
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		uint64_t value;
		if (world.ports[port] == NULL || world.ports[port]->ready != 1)
			continue;
		memcpy(&value, (const char *)&world.ports[port]->statistics + offset,
		       sizeof(value));
		page_print(page, "bulkhead_%s{port=\"port%u\"} %llu\n", name, port,
			   (unsigned long long)value);
	}
}

static void services_of(struct page *page)
{
	struct world_service service;

	head(page, "service_restarts_total", "counter", "Restarts of a service since boot.");
	for (uint32_t slot = 0; slot < world_service_count(); slot++)
		if (world_service_get(slot, &service))
			page_print(page, "bulkhead_service_restarts_total{service=\"%s\"} %u\n",
				   service.name, service.rs.restarts);
	head(page, "service_cpu_microseconds_total", "counter", "Processor time of a service.");
	for (uint32_t slot = 0; slot < world_service_count(); slot++)
		if (world_service_get(slot, &service))
			page_print(page,
				   "bulkhead_service_cpu_microseconds_total{service=\"%s\"} %llu\n",
				   service.name, (unsigned long long)service.kernel.cpu_us);
	head(page, "service_up", "gauge", "1 if the service runs.");
	for (uint32_t slot = 0; slot < world_service_count(); slot++)
		if (world_service_get(slot, &service))
			page_print(page, "bulkhead_service_up{service=\"%s\"} %d\n", service.name,
				   strcmp(service.state, "running") == 0);
}

static void firewall_of(struct page *page)
{
	const struct fw_table *table = world.firewall;

	number(page, "connections", "gauge", "Connections in the table.", table->connections_used);
	number(page, "connections_opened_total", "counter", "Connections opened since boot.",
	       table->connections_opened);
	number(page, "packets_forwarded_total", "counter", "Packets passed.", table->forwarded);
	head(page, "packets_dropped_total", "counter", "Packets not passed, by reason.");
	for (unsigned reason = 1; reason < FW_REASON_COUNT; reason++)
		page_print(page, "bulkhead_packets_dropped_total{reason=\"%s\"} %llu\n",
			   fw_reason_word(reason), (unsigned long long)table->dropped[reason]);
}

/* A session, or the token of the configuration. */
static bool may_read(const struct exchange *exchange)
{
	static const char bearer[] = "Bearer ";
	const char *sent = exchange->request->authorization;
	const char *token = world.webconf.metrics_token;

	if (exchange->session != NULL)
		return true;
	return token[0] != '\0' && strncmp(sent, bearer, sizeof(bearer) - 1) == 0 &&
	       strlen(sent) == sizeof(bearer) - 1 + strlen(token) &&
	       session_bytes_equal(sent + sizeof(bearer) - 1, token, strlen(token));
}

enum app_outcome api_metrics(struct exchange *exchange)
{
	struct page page = { .text = response_buffer(), .room_bytes = RESPONSE_BODY_BYTES };

	if (!may_read(exchange))
		return api_problem(exchange, 401, "a session or the metrics token is needed");
	number(&page, "uptime_seconds", "counter", "Seconds since boot.", world.now_us / 1000000);
	number(&page, "idle_microseconds_total", "counter", "Time the processor was idle.",
	       world.kernel->idle_us);
	number(&page, "memory_bytes", "gauge", "Memory of the machine.",
	       world.kernel->memory_bytes);
	number(&page, "memory_reserved_bytes", "gauge", "Memory given out at boot.",
	       world.kernel->reserved_bytes);
	ports_of(&page, "port_receive_bytes_total", "Bytes received.",
		 offsetof(struct netq_statistics, rx_bytes));
	ports_of(&page, "port_transmit_bytes_total", "Bytes sent.",
		 offsetof(struct netq_statistics, tx_bytes));
	ports_of(&page, "port_receive_frames_total", "Frames received.",
		 offsetof(struct netq_statistics, rx_frames));
	ports_of(&page, "port_transmit_frames_total", "Frames sent.",
		 offsetof(struct netq_statistics, tx_frames));
	firewall_of(&page);
	services_of(&page);
	if (page.overflow)
		return api_problem(exchange, 500, "the answer is too long");
	response_text(exchange->response, "text/plain; version=0.0.4; charset=utf-8", page.text,
		      page.used_bytes);
	return APP_ANSWERED;
}
