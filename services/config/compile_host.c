/* The appliance itself: its name, time, logs and web console: see compile.h. */
#include "services/config/address.h"
#include "services/config/compile.h"
#include "services/config/member.h"

#include <stdio.h>

#define SYSLOG_UDP_PORT 514 /* RFC 5426, 3.3 */
#define SYSLOG_TCP_PORT 601 /* RFC 3195, 9.2, which TCP without BEEP uses, too */

static bool time_compile(const cJSON *time, struct netconf_time *out, struct refusal *refusal)
{
	const cJSON *servers = member_of(time, "servers"), *item;

	member_flag_take(time, "enabled", &out->enabled);
	member_number_take(time, "utc_offset", &out->utc_offset_minutes);
	member_text_take(time, "zone", out->zone, sizeof(out->zone));
	if (servers == NULL)
		return true;
	out->server_count = 0;
	memset(out->servers, 0, sizeof(out->servers));
	cJSON_ArrayForEach(item, servers)
	{
		const char *server = cJSON_GetStringValue(item);

		if (server == NULL || out->server_count == NETCONF_TIME_SERVERS_MAX)
			return refuse(refusal, "/time/servers", "has more than %d entries",
				      NETCONF_TIME_SERVERS_MAX);
		snprintf(out->servers[out->server_count++], sizeof(out->servers[0]), "%s", server);
	}
	return true;
}

static bool syslog_compile(const cJSON *syslog, const struct netconf *netconf,
			   struct netconf_syslog *out, struct refusal *refusal)
{
	static const char *const protocols[] = { "udp", "tcp" };
	static const char *const levels[] = { "error", "warning", "notice", "info", "debug" };
	const char *server = member_text(syslog, "server");
	int32_t port;

	*out = (struct netconf_syslog){ 0 };
	if (syslog == NULL)
		return true;
	if (server == NULL || address_parse(server, &out->server) != NULL ||
	    address_is_of_no_host(out->server))
		return refuse(refusal, "/logs/syslog/server",
			      "is not an address that a device can have");
	if (out->server == netconf->lan.address || out->server == netconf->wan.address)
		return refuse(refusal, "/logs/syslog/server", "is the appliance itself");
	out->protocol = (uint16_t)member_word(syslog, "protocol", protocols, 2, SYSLOG_UDP);
	out->level = member_word(syslog, "level", levels, 5, 2);
	port = out->protocol == SYSLOG_TCP ? SYSLOG_TCP_PORT : SYSLOG_UDP_PORT;
	member_number_take(syslog, "port", &port);
	out->port = (uint16_t)port;
	return true;
}

static void web_compile(const cJSON *web, struct webconf *out)
{
	int32_t timeout_s = (int32_t)out->session_timeout_s;

	member_number_take(web, "session_timeout", &timeout_s);
	out->session_timeout_s = (uint32_t)timeout_s;
	member_flag_take(web, "http_redirect", &out->http_redirect);
	member_text_take(web, "metrics_token", out->metrics_token, sizeof(out->metrics_token));
}

bool compile_host(const cJSON *document, struct compiled *compiled, struct refusal *refusal)
{
	struct netconf *net = &compiled->net;

	member_label_take(document, "hostname", net->hostname, sizeof(net->hostname));
	web_compile(member_of(document, "web"), &compiled->web);
	return time_compile(member_of(document, "time"), &net->time, refusal) &&
	       syslog_compile(member_of(member_of(document, "logs"), "syslog"), net, &net->syslog,
			      refusal);
}
