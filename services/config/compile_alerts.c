/* Mail when something breaks: see compile.h. */
#include "services/config/compile.h"
#include "services/config/member.h"

#include <stdio.h>

static const char *const event_words[] = {
#define X(name, bit, word) [bit] = word,
	ALERTCONF_EVENT_TABLE(X)
#undef X
};

#define EVENTS     ((unsigned)(sizeof(event_words) / sizeof(event_words[0])))
#define EVENTS_ALL ((1u << EVENTS) - 1)

static uint32_t events_of(const cJSON *list)
{
	uint32_t events = 0;
	const cJSON *item;

	if (list == NULL)
		return EVENTS_ALL;
	cJSON_ArrayForEach(item, list)
	{
		for (unsigned i = 0; i < EVENTS; i++)
			if (strcmp(cJSON_GetStringValue(item), event_words[i]) == 0)
				events |= 1u << i;
	}
	return events;
}

static bool recipients_take(const cJSON *list, struct alertconf *out, struct refusal *refusal)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (out->to_count == ALERTCONF_RECIPIENTS_MAX)
			return refuse(refusal, "/alerts/to", "has more than %d entries",
				      ALERTCONF_RECIPIENTS_MAX);
		snprintf(out->to[out->to_count++], sizeof(out->to[0]), "%s",
			 cJSON_GetStringValue(item));
	}
	return true;
}

static void server_take(const cJSON *alerts, struct alertconf *out)
{
	static const char *const words[] = { "none", "starttls", "tls" };
	static const int32_t ports[] = { 25, 587, 465 }; /* RFC 5321; RFC 6409; RFC 8314, 3.3 */
	int32_t port;

	out->security = (uint16_t)member_word(alerts, "security", words, 3, SMTP_TLS);
	port = ports[out->security];
	member_number_take(alerts, "port", &port);
	out->port = (uint16_t)port;
	member_text_take(alerts, "server", out->server, sizeof(out->server));
	member_text_take(alerts, "user", out->user, sizeof(out->user));
	member_text_take(alerts, "password", out->password, sizeof(out->password));
	member_text_take(alerts, "from", out->from, sizeof(out->from));
}

/* What is needed to send anything at all, and what would give the password away. */
static bool whole_check(const struct alertconf *out, struct refusal *refusal)
{
	if (out->password[0] != 0 && out->user[0] == 0)
		return refuse(refusal, "/alerts/user", "is missing, as there is a 'password'");
	if (out->user[0] != 0 && out->security == SMTP_PLAIN)
		return refuse(refusal, "/alerts/security",
			      "would send the password in the clear; use tls or starttls");
	if (!out->enabled)
		return true;
	if (out->server[0] == 0)
		return refuse(refusal, "/alerts/server", "is missing, as 'enabled' is true");
	if (out->from[0] == 0)
		return refuse(refusal, "/alerts/from", "is missing, as 'enabled' is true");
	if (out->to_count == 0)
		return refuse(refusal, "/alerts/to", "names nobody, but 'enabled' is true");
	return true;
}

bool compile_alerts(const cJSON *alerts, struct alertconf *out, struct refusal *refusal)
{
	int32_t interval_s = 300;

	*out = (struct alertconf){ .version = ALERTCONF_VERSION };
	member_flag_take(alerts, "enabled", &out->enabled);
	member_number_take(alerts, "interval", &interval_s);
	out->interval_s = (uint32_t)interval_s;
	out->events = events_of(member_of(alerts, "events"));
	server_take(alerts, out);
	return recipients_take(member_of(alerts, "to"), out, refusal) && whole_check(out, refusal);
}
