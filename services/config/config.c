/*
 * Config as a service: takes the document that came with the boot, or the
 * factory default, and puts it in force for firewall and INET. After a restart
 * it does the same again; what is in force already stays untouched.
 */
#include "services/config/document.h"
#include "services/config/force.h"
#include "services/proto/rs.h"
#include "services/runtime/ds.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <string.h>

#define STATUS_NAME       "config.status"
#define STATUS_BYTES      224
#define CONFIG_DEATHS_MAX 3u      /* in a row; then the document is what kills us */
#define PUBLISH_AGAIN_US  100000u /* after DS did not answer */

static struct {
	char status[STATUS_BYTES]; /* for the administrator */
	uint64_t publish_at_us;    /* SERVICE_NO_DEADLINE: it is published */
	const struct rs_table *rs;
	uint32_t returns_seen;         /* of RS's wishes for the last good configuration */
	struct force net, alerts, web; /* the regions */
} config;

static bool is_in_force(void)
{
	return force_current(&config.net) != NULL;
}

static void status_refused(const struct refusal *refusal, bool kept)
{
	const char *colon = refusal->path[0] == 0 ? "" : ": ";

	snprintf(config.status, sizeof(config.status), "refused: %s%s%s", refusal->path, colon,
		 refusal->reason);
	log_error("configuration refused: %s%s%s; the %s is in force", refusal->path, colon,
		  refusal->reason, kept ? "previous one" : "factory default");
}

static void status_taken(const char *which)
{
	snprintf(config.status, sizeof(config.status), "%s", which);
	log_notice("configuration: %s", which);
}

/* The factory default is our own: if it does not compile, the build is broken. */
static void factory_take(struct compiled *compiled)
{
	struct refusal refusal = { 0 };

	if (!document_factory(compiled, &refusal))
		service_panic("factory default: %s: %s", refusal.path, refusal.reason);
}

/* False: the document is refused, and what is in force stays so. */
static bool boot_document_take(uint32_t bytes, struct compiled *compiled)
{
	const struct start_map *map = region_find("boot.config");
	const struct service_names services = { service_info()->names, SERVICE_MAX };
	struct refusal refusal = { 0 };

	if (map == NULL || bytes > map->size_bytes)
		refuse(&refusal, "", "the document is longer than there is room for");
	else if (document_compile((const char *)map->address, bytes, &services, compiled,
				  &refusal)) {
		status_taken("the document that came with the boot");
		return true;
	}
	bool kept = is_in_force();
	status_refused(&refusal, kept);
	if (!kept)
		factory_take(compiled);
	return !kept;
}

/* INET and the firewall first: the rest is less urgent. */
static void readers_notify(void)
{
	service_notify(service_slot("firewall"));
	service_notify(service_slot("inet"));
}

/* A service kept dying, and its policy takes the configuration for the cause. */
static void return_if_wished(void)
{
	uint32_t wishes = __atomic_load_n(&config.rs->last_configuration, __ATOMIC_ACQUIRE);

	if (wishes == config.returns_seen)
		return;
	config.returns_seen = wishes;
	if (!force_return(&config.net)) {
		log_warning("asked for the last good configuration: there is no older one");
		return;
	}
	snprintf(config.status, sizeof(config.status), "the last good one, as services died");
	config.publish_at_us = 0;
	log_error("the configuration before this one is in force again, as services died");
	readers_notify();
}

/* RS's count; without it we could not tell a document that kills us. */
static bool document_is_poison(void)
{
	return config.rs->services[service_info()->self.slot].deaths_in_row >= CONFIG_DEATHS_MAX;
}

static void regions_find(void)
{
	config.net = force_of_netconf(region("netconf", sizeof(struct netconf_region)));
	config.alerts = force_of_alertconf(region("alertconf", sizeof(struct alertconf_region)));
	config.web = force_of_webconf(region("webconf", sizeof(struct webconf_region)));
}

/* No document: what is in force stays so, or else it is the factory default. */
static bool document_pass_over(struct compiled *compiled)
{
	bool kept = is_in_force();

	snprintf(config.status, sizeof(config.status), "passed over: config died of it");
	log_error(
		"the document that came with the boot is passed over after %u deaths; the %s is in "
		"force",
		CONFIG_DEATHS_MAX, kept ? "previous one" : "factory default");
	if (!kept)
		factory_take(compiled);
	return !kept;
}

static enum status config_start(void)
{
	static struct compiled compiled; /* too large for the stack */
	const struct kernel_table *kernel = region("ktable", sizeof(struct kernel_table));
	uint32_t bytes = kernel->config_bytes;
	bool take = true;

	regions_find();
	config.rs = region("rs.table", sizeof(struct rs_table));
	config.returns_seen = config.rs->last_configuration;
	if (bytes != 0 && document_is_poison()) {
		take = document_pass_over(&compiled);
	} else if (bytes != 0) {
		take = boot_document_take(bytes, &compiled);
	} else {
		factory_take(&compiled);
		status_taken("the factory default, as no document came with the boot");
	}
	if (take) {
		(void)force_put(&config.net, &compiled.net);
		(void)force_put(&config.alerts, &compiled.alerts);
		(void)force_put(&config.web, &compiled.web);
	}
	/* Always: our former life may have died between the switch and this. */
	readers_notify();
	return OK;
}

/* Not in start, so that a configuration is in force whatever becomes of DS. */
static uint64_t config_work(uint64_t now_us)
{
	return_if_wished();
	if (now_us < config.publish_at_us)
		return config.publish_at_us;
	enum status status =
		ds_publish(STATUS_NAME, config.status, strnlen(config.status, DS_VALUE_BYTES));
	if (status == OK) {
		config.publish_at_us = SERVICE_NO_DEADLINE;
	} else {
		log_warning("%s cannot be published: %s", STATUS_NAME, status_text(status));
		config.publish_at_us = now_us + PUBLISH_AGAIN_US;
	}
	return config.publish_at_us;
}

int main(void)
{
	static const struct service service = {
		.start = config_start,
		.work = config_work,
	};

	return service_run(&service);
}
