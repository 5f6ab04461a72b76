/* show names: asks DS for its entries, one a step. Not pure: it calls DS. */
#include "services/console/command.h"
#include "services/console/view.h"
#include "services/proto/ds.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <string.h>

/* Under the heartbeat's period, so that a DS that hangs does not take us with it. */
#define DS_TIMEOUT_US 20000u

struct name_entry {
	struct ds_reply reply;
	char value[DS_VALUE_BYTES];
};

static enum status name_ask(uint32_t index, uint32_t grant, struct ds_reply *reply)
{
	endpoint_t ds = { .slot = service_slot("ds"), .generation = ANY_GENERATION };
	struct ds_request request = { .grant = grant,
				      .length_bytes = DS_VALUE_BYTES,
				      .index = index };
	struct message message = { .op = DS_ENTRY };
	enum status status;

	memcpy(message.payload.bytes, &request, sizeof(request));
	status = service_call(&ds, &message, DS_TIMEOUT_US);
	memcpy(reply, message.payload.bytes, sizeof(*reply));
	return status;
}

static enum status name_get(uint32_t index, struct name_entry *entry)
{
	uint32_t grant;
	enum status status;

	memset(entry, 0, sizeof(*entry));
	status = grant_create(service_slot("ds"), entry->value, sizeof(entry->value), GRANT_WRITE,
			      &grant);
	if (status != OK)
		return status;
	status = name_ask(index, grant, &entry->reply);
	grant_revoke(grant);
	if (status == OK && entry->reply.length_bytes > DS_VALUE_BYTES)
		status = E_DAMAGED;
	return status;
}

static bool value_is_text(const struct name_entry *entry)
{
	for (uint32_t i = 0; i < entry->reply.length_bytes; i++)
		if (entry->value[i] < 0x20 || entry->value[i] > 0x7e)
			return false;
	return true;
}

static void value_hex(const struct name_entry *entry, char hex[2 * DS_VALUE_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint32_t length = entry->reply.length_bytes;

	for (uint32_t i = 0; i < length; i++) {
		hex[2 * i] = digits[(uint8_t)entry->value[i] >> 4];
		hex[2 * i + 1] = digits[(uint8_t)entry->value[i] & 15];
	}
	hex[2 * length] = '\0';
}

static void name_print(struct job *job, struct text *out, const struct name_entry *entry)
{
	bool is_text = value_is_text(entry);
	char owner[NAME_BYTES], hex[2 * DS_VALUE_BYTES + 1];

	view_service_name(entry->reply.owner, owner);
	value_hex(entry, hex);
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_string(&job->json, out, "name", entry->reply.name, DS_NAME_BYTES);
		json_string(&job->json, out, "owner", owner, sizeof(owner));
		json_number(&job->json, out, "length_bytes", entry->reply.length_bytes);
		json_string(&job->json, out, is_text ? "text" : "hex", is_text ? entry->value : hex,
			    is_text ? entry->reply.length_bytes : sizeof(hex));
		json_object_end(&job->json, out);
		return;
	}
	text_foreign(out, entry->reply.name, DS_NAME_BYTES);
	text_string(out, is_text ? " = " : " = hex ");
	text_foreign(out, is_text ? entry->value : hex,
		     is_text ? entry->reply.length_bytes : sizeof(hex));
	text_string(out, "  (");
	text_foreign(out, owner, sizeof(owner));
	text_string(out, ")\r\n");
}

/* The end of the list, whole or cut short by DS's silence. */
static bool names_end(struct job *job, struct text *out, enum status status)
{
	if (!job->as_json) {
		if (status != E_ABSENT)
			text_printf(out, "error: ds does not answer: %s\r\n", status_text(status));
		return false;
	}
	json_array_end(&job->json, out);
	json_boolean(&job->json, out, "complete", status == E_ABSENT);
	if (status != E_ABSENT)
		json_word(&job->json, out, "error", "ds does not answer");
	json_object_end(&job->json, out);
	text_string(out, "\r\n");
	return false;
}

bool show_names(struct job *job, struct text *out)
{
	static struct name_entry entry; /* lent to DS; static so that it outlives a late reply */
	enum status status;

	if (job->step == 0 && job->as_json) {
		json_object(&job->json, out, NULL);
		json_array(&job->json, out, "names");
	}
	status = job->step < DS_ENTRIES_MAX ? name_get(job->step, &entry) : E_ABSENT;
	if (status != OK)
		return names_end(job, out, status);
	name_print(job, out, &entry);
	return true;
}
