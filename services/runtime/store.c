/* See store.h. The only state kept is which life of the store answered last. */
#include "services/runtime/store.h"

#include "services/runtime/crc32.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

#define STORE_WAIT_US (STORE_WAIT_MS * 1000u)

static endpoint_t store = { .slot = SERVICE_MAX, .generation = ANY_GENERATION };

static bool store_found(void)
{
	if (store.slot == SERVICE_MAX)
		store.slot = service_slot("store");
	return store.slot != SERVICE_MAX;
}

/* Asks until the store lives through it: once for each of its generations. */
static enum status ask(enum store_op op, const struct store_request *request,
		       struct message *message)
{
	uint64_t deadline_us = time_us() + STORE_WAIT_US;

	if (!store_found())
		return E_ABSENT;
	for (uint64_t now_us = time_us(); now_us < deadline_us; now_us = time_us()) {
		enum status status;

		*message = (struct message){ .op = op };
		memcpy(message->payload.bytes, request, sizeof(*request));
		status = service_call(&store, message, deadline_us - now_us);
		if (status != E_DEAD)
			return status;
	}
	return E_TIMEOUT;
}

/* The same, lending the store `request->length_bytes` at `memory` meanwhile. */
static enum status ask_lending(enum store_op op, struct store_request *request, const void *memory,
			       enum grant_access access, struct message *message)
{
	enum status status;

	if (!store_found())
		return E_ABSENT;
	if (request->length_bytes == 0)
		return ask(op, request, message);
	status = grant_create(store.slot, memory, request->length_bytes, access, &request->grant);
	if (status != OK)
		return status;
	status = ask(op, request, message);
	grant_revoke(request->grant);
	return status;
}

static enum status request_name(struct store_request *request, const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length >= STORE_NAME_BYTES)
		return E_ARGUMENT;
	memcpy(request->name, name, length);
	return OK;
}

static struct store_reply reply_of(const struct message *message)
{
	struct store_reply reply;

	memcpy(&reply, message->payload.bytes, sizeof(reply));
	reply.name[STORE_NAME_BYTES - 1] = 0;
	return reply;
}

enum status store_put(const char *name, const void *value, size_t bytes)
{
	struct store_request request = { .length_bytes = (uint32_t)bytes };
	struct message message;
	enum status status = request_name(&request, name);

	if (status != OK)
		return status;
	if (bytes > STORE_VALUE_BYTES)
		return E_TOO_LARGE;
	request.crc32 = crc32_of(value, bytes);
	return ask_lending(STORE_PUT, &request, value, GRANT_READ, &message);
}

enum status store_delete(const char *name)
{
	struct store_request request = { 0 };
	struct message message;
	enum status status = request_name(&request, name);

	return status != OK ? status : ask(STORE_DELETE, &request, &message);
}

enum status store_result(void)
{
	const struct store_request request = { 0 };
	struct message message;

	return ask(STORE_RESULT, &request, &message);
}

enum status store_get(const char *name, void *value, size_t room_bytes, size_t *bytes)
{
	struct store_request request = { 0 };
	struct message message;
	enum status status = request_name(&request, name);

	if (status != OK)
		return status;
	request.length_bytes =
		room_bytes < STORE_VALUE_BYTES ? (uint32_t)room_bytes : STORE_VALUE_BYTES;
	status = ask_lending(STORE_GET, &request, value, GRANT_WRITE, &message);
	if (status != OK)
		return status;
	*bytes = reply_of(&message).length_bytes;
	return *bytes <= room_bytes ? OK : E_TOO_LARGE;
}

enum status store_list(uint32_t nth, char name[STORE_NAME_BYTES], size_t *bytes)
{
	const struct store_request request = { .index = nth };
	struct message message;
	enum status status = ask(STORE_LIST, &request, &message);
	struct store_reply reply;

	if (status != OK)
		return status;
	reply = reply_of(&message);
	memcpy(name, reply.name, sizeof(reply.name));
	*bytes = reply.length_bytes;
	return OK;
}

enum status store_status(struct store_status *store_status)
{
	const struct store_request request = { 0 };
	struct message message;
	enum status status = ask(STORE_STATUS, &request, &message);

	if (status == OK)
		memcpy(store_status, message.payload.bytes, sizeof(*store_status));
	return status;
}

enum status store_cell(uint32_t index, void *bytes, uint64_t *commits)
{
	struct store_request request = { .index = index, .length_bytes = STORE_CELL_BYTES };
	struct message message = { 0 };
	struct store_cell cell;

	memset(bytes, 0, STORE_CELL_BYTES);
	enum status status = ask_lending(STORE_CELL, &request, bytes, GRANT_WRITE, &message);

	memcpy(&cell, message.payload.bytes, sizeof(cell));
	*commits = cell.commits;
	return status;
}
