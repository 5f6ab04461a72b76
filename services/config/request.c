/* See engine.h: the requests of services/proto/config.h. */
#include "services/config/answer.h"
#include "services/config/document.h"
#include "services/config/engine.h"
#include "services/config/schema.h"
#include "services/config/texts.h"
#include "services/config/tree.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#define US_A_SECOND 1000000ull

/* One request: who asks, for what, and what to answer. */
struct exchange {
	uint32_t slot;
	struct config_request request;
	struct config_note note;
	struct refusal refusal;
	struct message reply;
};

static struct config_reply *reply_of(struct exchange *exchange)
{
	return (struct config_reply *)exchange->reply.payload.bytes;
}

static uint32_t running_serial(void)
{
	const struct ledger_head *head = ledger_head(&engine.state->ledger);

	return head == NULL ? 0 : head->running;
}

/* --- Notes ---------------------------------------------------------------- */

static enum status note_get(struct exchange *exchange)
{
	enum status status;

	if (exchange->request.note_grant == 0)
		return OK;
	status = copy_from(exchange->slot, exchange->request.note_grant, 0, &exchange->note,
			   sizeof(exchange->note));
	refusal_printable(exchange->note.author, CONFIG_AUTHOR_BYTES, exchange->note.author);
	exchange->note.author[CONFIG_AUTHOR_BYTES - 1] = 0;
	exchange->note.comment[CONFIG_COMMENT_BYTES - 1] = 0;
	return status;
}

static void note_put(struct exchange *exchange)
{
	struct config_note *note = &exchange->note;

	if (exchange->request.note_grant == 0)
		return;
	(void)snprintf(note->path, sizeof(note->path), "%s", exchange->refusal.path);
	(void)snprintf(note->reason, sizeof(note->reason), "%s", exchange->refusal.reason);
	if (copy_to(exchange->slot, exchange->request.note_grant, 0, note, sizeof(*note)) != OK)
		log_debug("a client does not want to know why");
}

/* --- Candidates ----------------------------------------------------------- */

static cJSON *running_tree(struct exchange *exchange)
{
	const struct ledger *ledger = &engine.state->ledger;
	const struct ledger_entry *entry = ledger_find(ledger, running_serial());

	if (entry == NULL)
		return document_parse(schema_factory, schema_factory_bytes, &exchange->refusal);
	if (!ledger_text(ledger, entry, engine_text))
		return NULL;
	return document_parse(engine_text, entry->length_bytes, &exchange->refusal);
}

static enum status tree_take(struct exchange *exchange, struct candidate *candidate, cJSON *tree)
{
	uint32_t base = candidate->length_bytes != 0 ? candidate->base : running_serial();
	struct refusal nothing = { 0 };
	cJSON *own = document_parse(candidate->secrets,
				    strnlen(candidate->secrets, DESK_SECRETS_BYTES), &nothing);
	cJSON *running = running_tree(exchange);

	tree_reveal(tree, own, running, schema_configuration);
	cJSON_Delete(own);
	cJSON_Delete(running);
	enum status status = desk_put(candidate, exchange->slot, base, tree);
	engine.edition++;
	return status;
}

static enum status serve_write(struct exchange *exchange)
{
	struct desk *desk = &engine.state->desk;
	struct candidate *candidate;
	char *place;
	enum status status = desk_upload_begin(desk, exchange->slot, &exchange->request, &place);

	if (status == OK)
		status = copy_from(exchange->slot, exchange->request.grant, 0, place,
				   exchange->request.length_bytes);
	if (status != OK)
		return status;
	status = desk_upload_end(desk, exchange->slot, &exchange->request, &candidate);
	if (status != OK)
		return status == E_AGAIN ? OK : status;
	cJSON *tree =
		document_parse(candidate->text, exchange->request.total_bytes, &exchange->refusal);
	if (tree == NULL) {
		desk_drop(candidate);
		return E_ARGUMENT;
	}
	status = tree_take(exchange, candidate, tree);
	cJSON_Delete(tree);
	return status;
}

/* The candidate to edit as a tree: the client's, or a copy of what is running. */
static cJSON *candidate_tree(struct exchange *exchange)
{
	const struct candidate *candidate = desk_find(&engine.state->desk, exchange->slot);

	if (candidate == NULL)
		return running_tree(exchange);
	return document_parse(candidate->text, candidate->length_bytes, &exchange->refusal);
}

/* The answer to that edit got lost: it would be made twice in a list. */
static bool edit_is_repeated(const struct exchange *exchange)
{
	const struct candidate *candidate = desk_find(&engine.state->desk, exchange->slot);

	return candidate != NULL && exchange->request.token != 0 &&
	       candidate->token == exchange->request.token;
}

/* Takes the edited tree if the schema has nothing against it. */
static enum status edited_take(struct exchange *exchange, cJSON *tree)
{
	struct candidate *candidate = desk_room(&engine.state->desk, exchange->slot);

	if (candidate == NULL)
		return E_FULL;
	if (!schema_check(tree, schema_configuration, &exchange->refusal))
		return E_ARGUMENT;
	if (candidate->length_bytes != 0)
		desk_secrets_keep(candidate);
	enum status status = tree_take(exchange, candidate, tree);
	candidate->token = exchange->request.token;
	return status;
}

/* The pointer, and the value behind it; both end in a zero then. */
static enum status words_get(struct exchange *exchange, char pointer[TREE_POINTER_BYTES])
{
	const struct config_request *request = &exchange->request;
	uint32_t value_bytes = request->total_bytes - request->length_bytes;
	enum status status;

	if (request->length_bytes >= TREE_POINTER_BYTES ||
	    request->length_bytes > request->total_bytes ||
	    request->total_bytes > sizeof(engine_text) || request->total_bytes == 0)
		return E_ARGUMENT;
	status = copy_from(exchange->slot, request->grant, 0, engine_text, request->total_bytes);
	if (status != OK)
		return status;
	memcpy(pointer, engine_text, request->length_bytes);
	pointer[request->length_bytes] = 0;
	memmove(engine_text, engine_text + request->length_bytes, value_bytes);
	return OK;
}

static enum status serve_set(struct exchange *exchange)
{
	const struct config_request *request = &exchange->request;
	char pointer[TREE_POINTER_BYTES];
	enum status status = words_get(exchange, pointer);

	if (status != OK || edit_is_repeated(exchange))
		return status;
	cJSON *value = document_parse(engine_text, request->total_bytes - request->length_bytes,
				      &exchange->refusal);
	if (value == NULL)
		return E_ARGUMENT;
	cJSON *tree = candidate_tree(exchange);
	if (tree == NULL) {
		cJSON_Delete(value);
		return E_FULL;
	}
	status = tree_set(&tree, pointer, value, &exchange->refusal);
	if (status == OK)
		status = edited_take(exchange, tree);
	cJSON_Delete(tree);
	return status;
}

static enum status serve_delete(struct exchange *exchange)
{
	char pointer[TREE_POINTER_BYTES];
	enum status status = words_get(exchange, pointer);
	cJSON *tree;

	if (status != OK || edit_is_repeated(exchange))
		return status;
	tree = candidate_tree(exchange);
	if (tree == NULL)
		return E_FULL;
	status = tree_delete(tree, pointer, &exchange->refusal);
	if (status == OK)
		status = edited_take(exchange, tree);
	cJSON_Delete(tree);
	return status;
}

static enum status serve_discard(struct exchange *exchange)
{
	struct candidate *candidate = desk_find(&engine.state->desk, exchange->slot);

	if (candidate == NULL)
		return E_ABSENT;
	desk_drop(candidate);
	engine.edition++;
	return OK;
}

/* --- Commit --------------------------------------------------------------- */

static struct compiled checked; /* too large for the stack */

static enum status check(struct exchange *exchange, const char *text, size_t length)
{
	const struct service_names services = { service_info()->names, SERVICE_MAX };

	return document_compile(text, length, &services, &checked, &exchange->refusal) ? OK
										       : E_ARGUMENT;
}

static enum status serve_check(struct exchange *exchange)
{
	const struct candidate *candidate = desk_find(&engine.state->desk, exchange->slot);

	return candidate == NULL ? E_ABSENT
				 : check(exchange, candidate->text, candidate->length_bytes);
}

enum status request_commit(const char *text, size_t length, const struct compiled *compiled,
			   const struct ledger_note *note, uint64_t revert_at_us)
{
	enum status status = ledger_commit(&engine.state->ledger, text, length, note, revert_at_us);

	if (status == E_AGAIN && archive_make_room())
		status = ledger_commit(&engine.state->ledger, text, length, note, revert_at_us);
	if (status != OK)
		return status;
	if (compiled != &engine.compiled)
		engine.compiled = *compiled;
	apply_compiled();
	apply_status("serial %u by %s%s", (unsigned)running_serial(), note->author,
		     revert_at_us == 0 ? "" : ", to be confirmed");
	engine.changed = true;
	return OK;
}

/* Checks a document, commits it, and answers with its serial. */
static enum status commit(struct exchange *exchange, const char *text, size_t length)
{
	uint32_t confirm_s = exchange->request.confirm_s;
	uint64_t revert_at_us = confirm_s == 0 ? 0 : time_us() + confirm_s * US_A_SECOND;
	struct ledger_note note = { .token = exchange->request.token };
	enum status status;

	if (confirm_s > CONFIG_CONFIRM_MAX_S)
		return E_ARGUMENT;
	status = check(exchange, text, length);
	if (status != OK)
		return status;
	note.time_s = engine_time_s();
	memcpy(note.author, exchange->note.author, sizeof(note.author));
	memcpy(note.comment, exchange->note.comment, sizeof(note.comment));
	status = request_commit(text, length, &checked, &note, revert_at_us);
	reply_of(exchange)->serial = running_serial();
	return status;
}

/* The answer to it got lost with our former life. */
static bool is_repeated(struct exchange *exchange)
{
	const struct ledger_entry *entry =
		ledger_repeated(&engine.state->ledger, exchange->request.token);

	if (entry == NULL)
		return false;
	reply_of(exchange)->serial = entry->serial;
	return true;
}

static enum status serve_commit(struct exchange *exchange)
{
	struct candidate *candidate = desk_find(&engine.state->desk, exchange->slot);
	enum status status;

	if (is_repeated(exchange)) {
		if (candidate != NULL)
			desk_drop(candidate);
		return OK;
	}
	if (candidate == NULL)
		return E_ABSENT;
	if (candidate->base != running_serial())
		return E_STATE;
	status = commit(exchange, candidate->text, candidate->length_bytes);
	if (status == OK)
		desk_drop(candidate);
	return status;
}

static enum status serve_rollback(struct exchange *exchange)
{
	const struct ledger *ledger = &engine.state->ledger;
	const struct ledger_entry *entry = ledger_find(ledger, exchange->request.serial);

	if (is_repeated(exchange))
		return OK;
	if (exchange->request.serial == 0)
		return commit(exchange, schema_factory, schema_factory_bytes);
	if (entry == NULL || !ledger_text(ledger, entry, engine_text))
		return E_ABSENT;
	return commit(exchange, engine_text, entry->length_bytes);
}

static enum status serve_confirm(void)
{
	enum status status = ledger_confirm(&engine.state->ledger);

	if (status == OK) {
		apply_status("serial %u, confirmed", (unsigned)running_serial());
		log_notice("configuration %u is confirmed", (unsigned)running_serial());
	}
	return status;
}

/* --- Looking -------------------------------------------------------------- */

static enum status serve_status(struct exchange *exchange)
{
	const struct ledger_head *head = ledger_head(&engine.state->ledger);
	const struct candidate *candidate = desk_find(&engine.state->desk, exchange->slot);
	struct config_status *status = (struct config_status *)exchange->reply.payload.bytes;
	uint64_t now_us = time_us();

	*status = (struct config_status){ .opening = engine.opening };
	if (head == NULL)
		return OK;
	status->serial = head->running;
	status->confirmed = head->confirmed;
	if (head->running != head->confirmed && head->revert_at_us > now_us)
		status->confirm_left_s =
			(uint32_t)((head->revert_at_us - now_us + US_A_SECOND - 1) / US_A_SECOND);
	status->newest = head->newest;
	status->count = ledger_history_count(head, &status->oldest);
	status->persisted = archive_is_durable();
	status->candidate = candidate != NULL;
	status->base = candidate == NULL ? 0 : candidate->base;
	return OK;
}

static enum status serve_read(struct exchange *exchange)
{
	const struct texts_source source = { &engine.state->ledger,
					     desk_find(&engine.state->desk, exchange->slot),
					     engine.edition };
	const struct config_request *request = &exchange->request;
	struct config_reply *reply = reply_of(exchange);
	const char *text;
	size_t length;
	enum status status = texts_get(&source, exchange->slot, request, &text, &length);

	if (status != OK)
		return status;
	if (request->offset_bytes > length)
		return E_ARGUMENT;
	reply->total_bytes = (uint32_t)length;
	reply->length_bytes = (uint32_t)length - request->offset_bytes;
	reply->serial = request->what == CONFIG_HISTORY ? request->serial : running_serial();
	if (reply->length_bytes > request->length_bytes)
		reply->length_bytes = request->length_bytes;
	if (reply->length_bytes == 0)
		return OK;
	return copy_to(exchange->slot, request->grant, 0, text + request->offset_bytes,
		       reply->length_bytes);
}

static enum status serve(struct exchange *exchange, uint32_t op)
{
	switch ((enum config_op)op) {
	case CONFIG_STATUS: return serve_status(exchange);
	case CONFIG_READ: return serve_read(exchange);
	case CONFIG_WRITE: return serve_write(exchange);
	case CONFIG_SET: return serve_set(exchange);
	case CONFIG_DELETE: return serve_delete(exchange);
	case CONFIG_DISCARD: return serve_discard(exchange);
	case CONFIG_CHECK: return serve_check(exchange);
	case CONFIG_COMMIT: return serve_commit(exchange);
	case CONFIG_CONFIRM: return serve_confirm();
	case CONFIG_ROLLBACK: return serve_rollback(exchange);
	}
	return E_CALL;
}

static struct answer untaken;

static struct question question_of(const struct exchange *exchange, uint32_t op)
{
	return (struct question){ .token = exchange->request.token,
				  .slot = exchange->slot,
				  .op = op,
				  .offset_bytes = exchange->request.offset_bytes,
				  .edition = engine.edition };
}

static enum status serve_untaken(struct exchange *exchange)
{
	exchange->refusal = untaken.refusal;
	*reply_of(exchange) = untaken.reply;
	return untaken.status;
}

static enum status respond(struct exchange *exchange, uint32_t op)
{
	const struct question question = question_of(exchange, op);
	enum status status = note_get(exchange);

	if (status != OK)
		return status;
	return answer_fits(&untaken, &question) ? serve_untaken(exchange) : serve(exchange, op);
}

/* Nobody waited for it: it is kept for when he asks again. */
static void untaken_keep(const struct exchange *exchange, uint32_t op)
{
	const struct answer answer = {
		.to = question_of(exchange, op),
		.status = (enum status)exchange->reply.status,
		.reply = *(const struct config_reply *)exchange->reply.payload.bytes,
		.refusal = exchange->refusal,
	};

	if (answer_lasts(&answer))
		untaken = answer;
}

void request_serve(const struct message *message)
{
	struct exchange exchange = { .slot = message->from.slot };
	const endpoint_t from = message->from;
	const uint32_t op = message->op;
	enum status status = E_AGAIN;

	memcpy(&exchange.request, message->payload.bytes, sizeof(exchange.request));
	if (!engine.opening || op == CONFIG_STATUS)
		status = respond(&exchange, op);
	note_put(&exchange);
	exchange.reply.status = (int32_t)status;
	if (!service_reply(from, &exchange.reply))
		untaken_keep(&exchange, op);
	if (!engine.opening) /* what it opens with may kill it yet */
		engine.state->bad_starts = 0;
}
