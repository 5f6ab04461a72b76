/* A configuration service around webd's pure part: one document, one candidate. */
#include "services/runtime/config.h"
#include "tests/unit/webd_world.h"

#include <stdio.h>
#include <string.h>

static char running[CONFIG_DOCUMENT_BYTES], candidate[CONFIG_DOCUMENT_BYTES];
static size_t candidate_bytes;
static uint32_t current_serial, confirm_wanted_s;

void webd_config_new(void)
{
	strcpy(running, "{\"nat\":true}");
	candidate_bytes = 0;
	current_serial = 7;
	confirm_wanted_s = 0;
}

enum status config_status(struct config_status *status)
{
	*status = (struct config_status){ .serial = current_serial,
					  .confirmed = current_serial - (confirm_wanted_s != 0),
					  .confirm_left_s = confirm_wanted_s,
					  .candidate = candidate_bytes != 0 };
	return OK;
}

static const char *text_of(enum config_what what, uint32_t serial)
{
	switch (what) {
	case CONFIG_RUNNING: return running;
	case CONFIG_CANDIDATE: return candidate_bytes == 0 ? NULL : candidate;
	case CONFIG_HISTORY: return serial == current_serial ? running : NULL;
	case CONFIG_SCHEMA: return "{\"type\":\"object\"}";
	case CONFIG_DIFFERENCES: return "[{\"path\":\"/nat\",\"before\":true,\"after\":false}]";
	case CONFIG_LOG: return "[]";
	}
	return NULL;
}

/* Never more than three bytes at once, so that chunks are put together. */
enum status config_read(enum config_what what, uint32_t serial, size_t offset, void *bytes,
			size_t room, struct config_reply *reply)
{
	const char *text = text_of(what, serial);

	if (text == NULL)
		return E_ABSENT;
	size_t total = strlen(text), left = total - offset, most = room < 3 ? room : 3;
	size_t count = left < most ? left : most;
	memcpy(bytes, text + offset, count);
	*reply = (struct config_reply){ .length_bytes = (uint32_t)count,
					.total_bytes = (uint32_t)total,
					.serial = current_serial };
	return OK;
}

enum status config_write(size_t offset, const void *bytes, size_t length, size_t total,
			 struct config_note *note)
{
	if (offset + length > total || total >= sizeof(candidate))
		return E_TOO_LARGE;
	memcpy(candidate + offset, bytes, length);
	candidate[offset + length] = '\0';
	candidate_bytes = offset + length;
	if (strstr(candidate, "wrong") == NULL)
		return OK;
	strcpy(note->path, "/wrong");
	strcpy(note->reason, "there is nothing of that name");
	candidate_bytes = 0;
	return E_ARGUMENT;
}

enum status config_discard(void)
{
	enum status status = candidate_bytes == 0 ? E_ABSENT : OK;

	candidate_bytes = 0;
	return status;
}

enum status config_check(struct config_note *note)
{
	(void)note;
	return OK;
}

enum status config_commit(uint32_t confirm_s, struct config_note *note, uint32_t *serial)
{
	if (candidate_bytes == 0)
		return E_ABSENT;
	if (strcmp(note->comment, "too late") == 0)
		return E_STATE;
	memcpy(running, candidate, candidate_bytes + 1);
	candidate_bytes = 0;
	confirm_wanted_s = confirm_s;
	*serial = ++current_serial;
	return OK;
}

enum status config_confirm(void)
{
	enum status status = confirm_wanted_s == 0 ? E_STATE : OK;

	confirm_wanted_s = 0;
	return status;
}

enum status config_rollback(uint32_t to_serial, uint32_t confirm_s, struct config_note *note,
			    uint32_t *serial)
{
	(void)note;
	if (to_serial > current_serial)
		return E_ABSENT;
	confirm_wanted_s = confirm_s;
	*serial = ++current_serial;
	return OK;
}
