/* See config.h. No state is kept but which life of config answered last. */
#include "services/runtime/config.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

#define CONFIG_WAIT_US (CONFIG_WAIT_MS * 1000u)

static endpoint_t config = { .slot = SERVICE_MAX, .generation = ANY_GENERATION };

/* Asks until config lives through it, or the time is up. */
static enum status ask(enum config_op op, const struct config_request *request, void *reply,
		       size_t reply_bytes)
{
	uint64_t deadline_us = time_us() + CONFIG_WAIT_US;

	for (uint64_t now_us = time_us(); now_us < deadline_us; now_us = time_us()) {
		struct message message = { .op = op };

		memcpy(message.payload.bytes, request, sizeof(*request));
		enum status status = service_call(&config, &message, deadline_us - now_us);
		if (reply != NULL)
			memcpy(reply, message.payload.bytes, reply_bytes);
		if (status != E_DEAD)
			return status;
	}
	return E_TIMEOUT;
}

/* A piece of our memory for the time of the request; none if there is none. */
static enum status lend(const void *memory, size_t bytes, enum grant_access access, uint32_t *grant)
{
	*grant = 0;
	if (config.slot == SERVICE_MAX)
		config.slot = service_slot("config");
	if (config.slot == SERVICE_MAX)
		return E_ABSENT;
	return memory == NULL || bytes == 0
		       ? OK
		       : grant_create(config.slot, memory, bytes, access, grant);
}

static void take_back(uint32_t grant)
{
	if (grant != 0)
		grant_revoke(grant);
}

static enum status ask_noted(enum config_op op, struct config_request *request,
			     struct config_note *note, struct config_reply *reply)
{
	enum status status =
		lend(note, sizeof(*note), GRANT_READ | GRANT_WRITE, &request->note_grant);

	if (status != OK)
		return status;
	status = ask(op, request, reply, sizeof(*reply));
	take_back(request->note_grant);
	if (note != NULL)
		note->path[sizeof(note->path) - 1] = note->reason[sizeof(note->reason) - 1] = '\0';
	return status;
}

/* The same, lending config `bytes` at `memory` meanwhile. */
static enum status ask_lending(enum config_op op, struct config_request *request,
			       const void *memory, size_t bytes, enum grant_access access,
			       struct config_note *note, struct config_reply *reply)
{
	enum status status = lend(memory, bytes, access, &request->grant);

	if (status != OK)
		return status;
	status = ask_noted(op, request, note, reply);
	take_back(request->grant);
	return status;
}

enum status config_status(struct config_status *status)
{
	const struct config_request request = { 0 };
	uint32_t none;
	enum status answer = lend(NULL, 0, GRANT_READ, &none);

	return answer != OK ? answer : ask(CONFIG_STATUS, &request, status, sizeof(*status));
}

enum status config_read(enum config_what what, uint32_t serial, size_t offset, void *bytes,
			size_t room, struct config_reply *reply)
{
	struct config_request request = { .what = what,
					  .serial = serial,
					  .offset_bytes = (uint32_t)offset,
					  .length_bytes = (uint32_t)room };

	enum status status =
		ask_lending(CONFIG_READ, &request, bytes, room, GRANT_WRITE, NULL, reply);
	return status == OK && reply->length_bytes > room ? E_DAMAGED : status;
}

enum status config_write(uint64_t token, size_t offset, const void *bytes, size_t length,
			 size_t total, struct config_note *note)
{
	struct config_request request = { .token = token,
					  .offset_bytes = (uint32_t)offset,
					  .length_bytes = (uint32_t)length,
					  .total_bytes = (uint32_t)total };
	struct config_reply reply;

	return ask_lending(CONFIG_WRITE, &request, bytes, length, GRANT_READ, note, &reply);
}

/* Pointer and value are lent as one, so they are put together first. */
static enum status edit(enum config_op op, uint64_t token, const char *pointer, const char *value,
			struct config_note *note)
{
	static char words[CONFIG_EDIT_BYTES];
	size_t length = strlen(pointer), value_length = strlen(value);
	struct config_request request = { .token = token,
					  .length_bytes = (uint32_t)length,
					  .total_bytes = (uint32_t)(length + value_length) };
	struct config_reply reply;

	if (length + value_length > sizeof(words))
		return E_TOO_LARGE;
	memcpy(words, pointer, length);
	memcpy(words + length, value, value_length);
	return ask_lending(op, &request, words, length + value_length, GRANT_READ, note, &reply);
}

enum status config_set(uint64_t token, const char *pointer, const char *value,
		       struct config_note *note)
{
	return edit(CONFIG_SET, token, pointer, value, note);
}

enum status config_delete(uint64_t token, const char *pointer, struct config_note *note)
{
	return edit(CONFIG_DELETE, token, pointer, "", note);
}

static enum status plain(enum config_op op, uint64_t token, struct config_note *note)
{
	struct config_request request = { .token = token };
	struct config_reply reply;

	return ask_noted(op, &request, note, &reply);
}

enum status config_discard(void)
{
	return plain(CONFIG_DISCARD, 0, NULL);
}

enum status config_check(uint64_t token, struct config_note *note)
{
	return plain(CONFIG_CHECK, token, note);
}

enum status config_confirm(uint64_t token)
{
	return plain(CONFIG_CONFIRM, token, NULL);
}

static enum status commit(enum config_op op, uint64_t token, uint32_t to_serial, uint32_t confirm_s,
			  struct config_note *note, uint32_t *serial)
{
	struct config_request request = { .serial = to_serial,
					  .confirm_s = confirm_s,
					  .token = token };
	struct config_reply reply = { 0 };
	enum status status = ask_noted(op, &request, note, &reply);

	*serial = reply.serial;
	return status;
}

enum status config_commit(uint64_t token, uint32_t confirm_s, struct config_note *note,
			  uint32_t *serial)
{
	return commit(CONFIG_COMMIT, token, 0, confirm_s, note, serial);
}

enum status config_rollback(uint64_t token, uint32_t to_serial, uint32_t confirm_s,
			    struct config_note *note, uint32_t *serial)
{
	return commit(CONFIG_ROLLBACK, token, to_serial, confirm_s, note, serial);
}
