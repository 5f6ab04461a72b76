/*
 * Any bytes as a configuration: taken or refused with a reason, never worse.
 * What is taken, the firewall has to accept too.
 */
#include "netstack/firewall/settings.h"
#include "services/config/document.h"
#include "services/config/force.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool is_printable(const char *text)
{
	for (; *text != 0; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct netconf_region region;
	static struct rule_table rules;
	static struct settings settings = { .rules = &rules };
	static struct compiled compiled;
	static const char names[][NAME_BYTES] = { "rs", "port0", "inet" };
	const struct service_names services = { names, 3 };
	const struct force force = force_of_netconf(&region);
	struct refusal refusal;

	memset(&region, 0, sizeof(region));
	if (!document_compile((const char *)data, bytes, &services, &compiled, &refusal)) {
		assert(refusal.reason[0] != 0);
		assert(is_printable(refusal.path) && is_printable(refusal.reason));
		return 0;
	}
	force_put(&force, &compiled.net, &compiled.lists);
	assert(force_current(&force) != NULL);
	assert(settings_load(&settings, force_current(&force), &region.lists[region.current]) ==
	       NULL);
	return 0;
}
