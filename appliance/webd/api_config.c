/*
 * /config: documents from and to the configuration service, which checks them. Its
 * texts are JSON already and go through as they are.
 */
#include "appliance/webd/api.h"
#include "appliance/webd/login.h"
#include "services/runtime/config.h"

#include <cJSON.h>
#include <string.h>

#define CHUNK_BYTES 16384u

/* --- Answers ----------------------------------------------------------------------------- */

static enum app_outcome refused(struct exchange *exchange, enum status status,
				const struct config_note *note)
{
	switch (status) {
	case E_ARGUMENT:
		response_problem(exchange->response, 422, note != NULL ? note->path : NULL,
				 "%.143s",
				 note != NULL && note->reason[0] != '\0' ? note->reason
									 : "it is not acceptable");
		return APP_ANSWERED;
	case E_ABSENT: return api_problem(exchange, 404, "there is no such document");
	case E_STATE:
		return api_problem(exchange, 409,
				   "another configuration has come into force meanwhile");
	case E_TOO_LARGE: return api_problem(exchange, 413, "the document is too long");
	case E_FULL: return api_problem(exchange, 503, "config has no room for it now");
	case E_AGAIN:
	case E_TIMEOUT:
	case E_DEAD: return api_again(exchange, "config does not answer; try again");
	default: return api_problem(exchange, 500, status_text(status));
	}
}

/* Names what is asked for, the same each time it is tried. */
static uint64_t token_of(const struct exchange *exchange)
{
	return exchange->attempt->begun_us;
}

static enum app_outcome done(struct exchange *exchange, enum status status)
{
	if (status != OK)
		return refused(exchange, status, NULL);
	response_status(exchange->response, 204);
	return APP_ANSWERED;
}

/* Behind `used` bytes of the answer's buffer; adds to it how long the text is. */
static enum status text_read(enum config_what what, uint32_t serial, size_t *used,
			     uint32_t *of_serial)
{
	struct config_reply reply = { 0 };
	size_t begun = *used;

	do {
		size_t room = RESPONSE_BODY_BYTES - 2 - *used;
		if (room == 0)
			return E_TOO_LARGE;
		enum status status =
			config_read(what, serial, *used - begun, response_buffer() + *used,
				    room < CHUNK_BYTES ? room : CHUNK_BYTES, &reply);
		if (status != OK)
			return status;
		if (*used != begun && reply.serial != *of_serial)
			return E_AGAIN; /* it changed under our hands */
		*of_serial = reply.serial;
		*used += reply.length_bytes;
	} while (*used - begun < reply.total_bytes && reply.length_bytes != 0);
	return OK;
}

static enum app_outcome text_answer(struct exchange *exchange, enum config_what what,
				    uint32_t serial)
{
	uint32_t of_serial = 0;
	size_t used = 0;
	enum status status = text_read(what, serial, &used, &of_serial);

	if (status != OK)
		return refused(exchange, status, NULL);
	response_text(exchange->response, "application/json", response_buffer(), used);
	response_header(exchange->response, "ETag: \"%u\"", of_serial);
	return APP_ANSWERED;
}

/* --- Reading --------------------------------------------------------------------------------- */

enum app_outcome api_config_running(struct exchange *exchange)
{
	return text_answer(exchange, CONFIG_RUNNING, 0);
}

enum app_outcome api_config_schema(struct exchange *exchange)
{
	return text_answer(exchange, CONFIG_SCHEMA, 0);
}

enum app_outcome api_config_history(struct exchange *exchange)
{
	return text_answer(exchange, CONFIG_LOG, 0);
}

enum app_outcome api_config_history_entry(struct exchange *exchange)
{
	uint64_t serial;

	if (!api_number_read(exchange->words[0], &serial) || serial > UINT32_MAX)
		return api_problem(exchange, 404, "there is no such document");
	return text_answer(exchange, CONFIG_HISTORY, (uint32_t)serial);
}

void api_config_status_write(struct json *json, const struct config_status *status)
{
	char message[DS_VALUE_BYTES + 1] = "";

	act_config_message(message);
	json_object(json, NULL);
	json_number(json, "serial", status->serial);
	json_number(json, "confirmed", status->confirmed);
	if (status->confirmed != status->serial)
		json_number(json, "confirm_left_s", status->confirm_left_s);
	else
		json_null(json, "confirm_left_s");
	json_boolean(json, "persisted", status->persisted == 1);
	json_boolean(json, "candidate", status->candidate == 1);
	json_string(json, "message", message);
	json_object_end(json);
}

enum app_outcome api_config_status(struct exchange *exchange)
{
	struct config_status status;
	enum status result = config_status(&status);

	if (result != OK)
		return refused(exchange, result, NULL);
	api_config_status_write(response_json(exchange->response, 200), &status);
	return api_done(exchange);
}

/* --- The candidate -------------------------------------------------------------------------- */

/* The chunk that comes next; config may have lost those before it with its life. */
static enum status chunk_write(struct exchange *exchange, struct config_note *note)
{
	const struct request *request = exchange->request;
	struct attempt *attempt = exchange->attempt;
	size_t at = attempt->taken_bytes, left = request->body_bytes - at;
	size_t count = left < CHUNK_BYTES ? left : CHUNK_BYTES;
	enum status status = config_write(token_of(exchange), at, request->body + at, count,
					  request->body_bytes, note);

	if (status == OK)
		attempt->taken_bytes += count;
	if (status != E_STATE || at == 0)
		return status;
	attempt->taken_bytes = 0;
	return E_AGAIN;
}

static enum status candidate_write(struct exchange *exchange, struct config_note *note)
{
	if (exchange->request->body_bytes == 0)
		return E_ARGUMENT;
	while (exchange->attempt->taken_bytes < exchange->request->body_bytes) {
		enum status status = chunk_write(exchange, note);
		if (status != OK)
			return status;
	}
	return config_check(token_of(exchange), note);
}

enum app_outcome api_config_candidate_put(struct exchange *exchange)
{
	static const char before[] = "{\"differences\":";
	struct config_note note = { 0 };
	size_t used = sizeof(before) - 1;
	uint32_t serial = 0;

	enum status status = candidate_write(exchange, &note);
	if (status != OK)
		return refused(exchange, status, &note);
	memcpy(response_buffer(), before, used);
	status = text_read(CONFIG_DIFFERENCES, 0, &used, &serial);
	if (status != OK)
		return refused(exchange, status, NULL);
	response_buffer()[used++] = '}';
	response_text(exchange->response, "application/json", response_buffer(), used);
	return APP_ANSWERED;
}

/* No candidate is no mistake. */
static enum app_outcome candidate_text_answer(struct exchange *exchange, enum config_what what)
{
	enum app_outcome outcome = text_answer(exchange, what, 0);

	if (exchange->response->status == 404)
		response_status(exchange->response, 204);
	return outcome;
}

enum app_outcome api_config_candidate_get(struct exchange *exchange)
{
	return candidate_text_answer(exchange, CONFIG_CANDIDATE);
}

enum app_outcome api_config_differences(struct exchange *exchange)
{
	return candidate_text_answer(exchange, CONFIG_DIFFERENCES);
}

enum app_outcome api_config_candidate_delete(struct exchange *exchange)
{
	enum status status = config_discard();

	return done(exchange, status == E_ABSENT ? OK : status);
}

/* --- Commit, confirm, roll back ------------------------------------------------------------- */

struct wish {
	struct config_note note;
	uint32_t confirm_s, serial;
	bool has_serial;
};

/* A whole number that fits; false: it is there, and is none. */
static bool number_read(const cJSON *body, const char *name, uint32_t most, uint32_t *number,
			bool *there)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, name);

	*there = item != NULL && !cJSON_IsNull(item);
	if (!*there)
		return true;
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > (double)most)
		return false;
	*number = (uint32_t)item->valuedouble;
	return (double)*number == item->valuedouble;
}

static bool wish_fill(struct wish *wish, const cJSON *body)
{
	const cJSON *comment = cJSON_GetObjectItemCaseSensitive(body, "comment");
	bool there;

	memset(wish, 0, sizeof(*wish));
	strcpy(wish->note.author, LOGIN_USER);
	if (cJSON_IsString(comment) && strlen(comment->valuestring) < sizeof(wish->note.comment))
		strcpy(wish->note.comment, comment->valuestring);
	else if (comment != NULL && !cJSON_IsNull(comment))
		return false;
	return cJSON_IsObject(body) &&
	       number_read(body, "confirm_s", CONFIG_CONFIRM_MAX_S, &wish->confirm_s, &there) &&
	       number_read(body, "serial", UINT32_MAX, &wish->serial, &wish->has_serial);
}

static bool wish_read(const struct exchange *exchange, struct wish *wish)
{
	const struct request *request = exchange->request;
	cJSON *body = cJSON_ParseWithLength(request->body, request->body_bytes);
	bool read = wish_fill(wish, body);

	cJSON_Delete(body);
	return read;
}

static enum app_outcome committed(struct exchange *exchange, enum status status,
				  const struct wish *wish, uint32_t serial)
{
	if (status != OK)
		return refused(exchange, status, &wish->note);
	struct json *json = response_json(exchange->response, 200);
	json_object(json, NULL);
	json_number(json, "serial", serial);
	if (wish->confirm_s != 0)
		json_thousandths(json, "confirm_until_uptime",
				 world.now_us / 1000 + wish->confirm_s * 1000ull);
	json_object_end(json);
	return api_done(exchange);
}

enum app_outcome api_config_commit(struct exchange *exchange)
{
	struct wish wish;
	uint32_t serial = 0;

	if (!wish_read(exchange, &wish))
		return api_problem(exchange, 400,
				   "comment has at most 79 bytes, confirm_s is at most 3600");
	enum status status = config_commit(token_of(exchange), wish.confirm_s, &wish.note, &serial);
	if (status == E_ABSENT)
		return api_problem(exchange, 409, "there is no candidate");
	return committed(exchange, status, &wish, serial);
}

enum app_outcome api_config_rollback(struct exchange *exchange)
{
	struct wish wish;
	uint32_t serial = 0;

	if (!wish_read(exchange, &wish) || !wish.has_serial)
		return api_problem(exchange, 400, "serial has to be a number");
	enum status status = config_rollback(token_of(exchange), wish.serial, wish.confirm_s,
					     &wish.note, &serial);
	return committed(exchange, status, &wish, serial);
}

enum app_outcome api_config_confirm(struct exchange *exchange)
{
	enum status status = config_confirm(token_of(exchange));

	if (status == E_STATE)
		return api_problem(exchange, 409, "nothing waits to be confirmed");
	return done(exchange, status);
}
