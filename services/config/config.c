/*
 * Config as a service: which document is in force, after a boot as after its own
 * death.
 *
 *	OPENING  the store is being read; nobody has a configuration yet, so nothing passes,
 *		 also if a document came with the boot: it may have been replaced since
 *	OPEN	 the ledger says what runs; requests are served
 *
 * After a death the preserved ledger is taken up as it is, without the store. After
 * BAD_STARTS_STATE lives in a row that ended within PROVEN_US, and unasked, it is suspected and
 * dropped, and so is the document that came with the boot; after BAD_STARTS_STORE the
 * store's, too. What the services read then stays in force, over further deaths as well,
 * until somebody commits: the ledger holds the factory default, which nobody wished for.
 */
#include "services/config/document.h"
#include "services/config/engine.h"
#include "services/config/persist.h"
#include "services/config/schema.h"
#include "services/config/tree.h"
#include "services/runtime/ds.h"
#include "services/runtime/event.h"
#include "services/runtime/service.h"
#include "services/runtime/wallclock.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#define BAD_STARTS_STATE 3u
#define BAD_STARTS_STORE 6u
#define PROVEN_US        500000u /* a life so long says that the state is good, as does an answer */
#define PUBLISH_AGAIN_US 100000u /* after DS did not answer */

struct engine engine;
char engine_text[CONFIG_DOCUMENT_BYTES];

static struct {
	uint32_t returns_seen; /* of RS's wishes for the last good configuration */
	uint64_t proven_at_us;
	bool passed_over; /* documents have killed us */
	const struct clock_page *clock;
} config;

uint64_t engine_time_s(void)
{
	struct wallclock now;

	if (config.clock == NULL || !wallclock_read(config.clock, time_us(), &now))
		return LEDGER_TIME_UNKNOWN;
	return (uint64_t)(now.unix_us / 1000000);
}

/* --- Opening -------------------------------------------------------------- */

size_t engine_document_shorten(const char *text, size_t length)
{
	struct refusal refusal = { 0 };
	struct cJSON *tree = document_parse(text, length, &refusal);
	size_t bytes = tree == NULL ? 0 : tree_print(tree, engine_text, sizeof(engine_text));

	cJSON_Delete(tree);
	return bytes;
}

void engine_note(struct ledger_note *note, const char *author, const char *comment)
{
	*note = (struct ledger_note){ .time_s = engine_time_s() };
	(void)snprintf(note->author, sizeof(note->author), "%s", author);
	(void)snprintf(note->comment, sizeof(note->comment), "%s", comment);
}

/* It killed us to have a document: what the services read already stays as it is. */
static bool kept_in_force(void)
{
	struct ledger_note note;
	size_t length;

	if (!config.passed_over || force_current(&engine.net) == NULL)
		return false;
	length = engine_document_shorten(schema_factory, schema_factory_bytes);
	engine_note(&note, "factory", "what is in force is not known any more, but stays");
	if (ledger_commit(&engine.state->ledger, engine_text, length, &note, 0) != OK)
		return false;
	engine.state->stands = 1;
	return true;
}

static void factory_commit(void)
{
	struct refusal refusal = { 0 };
	struct ledger_note note;

	if (!document_factory(&engine.compiled, &refusal))
		service_panic("factory default: %s: %s", refusal.path, refusal.reason);
	engine_note(&note, "factory", "the factory default");
	if (request_commit(engine_text,
			   engine_document_shorten(schema_factory, schema_factory_bytes),
			   &engine.compiled, &note, 0) != OK)
		service_panic("no room for the factory default");
}

/* False: there is none, or it is refused. */
static bool stored_run(void)
{
	const struct ledger_head *head = ledger_head(&engine.state->ledger);

	if (head == NULL || !apply_running())
		return false;
	apply_status("serial %u, from the store%s", (unsigned)head->running,
		     boot_document_is_good()
			     ? "; the document that came with the boot was taken before"
			     : "");
	log_notice("configuration: %s", engine.status);
	return true;
}

static void factory_run(void)
{
	if (!kept_in_force()) {
		factory_commit();
		apply_status("the factory default, as there is no other");
	}
	log_notice("configuration: %s", engine.status);
}

/* Why a document that came with the boot is refused stays the status. */
static void open_finish(void)
{
	static char refused[ENGINE_STATUS_BYTES];

	engine.opening = false;
	memcpy(refused, engine.status, sizeof(refused));
	if (boot_document_is_new() || !stored_run()) {
		if (boot_document_is_good())
			boot_document_commit();
		else
			factory_run();
	}
	if (refused[0] != 0)
		apply_status("%s", refused);
}

/* --- Start ---------------------------------------------------------------- */

static void regions_find(void)
{
	const struct start_map *clock = region_find("clock");

	engine.state = region("config.state", sizeof(struct engine_state));
	engine.net = force_of_netconf(region("netconf", sizeof(struct netconf_region)));
	engine.alerts = force_of_alertconf(region("alertconf", sizeof(struct alertconf_region)));
	engine.web = force_of_webconf(region("webconf", sizeof(struct webconf_region)));
	engine.rs = region("rs.table", sizeof(struct rs_table));
	config.clock = clock == NULL ? NULL : (const struct clock_page *)clock->address;
	config.returns_seen = engine.rs->last_configuration;
}

/* False: there is nothing to take up, or it is not to be trusted. */
static bool take_up(uint32_t bad_starts)
{
	if (service_info()->restarted == 0 || bad_starts >= BAD_STARTS_STATE ||
	    !ledger_is_sound(&engine.state->ledger))
		return false;
	persist_doubt(&engine.state->ledger);
	desk_open(&engine.state->desk);
	if (engine.state->stands != 0 && force_current(&engine.net) != NULL)
		return true;
	return apply_running();
}

/* Lives before this one that ended soon; with this one as the next, until it is proven. */
static uint32_t bad_starts_count(void)
{
	uint32_t before = service_info()->restarted == 0 ? 0 : engine.state->bad_starts;

	engine.state->bad_starts = before + 1;
	config.proven_at_us = time_us() + PROVEN_US;
	return before;
}

static uint64_t prove(uint64_t now_us)
{
	if (now_us < config.proven_at_us)
		return config.proven_at_us;
	engine.state->bad_starts = 0;
	return SERVICE_NO_DEADLINE;
}

static enum status config_start(void)
{
	const struct kernel_table *kernel = region("ktable", sizeof(struct kernel_table));

	regions_find();
	uint32_t bad_starts = bad_starts_count();
	if (take_up(bad_starts)) {
		if (engine.state->stands != 0)
			apply_status("what is in force is not known any more, but stays");
		else
			apply_status("serial %u, kept",
				     (unsigned)ledger_head(&engine.state->ledger)->running);
		return OK;
	}
	memset(engine.state, 0, sizeof(*engine.state));
	engine.state->bad_starts = bad_starts + 1;
	engine.opening = true;
	engine.volatile_only = bad_starts >= BAD_STARTS_STORE;
	engine.publish_at_us = SERVICE_NO_DEADLINE;
	if (bad_starts < BAD_STARTS_STATE) {
		boot_document_check(kernel->config_bytes);
	} else {
		config.passed_over = true;
		apply_status("passed over: config died of it");
		log_error("the document that came with the boot is passed over after %u deaths",
			  (unsigned)bad_starts);
	}
	return OK;
}

/* --- Work ----------------------------------------------------------------- */

/* A service kept dying, and its policy takes the configuration for the cause. */
static void return_if_wished(void)
{
	const struct ledger *ledger = &engine.state->ledger;
	uint32_t wishes = __atomic_load_n(&engine.rs->last_configuration, __ATOMIC_ACQUIRE);
	const struct ledger_head *head = ledger_head(ledger);
	const struct ledger_entry *before;
	struct ledger_note note;

	if (wishes == config.returns_seen || head == NULL)
		return;
	config.returns_seen = wishes;
	before = ledger_before(ledger, head->running);
	if (before == NULL) {
		log_warning("asked for the last good configuration: there is no older one");
		return;
	}
	if (!ledger_revert(&engine.state->ledger)) {
		if (!ledger_text(ledger, before, engine_text))
			return;
		engine_note(&note, "rs", "the last good one, as services died");
		if (ledger_commit(&engine.state->ledger, engine_text, before->length_bytes, &note,
				  0) != OK)
			return;
	}
	if (apply_running())
		apply_status("the last good one, as services died");
	event_publish(EVENT_CONFIG_REVERTED, EVENT_WARNING,
		      "the configuration before this one is in force again, as services died");
}

/* Returns when the time of a commit that nobody confirms is up. */
static uint64_t expire(uint64_t now_us)
{
	struct ledger *ledger = &engine.state->ledger;

	if (!ledger_is_pending(ledger))
		return SERVICE_NO_DEADLINE;
	if (!ledger_expire(ledger, now_us))
		return ledger_head(ledger)->revert_at_us;
	if (!apply_running())
		log_error("the confirmed configuration cannot be put in force");
	apply_status("serial %u, as nobody confirmed the next",
		     (unsigned)ledger_head(ledger)->running);
	event_publish(EVENT_CONFIG_REVERTED, EVENT_WARNING,
		      "configuration %u is in force again: nobody confirmed the next",
		      (unsigned)ledger_head(ledger)->running);
	return SERVICE_NO_DEADLINE;
}

static uint64_t publish(uint64_t now_us)
{
	const struct ledger_head *head = ledger_head(&engine.state->ledger);
	char serial[12];
	enum status status;

	if (now_us < engine.publish_at_us)
		return engine.publish_at_us;
	(void)snprintf(serial, sizeof(serial), "%u", head == NULL ? 0u : (unsigned)head->running);
	status = ds_publish(CONFIG_STATUS_NAME, engine.status,
			    strnlen(engine.status, DS_VALUE_BYTES));
	if (status == OK)
		status = ds_publish(CONFIG_SERIAL_NAME, serial, strlen(serial));
	engine.publish_at_us = status == OK ? SERVICE_NO_DEADLINE : now_us + PUBLISH_AGAIN_US;
	return engine.publish_at_us;
}

/* Not while the client waits: it asks DS. */
static void change_tell(void)
{
	const struct ledger_head *head = engine.changed ? ledger_head(&engine.state->ledger) : NULL;
	const struct ledger_entry *newest;

	if (head == NULL || head->count == 0)
		return;
	engine.changed = false;
	newest = &head->entries[head->count - 1];
	event_publish(EVENT_CONFIG_CHANGED, EVENT_INFO, "configuration %u by %s: %s",
		      (unsigned)newest->serial, newest->author, newest->comment);
}

static uint64_t sooner(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static uint64_t config_work(uint64_t now_us)
{
	uint64_t next_us = SERVICE_NO_DEADLINE;

	if (engine.opening && !archive_open(now_us, &next_us))
		return next_us;
	if (engine.opening)
		open_finish();
	return_if_wished();
	change_tell();
	next_us = sooner(expire(now_us), publish(now_us));
	next_us = sooner(next_us, prove(now_us));
	next_us = sooner(next_us, apply_policies(now_us));
	next_us = sooner(next_us, archive_work(now_us));
	if (!event_work())
		next_us = sooner(next_us, now_us + PUBLISH_AGAIN_US);
	return next_us;
}

int main(void)
{
	static const struct service service = {
		.start = config_start,
		.message = request_serve,
		.work = config_work,
	};

	return service_run(&service);
}
