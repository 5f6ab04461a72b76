/*
 * Every constraint of config/schema.json is broken once, in a document in which all else is good:
 * the refusal names the place, and says in an owner's words what is wrong.
 * services/config/schema.c.
 */
#include "services/config/document.h"
#include "services/config/schema.h"
#include "services/config/tree.h"
#include "services/proto/config.h"
#include "tests/unit/unit.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

/* Each setting once. */
static const char whole[] =
	"{\"hostname\":\"router\",\"lan\":{\"address\":\"192.168.1.1/24\",\"dhcp\":{"
	"\"enabled\":true,\"first\":\"192.168.1.50\",\"last\":\"192.168.1.99\",\"lease_time\":600,"
	"\"reservations\":[{\"mac\":\"52:54:00:00:00:01\",\"address\":\"192.168.1.5\","
	"\"name\":\"printer\"}]}},"
	"\"dns\":{\"upstreams\":[\"9.9.9.9\"],\"domain\":\"home\"},"
	"\"wan\":{\"mode\":\"static\",\"address\":\"203.0.113.2/24\",\"gateway\":\"203.0.113.1\"},"
	"\"ports\":{\"port0\":\"lan\",\"port1\":\"wan\",\"port2\":\"lan\",\"port3\":\"lan\","
	"\"port4\":\"none\",\"port5\":\"none\"},\"nat\":true,"
	"\"rules\":[{\"action\":\"deny\",\"from\":\"lan\",\"to\":\"wan\",\"protocol\":\"udp\","
	"\"source\":\"192.168.1.0/24\",\"destination\":\"198.51.100.7\",\"source_port\":1,"
	"\"destination_port\":\"5-6\",\"comment\":\"x\"}],"
	"\"forwards\":[{\"protocol\":\"tcp\",\"port\":80,\"host\":\"192.168.1.5\","
	"\"host_port\":8080,\"enabled\":true,\"comment\":\"y\"}],"
	"\"time\":{\"enabled\":true,\"servers\":[\"ntp.example.net\"],\"zone\":\"CET\","
	"\"utc_offset\":60},"
	"\"alerts\":{\"enabled\":true,\"server\":\"mail.example.net\",\"port\":465,"
	"\"security\":\"tls\",\"user\":\"me\",\"password\":\"secret\",\"from\":\"a@example.net\","
	"\"to\":[\"b@example.net\"],\"interval\":60,\"events\":[\"crash\"]},"
	"\"logs\":{\"syslog\":{\"server\":\"192.168.1.9\",\"port\":514,\"protocol\":\"udp\","
	"\"level\":\"info\"}},"
	"\"web\":{\"session_timeout\":600,\"http_redirect\":true,"
	"\"metrics_token\":\"0123456789abcdef\"},"
	"\"recovery\":{\"port0\":[\"log\"]}}";

static const char names[][NAME_BYTES] = { "rs", "port0" };
static const struct service_names services = { names, 2 };
static unsigned broken;

/* --- One mistake ---------------------------------------------------------- */

/* Words of those who make it, not of those who own it. */
static const char *const jargon[] = { "object",  "array",   "schema", "null", "integer",
				      "boolean", "pointer", " key",   "byte", "string" };

static void reason_check(const char *place, const char *reason, const char *wanted)
{
	for (size_t i = 0; i < sizeof(jargon) / sizeof(jargon[0]); i++)
		if (strstr(reason, jargon[i]) != NULL)
			fail_msg("%s: '%s' is no word for an owner", place, reason);
	for (const char *byte = reason; *byte != 0; byte++)
		if (*byte < ' ' || *byte > '~')
			fail_msg("%s: a reason that cannot be printed", place);
	if (strstr(reason, wanted) == NULL)
		fail_msg("%s: '%s' does not say '%s'", place, reason, wanted);
}

static void refused(const cJSON *document, const char *place, const char *wanted)
{
	static char text[CONFIG_DOCUMENT_BYTES];
	static struct compiled compiled;
	struct refusal refusal;
	size_t length = tree_print(document, text, sizeof(text));

	assert_true(length > 0);
	if (document_compile(text, length, &services, &compiled, &refusal))
		fail_msg("%s is taken, which should be refused: %s", place, wanted);
	if (strcmp(refusal.path, place) != 0)
		fail_msg("%s: refused at '%s': %s", place, refusal.path, refusal.reason);
	reason_check(place, refusal.reason, wanted);
	broken++;
}

static cJSON *whole_tree(void)
{
	cJSON *tree = cJSON_Parse(whole);

	assert_non_null(tree);
	return tree;
}

/* The whole document with that value at `at` is refused at `place`. */
static void wrong_at(const char *at, cJSON *value, const char *place, const char *wanted)
{
	struct refusal refusal = { 0 };
	cJSON *tree = whole_tree();

	assert_int_equal(tree_set(&tree, at, value, &refusal), OK);
	refused(tree, place, wanted);
	cJSON_Delete(tree);
}

static void wrong(const char *place, cJSON *value, const char *wanted)
{
	wrong_at(place, value, place, wanted);
}

/* --- Each kind of constraint ---------------------------------------------- */

static void kind_break(const char *place, const struct schema *schema)
{
	static const struct {
		unsigned kind;
		const char *json;
	} values[] = { { SCHEMA_OBJECT, "{}" },    { SCHEMA_ARRAY, "[]" },
		       { SCHEMA_STRING, "\"7\"" }, { SCHEMA_INTEGER, "7" },
		       { SCHEMA_BOOLEAN, "true" }, { 0, "null" } };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if ((schema->kinds & values[i].kind) == 0)
			wrong(place, cJSON_Parse(values[i].json), "has to be ");
}

static void words_break(const char *place, const struct schema *schema)
{
	for (unsigned i = 0; i < schema->word_count; i++)
		wrong(place, cJSON_CreateString("gateau"), schema->words[i]);
	wrong(place, cJSON_CreateString(""), "is none of");
}

static void string_break(const char *place, const struct schema *schema)
{
	char text[200], wanted[32];

	if (schema->word_count != 0) {
		words_break(place, schema);
		return;
	}
	assert_in_range(schema->length_max, 1, sizeof(text) - 2);
	memset(text, 'a', schema->length_max + 1);
	text[schema->length_max + 1] = 0;
	(void)snprintf(wanted, sizeof(wanted), "is longer than %u char", schema->length_max);
	wrong(place, cJSON_CreateString(text), wanted);
	if (schema->format != FORMAT_NONE)
		wrong(place, cJSON_CreateString("\x1b[2J"), "");
}

static void integer_break(const char *place, const struct schema *schema)
{
	char range[64];

	(void)snprintf(range, sizeof(range), "has to be from %d to %d", (int)schema->minimum,
		       (int)schema->maximum);
	wrong(place, cJSON_CreateNumber(schema->minimum - 1.0), range);
	wrong(place, cJSON_CreateNumber(schema->maximum + 1.0), range);
	wrong(place, cJSON_CreateNumber(1e300), range);
	wrong(place, cJSON_CreateNumber(schema->minimum + 0.5), "has to be a whole number");
}

static void count_break(const char *place, const cJSON *node, const struct schema *schema)
{
	bool is_one = node->child == NULL; /* where there may be a list of them, too */
	cJSON *more = is_one ? cJSON_CreateArray() : cJSON_Duplicate(node, true);
	char wanted[48], key[16];

	for (int i = 0; i <= schema->items_max; i++) {
		cJSON *copy = cJSON_Duplicate(is_one ? node : node->child, true);

		(void)snprintf(key, sizeof(key), "more%d", i);
		if (cJSON_IsArray(more))
			cJSON_AddItemToArray(more, copy);
		else
			cJSON_AddItemToObject(more, key, copy);
	}
	(void)snprintf(wanted, sizeof(wanted), "has more than %d entries", schema->items_max);
	wrong(place, more, wanted);
}

static void required_break(const char *place)
{
	struct refusal refusal = { 0 };
	cJSON *tree = whole_tree();

	assert_int_equal(tree_delete(tree, place, &refusal), OK);
	refused(tree, place, "is missing");
	cJSON_Delete(tree);
}

static void node_break(const char *place, const cJSON *node, const struct schema *schema);

static void member_break(const char *place, const cJSON *node, const struct schema_member *member)
{
	const cJSON *child = cJSON_GetObjectItemCaseSensitive(node, member->name);
	char below[100];

	if (child == NULL)
		fail_msg("%s/%s is not in this test's document", place, member->name);
	(void)snprintf(below, sizeof(below), "%s/%s", place, member->name);
	if (member->required)
		required_break(below);
	node_break(below, child, member->schema);
}

static void object_break(const char *place, const cJSON *node, const struct schema *schema)
{
	char below[100];

	(void)snprintf(below, sizeof(below), "%s/no_such_thing", place);
	if (schema->items == NULL)
		wrong(below, cJSON_CreateTrue(), "there is no setting of this name");
	for (unsigned i = 0; i < schema->member_count; i++)
		member_break(place, node, &schema->members[i]);
}

/* A list, or settings of any name. */
static void items_break(const char *place, const cJSON *node, const struct schema *schema)
{
	const cJSON *item;
	char below[100];
	int index = 0;

	count_break(place, node, schema);
	cJSON_ArrayForEach(item, node)
	{
		if (cJSON_IsArray(node))
			(void)snprintf(below, sizeof(below), "%s/%d", place, index++);
		else
			(void)snprintf(below, sizeof(below), "%s/%s", place, item->string);
		node_break(below, item, schema->items);
	}
}

static void node_break(const char *place, const cJSON *node, const struct schema *schema)
{
	kind_break(place, schema);
	if (schema->kinds & SCHEMA_STRING)
		string_break(place, schema);
	if (schema->kinds & SCHEMA_INTEGER)
		integer_break(place, schema);
	if (schema->kinds & SCHEMA_OBJECT)
		object_break(place, node, schema);
	if (schema->items != NULL)
		items_break(place, node, schema);
}

static void every_constraint_is_named_with_its_place(void **state)
{
	static struct compiled compiled;
	struct refusal refusal;
	cJSON *tree = whole_tree();

	(void)state;
	if (!document_compile(whole, strlen(whole), &services, &compiled, &refusal))
		fail_msg("the document is to be good: %s: %s", refusal.path, refusal.reason);
	node_break("", tree, schema_configuration);
	cJSON_Delete(tree);
	assert_in_range(broken, 400, 2000);
}

/* --- What no schema can say ----------------------------------------------- */

struct pair {
	const char *at, *value; /* JSON in place of the good one; NULL: nothing */
	const char *place, *wanted;
};

#define RESERVATION(mac, address, name)                                                            \
	"[{\"mac\":\"" mac "\",\"address\":\"" address "\",\"name\":\"" name "\"},"                \
	"{\"mac\":\"52:54:00:00:00:0a\",\"address\":\"192.168.1.10\",\"name\":\"disk\"}]"
#define FORWARDS(port, protocol)                                                                   \
	"[{\"protocol\":\"tcp\",\"port\":\"80-82\",\"host\":\"192.168.1.5\"},"                     \
	"{\"protocol\":\"" protocol "\",\"port\":" port ",\"host\":\"192.168.1.6\"}]"

static const struct pair pairs[] = {
	{ "/lan/dhcp/first", "\"192.168.2.50\"", "/lan/dhcp/first",
	  "not an address of a device in" },
	{ "/lan/dhcp/first", "\"192.168.1.0\"", "/lan/dhcp/first",
	  "not an address of a device in" },
	{ "/lan/dhcp/last", "\"192.168.1.255\"", "/lan/dhcp/last",
	  "not an address of a device in" },
	{ "/lan/dhcp/last", "\"192.168.1.49\"", "/lan/dhcp/last", "192.168.1.49 is before" },
	{ "/lan/dhcp/last", "\"192.168.1.178\"", "/lan/dhcp/last", "128 at most" },
	{ "/lan/dhcp/first", "\"192.168.1.220\"", "/lan/dhcp/last", "is before the pool's first" },
	{ "/lan/address", "\"192.168.1.1/26\"", "/lan/dhcp/last", "not an address of a device in" },
	{ "/lan/address", "\"10.0.0.1/24\"", "/lan/dhcp/first", "not an address of a device in" },
	{ "/lan/address", "\"203.0.113.65/26\"", "/wan/address", "overlaps the LAN's" },
	{ "/wan/address", "\"192.168.1.77/28\"", "/wan/address", "overlaps the LAN's" },
	{ "/wan/gateway", "\"203.0.113.2\"", "/wan/gateway", "is the appliance's own" },
	{ "/wan/gateway", "\"203.0.112.1\"", "/wan/gateway", "in the WAN's network" },
	{ "/wan/mode", "\"dhcp\"", "/wan/address", "comes from the provider" },
	{ "/wan/address", NULL, "/wan/address", "is missing, as 'mode' is static" },
	{ "/ports/port3", "\"wan\"", "/ports/port3", "only one port can be" },
	{ "/ports/port0", "\"wan\"", "/ports/port1", "is the WAN, as port0 is" },
	{ "/lan/dhcp/reservations/0/address", "\"192.168.1.1\"", "/lan/dhcp/reservations/0/address",
	  "is the appliance itself" },
	{ "/lan/dhcp/reservations/0/address", "\"10.0.0.7\"", "/lan/dhcp/reservations/0/address",
	  "in the LAN's network" },
	{ "/lan/dhcp/reservations", RESERVATION("52:54:00:00:00:0a", "192.168.1.9", "a"),
	  "/lan/dhcp/reservations/1/mac", "has a reservation before" },
	{ "/lan/dhcp/reservations", RESERVATION("52:54:00:00:00:0b", "192.168.1.10", "a"),
	  "/lan/dhcp/reservations/1/address", "is reserved for another device" },
	{ "/lan/dhcp/reservations", RESERVATION("52:54:00:00:00:0b", "192.168.1.9", "DISK"),
	  "/lan/dhcp/reservations/1/name", "is another device's name" },
	{ "/dns/upstreams/0", "\"192.168.1.1\"", "/dns/upstreams/0", "is the appliance itself" },
	{ "/dns/upstreams/1", "\"203.0.113.2\"", "/dns/upstreams/1", "is the appliance itself" },
	{ "/dns/upstreams/1", "\"0.0.0.0\"", "/dns/upstreams/1", "that a device can have" },
	{ "/rules/0/protocol", "\"icmp\"", "/rules/0/source_port", "needs 'protocol'" },
	{ "/rules/0/source", "[]", "/rules/0/source", "is an empty list" },
	{ "/rules/0/destination_port", "[]", "/rules/0/destination_port", "is an empty list" },
	{ "/rules/0/source", "[\"10.0.0.0/8\", \"10.0.0.1/8\"]", "/rules/0/source/1",
	  "10.0.0.1/8" },
	{ "/rules/0/source_port", "[1, \"9-8\"]", "/rules/0/source_port/1",
	  "ends before it begins" },
	{ "/rules/0/destination", "[[\"10.0.0.0/8\"]]", "/rules/0/destination/0",
	  "has to be a text in quotes" },
	{ "/forwards/0/host", "\"192.168.1.1\"", "/forwards/0/host", "is the appliance itself" },
	{ "/forwards/0/host", "\"198.51.100.9\"", "/forwards/0/host", "in the LAN's network" },
	{ "/forwards/0/port", "\"80-70\"", "/forwards/0/port", "ends before it begins" },
	{ "/forwards/0/port", "\"0-70\"", "/forwards/0/port", "there is no port 0" },
	{ "/forwards/0/port", "\"1-60000\"", "/forwards/0/host_port", "beyond port 65535" },
	{ "/forwards", FORWARDS("82", "tcp"), "/forwards/1/port", "/forwards/0 has a port" },
	{ "/forwards", FORWARDS("\"1-65535\"", "both"), "/forwards/1/port", "/forwards/0 has" },
	{ "/alerts/server", NULL, "/alerts/server", "is missing, as 'enabled' is true" },
	{ "/alerts/from", NULL, "/alerts/from", "is missing, as 'enabled' is true" },
	{ "/alerts/to", "[]", "/alerts/to", "names nobody" },
	{ "/alerts/user", NULL, "/alerts/user", "is missing, as there is a 'password'" },
	{ "/alerts/security", "\"none\"", "/alerts/security", "password in the clear" },
	{ "/logs/syslog/server", "\"192.168.1.1\"", "/logs/syslog/server", "is the appliance" },
	{ "/logs/syslog/server", "\"255.255.255.255\"", "/logs/syslog/server",
	  "a device can have" },
	{ "/recovery/port0", "[]", "/recovery/port0", "has no step" },
	{ "/recovery/prot0", "[\"log\"]", "/recovery/prot0", "is 'port0' meant?" },
	{ "/recovery/rs", "[\"log\"]", "/recovery/rs", "cannot be changed" },
};

static void settings_that_do_not_go_together_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct pair *pair = &pairs[i];
		struct refusal refusal = { 0 };
		cJSON *tree = whole_tree();

		if (pair->value != NULL)
			assert_int_equal(
				tree_set(&tree, pair->at, cJSON_Parse(pair->value), &refusal), OK);
		else
			assert_int_equal(tree_delete(tree, pair->at, &refusal), OK);
		refused(tree, pair->place, pair->wanted);
		cJSON_Delete(tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_constraint_is_named_with_its_place),
		cmocka_unit_test(settings_that_do_not_go_together_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
