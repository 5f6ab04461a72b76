/* show wan: the address that the WAN has by DHCP, and until when. */
#include "services/console/address.h"
#include "services/console/command.h"
#include "services/console/view.h"
#include "services/runtime/wanlease.h"

#define SECOND_US 1000000u

static uint64_t seconds_left(uint64_t at_us)
{
	return at_us > view.now_us ? (at_us - view.now_us) / SECOND_US : 0;
}

static void lease_text(struct text *out, const struct wan_lease *lease)
{
	text_printf(out, "DHCP client: %s\r\n", wan_lease_state_text(lease->state));
	if (!wan_lease_is_held(lease, view.now_us))
		return;
	text_printf(out, "address  %s/%u\r\n", address_ipv4(lease->address).text,
		    lease->prefix_bits);
	text_printf(out, "gateway  %s\r\n", address_ipv4(lease->gateway).text);
	text_printf(out, "server   %s\r\n", address_ipv4(lease->server).text);
	for (uint32_t i = 0; i < lease->dns_count; i++)
		text_printf(out, "dns      %s\r\n", address_ipv4(lease->dns[i]).text);
	if (lease->expires_us == WAN_LEASE_NEVER)
		text_string(out, "without end\r\n");
	else
		text_printf(out, "renewed in %llu s, ends in %llu s\r\n",
			    (unsigned long long)seconds_left(lease->renew_us),
			    (unsigned long long)seconds_left(lease->expires_us));
}

static void lease_json(struct json *json, struct text *out, const struct wan_lease *lease)
{
	bool held = wan_lease_is_held(lease, view.now_us);

	json_object(json, out, NULL);
	json_word(json, out, "state", wan_lease_state_text(lease->state));
	json_word(json, out, "address", address_ipv4(held ? lease->address : 0).text);
	json_number(json, out, "prefix_bits", held ? lease->prefix_bits : 0);
	json_word(json, out, "gateway", address_ipv4(held ? lease->gateway : 0).text);
	json_word(json, out, "server", address_ipv4(held ? lease->server : 0).text);
	json_array(json, out, "dns");
	for (uint32_t i = 0; held && i < lease->dns_count; i++)
		json_word(json, out, NULL, address_ipv4(lease->dns[i]).text);
	json_array_end(json, out);
	json_number(json, out, "renews_in_s", held ? seconds_left(lease->renew_us) : 0);
	json_number(json, out, "expires_in_s", held ? seconds_left(lease->expires_us) : 0);
	json_object_end(json, out);
	text_string(out, "\r\n");
}

bool show_wan(struct job *job, struct text *out)
{
	struct wan_lease lease = { 0 };

	(void)wan_lease_update(view.wan_lease, &lease);
	if (job->as_json)
		lease_json(&job->json, out, &lease);
	else
		lease_text(out, &lease);
	return false;
}
