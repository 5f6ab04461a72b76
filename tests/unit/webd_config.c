/* A configuration service around webd's pure part: one document, one candidate. */
#include "services/runtime/config.h"
#include "tests/unit/webd_world.h"

#include <stdio.h>
#include <string.h>

static char running[CONFIG_DOCUMENT_BYTES], candidate[CONFIG_DOCUMENT_BYTES];
static size_t candidate_bytes;
static uint32_t current_serial, confirm_wanted_s;
static uint64_t commit_token;
bool webd_config_forgets;
unsigned webd_config_late, webd_config_away, webd_config_commits;

static bool once_less(unsigned *count)
{
	if (*count == 0)
		return false;
	(*count)--;
	return true;
}

/* What was done is done, but does the asker still wait for it? */
static enum status told(enum status status)
{
	return once_less(&webd_config_late) ? E_TIMEOUT : status;
}

void webd_config_new(void)
{
	strcpy(running, "{\"nat\":true}");
	candidate_bytes = 0;
	current_serial = 7;
	confirm_wanted_s = 0;
	webd_config_forgets = false;
	webd_config_late = webd_config_away = webd_config_commits = 0;
	commit_token = 0;
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

	if (once_less(&webd_config_away))
		return E_TIMEOUT;
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

enum status config_write(uint64_t token, size_t offset, const void *bytes, size_t length,
			 size_t total, struct config_note *note)
{
	if (token == 0)
		return E_ARGUMENT;
	if (webd_config_forgets && offset != 0) {
		webd_config_forgets = false;
		candidate_bytes = 0;
	}
	if (offset > candidate_bytes)
		return E_STATE;
	if (offset + length > total || total >= sizeof(candidate))
		return E_TOO_LARGE;
	memcpy(candidate + offset, bytes, length);
	candidate[offset + length] = '\0';
	candidate_bytes = offset + length;
	if (strstr(candidate, "wrong") == NULL)
		return told(OK);
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

enum status config_check(uint64_t token, struct config_note *note)
{
	(void)token, (void)note;
	return OK;
}

enum status config_commit(uint64_t token, uint32_t confirm_s, struct config_note *note,
			  uint32_t *serial)
{
	*serial = current_serial;
	if (token == commit_token)
		return told(OK);
	if (candidate_bytes == 0)
		return E_ABSENT;
	if (strcmp(note->comment, "too late") == 0)
		return E_STATE;
	memcpy(running, candidate, candidate_bytes + 1);
	candidate_bytes = 0;
	confirm_wanted_s = confirm_s;
	*serial = ++current_serial;
	commit_token = token;
	webd_config_commits++;
	return told(OK);
}

enum status config_confirm(uint64_t token)
{
	(void)token;
	enum status status = confirm_wanted_s == 0 ? E_STATE : OK;

	confirm_wanted_s = 0;
	return status;
}

enum status config_rollback(uint64_t token, uint32_t to_serial, uint32_t confirm_s,
			    struct config_note *note, uint32_t *serial)
{
	(void)token, (void)note;
	if (to_serial > current_serial)
		return E_ABSENT;
	confirm_wanted_s = confirm_s;
	*serial = ++current_serial;
	return OK;
}
