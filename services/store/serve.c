/* Requests, answered at once. What the caller says is checked before it is used. */
#include "services/runtime/crc32.h"
#include "services/runtime/kernel.h"
#include "services/store/store.h"

#include <stdio.h>
#include <string.h>

/* A record's name: the caller's service, a slash, and what the caller calls it. */
struct full_name {
	char text[STORE_RECORD_BYTES];
};

static bool name_make(uint32_t slot, const char given[STORE_NAME_BYTES], struct full_name *name)
{
	char own[STORE_NAME_BYTES];

	memcpy(own, given, sizeof(own));
	if (own[0] == 0 || own[sizeof(own) - 1] != 0)
		return false;
	memset(name, 0, sizeof(*name));
	(void)snprintf(name->text, sizeof(name->text), "%s/%s", service_name(slot), own);
	return record_name_is_valid(name->text);
}

/* The caller's part of a record's name; NULL: it is another's. */
static const char *own_part(const struct record *record, uint32_t slot)
{
	size_t length = strlen(service_name(slot));

	if (strncmp(record->head.name, service_name(slot), length) != 0 ||
	    record->head.name[length] != '/')
		return NULL;
	return record->head.name + length + 1;
}

static uint32_t own_count(const struct store *store, uint32_t slot)
{
	const struct record *record;
	uint32_t cursor = 0, count = 0;

	while ((record = vault_list(&store->life.vault, &cursor)) != NULL)
		count += own_part(record, slot) != NULL;
	return count;
}

/* Changes under way may each take a cell; one has to stay free for replacements. */
static bool has_room(const struct store *store, uint32_t slot, const struct full_name *name)
{
	const struct vault *vault = &store->life.vault;
	uint32_t room = vault_cells_in(vault, CELL_FREE) + vault_cells_in(vault, CELL_OLD);

	if (vault_find(vault, name->text) != NULL)
		return true;
	return own_count(store, slot) < STORE_SHARE && room > 1 + store->life.changes.count;
}

/* E_STATE: go ahead; else the answer. */
static enum status change_is_open(const struct store *store, uint32_t slot, enum store_op op,
				  const struct full_name *name, const struct store_request *request)
{
	const struct change *before = changes_of(&store->life.changes, slot);

	if (before != NULL && before->op == op && strcmp(before->name, name->text) == 0 &&
	    (op == STORE_DELETE ||
	     (before->length_bytes == request->length_bytes && before->crc32 == request->crc32)))
		return OK;
	if (before != NULL || store->life.changes.count == CHANGES_MAX)
		return E_AGAIN;
	return store->life.mode == STORE_FAILED ? E_DEVICE : E_STATE;
}

static enum status value_take(struct store *store, uint32_t slot,
			      const struct store_request *request, uint32_t stage)
{
	uint8_t *value = store->region->stages[stage];
	enum status status = OK;

	if (request->length_bytes != 0)
		status = copy_from(slot, request->grant, 0, value, request->length_bytes);
	if (status == OK && crc32_of(value, request->length_bytes) != request->crc32)
		status = E_DAMAGED;
	return status;
}

static enum status change(struct store *store, uint32_t slot, enum store_op op,
			  const struct store_request *request)
{
	struct change change = { .slot = slot, .op = op };
	struct full_name name;
	enum status status;

	if (!name_make(slot, request->name, &name))
		return E_ARGUMENT;
	if (op == STORE_PUT && request->length_bytes > STORE_VALUE_BYTES)
		return E_TOO_LARGE;
	status = change_is_open(store, slot, op, &name, request);
	if (status != E_STATE)
		return status;
	if (op == STORE_DELETE && vault_find(&store->life.vault, name.text) == NULL)
		return E_ABSENT;
	if (op == STORE_PUT && !has_room(store, slot, &name))
		return E_FULL;
	memcpy(change.name, name.text, sizeof(change.name));
	change.stage = changes_stage(&store->life.changes);
	if (op == STORE_PUT) {
		status = value_take(store, slot, request, change.stage);
		if (status != OK)
			return status;
		change.length_bytes = request->length_bytes;
		change.crc32 = request->crc32;
	}
	changes_add(&store->life.changes, &change);
	store_save(store);
	return OK;
}

static enum status get(const struct store *store, uint32_t slot,
		       const struct store_request *request, struct store_reply *reply)
{
	const struct record *record;
	struct full_name name;

	if (!name_make(slot, request->name, &name))
		return E_ARGUMENT;
	record = vault_find(&store->life.vault, name.text);
	if (record == NULL)
		return E_ABSENT;
	reply->length_bytes = record->head.length_bytes;
	if (record->head.length_bytes > request->length_bytes)
		return E_TOO_LARGE;
	if (record->head.length_bytes == 0)
		return OK;
	return copy_to(slot, request->grant, 0, record->value, record->head.length_bytes);
}

static enum status list(const struct store *store, uint32_t slot, uint32_t nth,
			struct store_reply *reply)
{
	const struct record *record;
	uint32_t cursor = 0;

	while ((record = vault_list(&store->life.vault, &cursor)) != NULL) {
		const char *own = own_part(record, slot);

		if (own == NULL || nth-- != 0)
			continue;
		(void)snprintf(reply->name, sizeof(reply->name), "%s", own);
		reply->length_bytes = record->head.length_bytes;
		return OK;
	}
	return E_ABSENT;
}

/* The installer reads every disk, so there is nothing here that it could not see. */
static enum status cell(const struct store *store, uint32_t slot,
			const struct store_request *request, struct message *answer)
{
	const struct vault *vault = &store->life.vault;
	struct store_cell reply = { .commits = store->life.commits };
	enum status status = OK;

	if (slot != service_slot("install"))
		return E_DENIED;
	if (store->life.changes.count != 0)
		return E_AGAIN;
	if (request->index >= vault->cells) {
		status = E_ABSENT;
	} else if (vault->states[request->index] == CELL_CURRENT) {
		const struct record *record = &store->region->records[request->index];

		reply.length_bytes = record_sectors(record->head.length_bytes) * SECTOR_BYTES;
		status = reply.length_bytes > request->length_bytes
				 ? E_TOO_LARGE
				 : copy_to(slot, request->grant, 0, record, reply.length_bytes);
	}
	memcpy(answer->payload.bytes, &reply, sizeof(reply));
	return status;
}

static enum status dispatch(struct store *store, uint32_t slot, uint32_t op,
			    const struct store_request *request, struct message *answer)
{
	struct store_reply *reply = (struct store_reply *)answer->payload.bytes;

	if (op == STORE_STATUS) {
		struct store_status *status = (struct store_status *)answer->payload.bytes;

		show_status(store, status);
		status->own = own_count(store, slot);
		return OK;
	}
	if (op == STORE_RESULT)
		return changes_result(&store->life.changes, slot);
	if (op > STORE_CELL || op < STORE_PUT)
		return E_CALL;
	if (store->life.mode == STORE_OPENING) {
		store->waiting |= 1ull << slot;
		return E_AGAIN;
	}
	switch ((enum store_op)op) {
	case STORE_PUT:
	case STORE_DELETE: return change(store, slot, (enum store_op)op, request);
	case STORE_GET: return get(store, slot, request, reply);
	case STORE_LIST: return list(store, slot, request->index, reply);
	case STORE_CELL: return cell(store, slot, request, answer);
	case STORE_RESULT:
	case STORE_STATUS: break;
	}
	return E_CALL;
}

void serve(struct store *store, const struct message *message)
{
	endpoint_t from = message->from;
	struct message answer = { 0 };
	struct store_request request;
	uint32_t op = message->op;

	memcpy(&request, message->payload.bytes, sizeof(request));
	answer.status = (int32_t)dispatch(store, from.slot, op, &request, &answer);
	(void)service_reply(from, &answer);
}
