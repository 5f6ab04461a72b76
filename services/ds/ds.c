/*
 * DS as a service: requests in, answers at once, subscribers notified. What it
 * knows is in the preserved region "ds.state" before the answer goes out.
 */
#include "services/ds/alert.h"
#include "services/ds/backup.h"
#include "services/ds/checkpoint.h"
#include "services/ds/name.h"
#include "services/ds/store.h"
#include "services/ds/subscription.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <inttypes.h>
#include <string.h>

#define DS_BAD_STARTS_OLDER 3u /* then what is new in the state may be what kills us: without it   \
				*/
#define DS_BAD_STARTS_MAX 5u   /* then all of it */
#define DS_PROVEN_US      200000u /* a life so long says that the state is good */

static struct {
	struct ds_state *state;
	struct store store;
	struct subscriptions subscriptions;
	struct backups backups;
	uint64_t proven_at_us;       /* 0: it is */
	struct checkpoint candidate; /* what is proven then */
	const struct rs_table *rs;
	uint64_t alerts_seen;
} ds;

/* --- Start --------------------------------------------------------------- */

static bool died_by_itself(void)
{
	switch ((enum exit_cause)service_info()->exit_cause) {
	case EXIT_EXCEPTION:
	case EXIT_PANIC:
	case EXIT_EXIT:
	case EXIT_HEARTBEAT: return service_info()->restarted != 0;
	case EXIT_NONE:
	case EXIT_REQUEST:
	case EXIT_COMPLAINT:
	case EXIT_REFUSALS:
	case EXIT_FAULTED:
	case EXIT_DEPENDENCY:
	case EXIT_UPDATE: return false;
	}
	return false;
}

/* Without a checkpoint nothing is older, and what there is stays. */
static void state_return(struct ds_state *state)
{
	struct checkpoint checkpoint;

	if (checkpoint_read(state->checkpoints, &checkpoint))
		log_error("back to the checkpoint of ds.state: %" PRIu32 " versions are dropped",
			  checkpoint_return(state, &checkpoint));
}

static void state_check(struct ds_state *state)
{
	if (died_by_itself() && state->magic == DS_STATE_MAGIC)
		state->bad_starts++;
	else
		state->bad_starts = 0;
	if (state->magic == DS_STATE_MAGIC && state->bad_starts < DS_BAD_STARTS_MAX) {
		if (state->bad_starts == DS_BAD_STARTS_OLDER)
			state_return(state);
		return;
	}
	if (service_info()->restarted != 0)
		log_error("ds.state is not to be trusted; starting with an empty one");
	memset(state, 0, sizeof(*state));
	state->magic = DS_STATE_MAGIC;
}

static void notify_all(uint64_t subscribers)
{
	for (; subscribers != 0; subscribers &= subscribers - 1)
		service_notify((uint32_t)__builtin_ctzll(subscribers));
}

/* Withdrawn entries that nobody waits to hear of. */
static void forget_withdrawn(void)
{
	for (uint32_t id = 0; id < DS_ENTRIES_MAX; id++)
		if (!subscriptions_want(&ds.subscriptions, id))
			store_forget(&ds.store, id);
}

/* What there is now will belong to the checkpoint if we live with it. */
static void proof_begin(uint64_t now_us)
{
	ds.candidate = (struct checkpoint){ ds.store.sequence, ds.backups.sequence };
	ds.proven_at_us = now_us + DS_PROVEN_US;
}

static void proof_end(void)
{
	ds.state->bad_starts = 0;
	ds.proven_at_us = 0;
	ds.store.checkpoint = ds.candidate.entries;
	ds.backups.checkpoint = ds.candidate.backups;
	checkpoint_note(ds.state->checkpoints, &ds.candidate);
}

static enum status ds_start(void)
{
	struct state_findings found = { 0 };
	struct checkpoint checkpoint;

	ds.state = region("ds.state", sizeof(struct ds_state));
	ds.rs = region("rs.table", sizeof(struct rs_table));
	state_check(ds.state);
	(void)checkpoint_read(ds.state->checkpoints, &checkpoint);
	store_open(&ds.store, ds.state->entries, checkpoint.entries, &found);
	uint64_t subscribers =
		subscriptions_open(&ds.subscriptions, ds.state->patterns, &ds.store, &found);
	backups_open(&ds.backups, ds.state->backups, checkpoint.backups, &found);
	forget_withdrawn();
	proof_begin(time_us());
	if (service_info()->restarted != 0)
		log_notice("took up %" PRIu32 " entries, subscriptions and backups; %" PRIu32
			   " were unfinished",
			   found.kept, found.unfinished);
	if (found.damaged != 0)
		log_error("%" PRIu32 " cells of ds.state were damaged and are dropped",
			  found.damaged);
	notify_all(subscribers);
	return OK;
}

/* --- Requests ------------------------------------------------------------ */

/* One request: who asks, for what, and what to answer. */
struct exchange {
	uint32_t slot;
	struct ds_request request;
	struct ds_reply reply;
};

/* Takes `length_bytes` of what the client lends. */
static enum status lent_get(const struct exchange *exchange, void *to)
{
	if (exchange->request.length_bytes == 0)
		return OK;
	return copy_from(exchange->slot, exchange->request.grant, 0, to,
			 exchange->request.length_bytes);
}

static enum status lent_put(const struct exchange *exchange, const void *from,
			    uint32_t length_bytes)
{
	if (length_bytes > exchange->request.length_bytes)
		return E_TOO_LARGE;
	if (length_bytes == 0)
		return OK;
	return copy_to(exchange->slot, exchange->request.grant, 0, from, length_bytes);
}

static enum status entry_give(struct exchange *exchange, const struct entry_cell *entry)
{
	struct ds_reply *reply = &exchange->reply;

	memcpy(reply->name, entry->name, DS_NAME_BYTES);
	reply->length_bytes = entry->length_bytes;
	reply->owner = entry->owner;
	reply->removed = entry->removed;
	return lent_put(exchange, entry->value, entry->length_bytes);
}

static enum status publish(struct exchange *exchange)
{
	uint8_t value[DS_VALUE_BYTES];
	uint32_t id;

	if (exchange->request.length_bytes > DS_VALUE_BYTES)
		return E_ARGUMENT;
	if (name_is_reserved(exchange->request.name) && exchange->slot != service_info()->rs_slot)
		return E_DENIED;
	enum status status = lent_get(exchange, value);
	if (status == OK)
		status = store_publish(&ds.store, exchange->slot, exchange->request.name, value,
				       exchange->request.length_bytes, &id);
	if (status == OK)
		notify_all(subscriptions_mark(&ds.subscriptions, &ds.store, id));
	return status;
}

static enum status retrieve(struct exchange *exchange)
{
	if (!name_is_valid(exchange->request.name))
		return E_ARGUMENT;
	const struct entry_cell *entry = store_by_name(&ds.store, exchange->request.name);

	return entry == NULL ? E_ABSENT : entry_give(exchange, entry);
}

static enum status withdraw(struct exchange *exchange)
{
	uint32_t id;
	enum status status = store_withdraw(&ds.store, exchange->slot, exchange->request.name, &id);

	if (status != OK)
		return status;
	notify_all(subscriptions_mark(&ds.subscriptions, &ds.store, id));
	forget_withdrawn();
	return OK;
}

static enum status subscribe(struct exchange *exchange)
{
	return subscription_add(&ds.subscriptions, &ds.store, exchange->slot,
				exchange->request.name);
}

/* Told only once the value has been copied, so that a failed copy loses nothing. */
static enum status check(struct exchange *exchange)
{
	const struct entry_cell *entry =
		subscription_next(&ds.subscriptions, &ds.store, exchange->slot);

	if (entry == NULL)
		return E_AGAIN;
	enum status status = entry_give(exchange, entry);
	if (status != OK)
		return status;
	subscription_told(&ds.subscriptions, exchange->slot, entry->id);
	if (entry->removed != 0 && !subscriptions_want(&ds.subscriptions, entry->id))
		store_forget(&ds.store, entry->id);
	return OK;
}

static enum status list(struct exchange *exchange)
{
	const struct entry_cell *entry = store_nth(&ds.store, exchange->request.index);

	return entry == NULL ? E_ABSENT : entry_give(exchange, entry);
}

static enum status backup_keep(struct exchange *exchange)
{
	static uint8_t bytes[DS_BACKUP_BYTES];

	if (exchange->request.length_bytes > DS_BACKUP_BYTES)
		return E_TOO_LARGE;
	enum status status = lent_get(exchange, bytes);
	if (status != OK)
		return status;
	return backup_store(&ds.backups, exchange->slot, bytes, exchange->request.length_bytes);
}

static enum status backup_give(struct exchange *exchange)
{
	const struct backup_cell *backup = backup_of(&ds.backups, exchange->slot);

	if (backup == NULL)
		return E_ABSENT;
	exchange->reply.length_bytes = backup->length_bytes;
	exchange->reply.owner = exchange->slot;
	return lent_put(exchange, backup->bytes, backup->length_bytes);
}

/* E_CALL: there is no such op. */
static enum status serve(uint32_t op, struct exchange *exchange)
{
	switch ((enum ds_op)op) {
	case DS_PUBLISH: return publish(exchange);
	case DS_RETRIEVE: return retrieve(exchange);
	case DS_WITHDRAW: return withdraw(exchange);
	case DS_SUBSCRIBE: return subscribe(exchange);
	case DS_CHECK: return check(exchange);
	case DS_ENTRY: return list(exchange);
	case DS_BACKUP_STORE: return backup_keep(exchange);
	case DS_BACKUP_LOAD: return backup_give(exchange);
	}
	return E_CALL;
}

static void ds_message(const struct message *message)
{
	endpoint_t from = message->from;
	struct exchange exchange = { .slot = from.slot };
	struct message answer = { 0 };

	memcpy(&exchange.request, message->payload.bytes, sizeof(exchange.request));
	enum status status = serve(message->op, &exchange);
	if (status == E_CALL) {
		service_reply_fault(from);
		return;
	}
	answer.status = (int32_t)status;
	memcpy(answer.payload.bytes, &exchange.reply, sizeof(exchange.reply));
	service_reply(from, &answer);
}

/* RS's alerts become names; its heartbeat wakes us soon after each. */
static void alerts_publish(void)
{
	struct alert_name alert;

	while (alert_next(ds.rs, &ds.alerts_seen, &alert)) {
		uint32_t id;
		enum status status = store_publish(&ds.store, service_info()->rs_slot, alert.name,
						   alert.value, alert.length_bytes, &id);

		if (status == OK)
			notify_all(subscriptions_mark(&ds.subscriptions, &ds.store, id));
		else
			log_error("%s cannot be published: %s", alert.name, status_text(status));
	}
}

static uint64_t ds_work(uint64_t now_us)
{
	alerts_publish();
	if (ds.proven_at_us != 0 && now_us >= ds.proven_at_us)
		proof_end();
	if (ds.proven_at_us == 0 && (ds.store.sequence != ds.store.checkpoint ||
				     ds.backups.sequence != ds.backups.checkpoint))
		proof_begin(now_us);
	return ds.proven_at_us == 0 ? SERVICE_NO_DEADLINE : ds.proven_at_us;
}

int main(void)
{
	static const struct service service = {
		.start = ds_start,
		.message = ds_message,
		.work = ds_work,
	};

	return service_run(&service);
}
