/* See ds.h. The only state kept is which life of DS answered last. */
#include "services/runtime/ds.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

#define DS_WAIT_US (DS_WAIT_MS * 1000u)

static endpoint_t ds = { .slot = SERVICE_MAX, .generation = ANY_GENERATION };

static bool ds_found(void)
{
	if (ds.slot == SERVICE_MAX)
		ds.slot = service_slot("ds");
	return ds.slot != SERVICE_MAX;
}

/* Asks until DS lives through it: once for each of its generations. */
static enum status ask(enum ds_op op, const struct ds_request *request, struct ds_reply *reply)
{
	uint64_t deadline_us = time_us() + DS_WAIT_US;
	enum status status = E_TIMEOUT;

	for (uint64_t now_us = time_us(); now_us < deadline_us; now_us = time_us()) {
		struct message message = { .op = op };

		memcpy(message.payload.bytes, request, sizeof(*request));
		status = service_call(&ds, &message, deadline_us - now_us);
		memcpy(reply, message.payload.bytes, sizeof(*reply));
		if (status != E_DEAD)
			return status;
	}
	return E_TIMEOUT;
}

/* The same, lending DS `request->length_bytes` at `memory` meanwhile. */
static enum status ask_lending(enum ds_op op, struct ds_request *request, const void *memory,
			       enum grant_access access, struct ds_reply *reply)
{
	enum status status;

	if (!ds_found())
		return E_ABSENT;
	if (request->length_bytes == 0)
		return ask(op, request, reply);
	status = grant_create(ds.slot, memory, request->length_bytes, access, &request->grant);
	if (status != OK)
		return status;
	status = ask(op, request, reply);
	grant_revoke(request->grant);
	return status;
}

static enum status request_name(struct ds_request *request, const char *name)
{
	size_t length = strlen(name);

	if (length >= DS_NAME_BYTES)
		return E_ARGUMENT;
	memcpy(request->name, name, length);
	return OK;
}

/* An op that gives an entry: its value is lent room in `entry` itself. */
static enum status entry_ask(enum ds_op op, struct ds_request *request, struct ds_entry *entry)
{
	struct ds_reply reply;
	enum status status;

	*entry = (struct ds_entry){ 0 };
	request->length_bytes = sizeof(entry->value);
	status = ask_lending(op, request, entry->value, GRANT_WRITE, &reply);
	if (status != OK)
		return status;
	memcpy(entry->name, reply.name, sizeof(entry->name));
	entry->name[DS_NAME_BYTES - 1] = 0;
	entry->length_bytes = reply.length_bytes;
	entry->owner = reply.owner;
	entry->removed = reply.removed;
	return reply.length_bytes <= DS_VALUE_BYTES ? OK : E_TOO_LARGE;
}

enum status ds_publish(const char *name, const void *value, size_t bytes)
{
	struct ds_request request = { .length_bytes = (uint32_t)bytes };
	struct ds_reply reply;
	enum status status = request_name(&request, name);

	if (status != OK || bytes > DS_VALUE_BYTES)
		return E_ARGUMENT;
	return ask_lending(DS_PUBLISH, &request, value, GRANT_READ, &reply);
}

static enum status name_ask(enum ds_op op, const char *name)
{
	struct ds_request request = { 0 };
	struct ds_reply reply;
	enum status status = request_name(&request, name);

	return status != OK ? status : ask_lending(op, &request, NULL, GRANT_READ, &reply);
}

enum status ds_withdraw(const char *name)
{
	return name_ask(DS_WITHDRAW, name);
}

enum status ds_subscribe(const char *pattern)
{
	return name_ask(DS_SUBSCRIBE, pattern);
}

enum status ds_retrieve(const char *name, struct ds_entry *entry)
{
	struct ds_request request = { 0 };
	enum status status = request_name(&request, name);

	return status != OK ? status : entry_ask(DS_RETRIEVE, &request, entry);
}

enum status ds_check(struct ds_entry *entry)
{
	struct ds_request request = { 0 };

	return entry_ask(DS_CHECK, &request, entry);
}

enum status ds_entry(uint32_t nth, struct ds_entry *entry)
{
	struct ds_request request = { .index = nth };

	return entry_ask(DS_ENTRY, &request, entry);
}

enum status ds_backup_store(const void *state, size_t bytes)
{
	struct ds_request request = { .length_bytes = (uint32_t)bytes };
	struct ds_reply reply;

	if (bytes > DS_BACKUP_BYTES)
		return E_TOO_LARGE;
	return ask_lending(DS_BACKUP_STORE, &request, state, GRANT_READ, &reply);
}

enum status ds_backup_load(void *state, size_t room_bytes, size_t *bytes)
{
	struct ds_request request = { 0 };
	struct ds_reply reply;
	enum status status;

	request.length_bytes =
		room_bytes < DS_BACKUP_BYTES ? (uint32_t)room_bytes : DS_BACKUP_BYTES;
	status = ask_lending(DS_BACKUP_LOAD, &request, state, GRANT_WRITE, &reply);
	if (status == OK)
		*bytes = reply.length_bytes;
	return status;
}
