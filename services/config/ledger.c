#include "services/config/ledger.h"

#include "services/runtime/crc32.h"

#include <string.h>

/* --- Heads ---------------------------------------------------------------- */

static uint32_t head_crc(const struct ledger_head *head)
{
	return crc32_of((const uint8_t *)head + sizeof(head->crc32),
			sizeof(*head) - sizeof(head->crc32));
}

static unsigned parts_needed(uint32_t length_bytes)
{
	return (length_bytes + LEDGER_PART_BYTES - 1) / LEDGER_PART_BYTES;
}

static bool entry_is_sane(const struct ledger_entry *entry)
{
	if (entry->serial == 0 || entry->length_bytes == 0 ||
	    entry->length_bytes > CONFIG_DOCUMENT_BYTES)
		return false;
	for (unsigned i = 0; i < parts_needed(entry->length_bytes); i++)
		if (entry->parts[i] >= LEDGER_PARTS)
			return false;
	return entry->author[CONFIG_AUTHOR_BYTES - 1] == 0 &&
	       entry->comment[CONFIG_COMMENT_BYTES - 1] == 0;
}

static bool head_is_sound(const struct ledger_head *head)
{
	if (head->magic != LEDGER_MAGIC || head->version != LEDGER_VERSION ||
	    head->count > CONFIG_HISTORY_MAX || head->crc32 != head_crc(head))
		return false;
	for (uint32_t i = 0; i < head->count; i++)
		if (!entry_is_sane(&head->entries[i]) ||
		    (i > 0 && head->entries[i].serial <= head->entries[i - 1].serial))
			return false;
	return true;
}

const struct ledger_head *ledger_head(const struct ledger *ledger)
{
	const struct ledger_head *one = &ledger->heads[0], *other = &ledger->heads[1];
	bool one_sound = head_is_sound(one), other_sound = head_is_sound(other);

	if (one_sound && other_sound)
		return one->sequence > other->sequence ? one : other;
	if (one_sound)
		return one;
	return other_sound ? other : NULL;
}

/* Puts *head over the one that does not count: from then on it does. */
static void head_switch(struct ledger *ledger, struct ledger_head *head)
{
	const struct ledger_head *now = ledger_head(ledger);
	struct ledger_head *place =
		now == &ledger->heads[0] ? &ledger->heads[1] : &ledger->heads[0];

	head->magic = LEDGER_MAGIC;
	head->version = LEDGER_VERSION;
	head->sequence = now == NULL ? head->sequence + 1 : now->sequence + 1;
	head->crc32 = head_crc(head);
	*place = *head;
}

void ledger_clear(struct ledger *ledger)
{
	memset(ledger, 0, sizeof(*ledger));
}

bool ledger_is_sound(const struct ledger *ledger)
{
	return ledger_head(ledger) != NULL;
}

uint64_t ledger_parts_of(const struct ledger_head *head)
{
	uint64_t parts = 0;

	for (uint32_t i = 0; head != NULL && i < head->count; i++)
		for (unsigned k = 0; k < parts_needed(head->entries[i].length_bytes); k++)
			parts |= 1ull << head->entries[i].parts[k];
	return parts;
}

size_t ledger_part_bytes(const struct ledger_head *head, unsigned part)
{
	for (uint32_t i = 0; i < head->count; i++) {
		const struct ledger_entry *entry = &head->entries[i];
		unsigned needed = parts_needed(entry->length_bytes);

		for (unsigned k = 0; k < needed; k++)
			if (entry->parts[k] == part)
				return k + 1 < needed ? LEDGER_PART_BYTES
						      : entry->length_bytes - k * LEDGER_PART_BYTES;
	}
	return 0;
}

uint32_t ledger_part_crc(const struct ledger *ledger, unsigned part)
{
	const struct ledger_head *head = ledger_head(ledger);

	return head == NULL ? 0 : crc32_of(ledger->parts[part], ledger_part_bytes(head, part));
}

/* --- Entries -------------------------------------------------------------- */

void ledger_text(const struct ledger *ledger, const struct ledger_entry *entry, char *text)
{
	size_t left = entry->length_bytes;

	for (unsigned i = 0; left > 0; i++) {
		size_t bytes = left < LEDGER_PART_BYTES ? left : LEDGER_PART_BYTES;

		memcpy(text, ledger->parts[entry->parts[i]], bytes);
		text += bytes;
		left -= bytes;
	}
}

static bool entry_is_whole(const struct ledger *ledger, const struct ledger_entry *entry)
{
	uint32_t crc = 0;
	size_t left = entry->length_bytes;

	for (unsigned i = 0; left > 0; i++) {
		size_t bytes = left < LEDGER_PART_BYTES ? left : LEDGER_PART_BYTES;

		crc = crc32_more(crc, ledger->parts[entry->parts[i]], bytes);
		left -= bytes;
	}
	return crc == entry->crc32;
}

const struct ledger_entry *ledger_find(const struct ledger *ledger, uint32_t serial)
{
	const struct ledger_head *head = ledger_head(ledger);

	for (uint32_t i = 0; head != NULL && i < head->count; i++)
		if (head->entries[i].serial == serial)
			return entry_is_whole(ledger, &head->entries[i]) ? &head->entries[i] : NULL;
	return NULL;
}

const struct ledger_entry *ledger_before(const struct ledger *ledger, uint32_t serial)
{
	const struct ledger_head *head = ledger_head(ledger);

	for (uint32_t i = head == NULL ? 0 : head->count; i-- > 0;) {
		const struct ledger_entry *entry = &head->entries[i];

		if (entry->serial < serial && entry->confirmed && entry_is_whole(ledger, entry))
			return entry;
	}
	return NULL;
}

const struct ledger_entry *ledger_repeated(const struct ledger *ledger, uint64_t token)
{
	const struct ledger_head *head = ledger_head(ledger);
	const struct ledger_entry *last;

	if (head == NULL || head->count == 0 || token == 0)
		return NULL;
	last = &head->entries[head->count - 1];
	return last->token == token ? last : NULL;
}

/* --- Adoption after a reboot ---------------------------------------------- */

static void entry_remove(struct ledger_head *head, uint32_t index)
{
	head->count--;
	memmove(&head->entries[index], &head->entries[index + 1],
		(head->count - index) * sizeof(head->entries[0]));
	memset(&head->entries[head->count], 0, sizeof(head->entries[0]));
}

static bool serial_is_there(const struct ledger_head *head, uint32_t serial)
{
	for (uint32_t i = 0; i < head->count; i++)
		if (head->entries[i].serial == serial)
			return true;
	return false;
}

/* The confirmed one runs; if its bytes are lost, the newest confirmed one that is whole. */
static void running_choose(struct ledger_head *head)
{
	for (uint32_t i = head->count; i-- > 0 && !serial_is_there(head, head->confirmed);)
		if (head->entries[i].confirmed)
			head->confirmed = head->entries[i].serial;
	if (!serial_is_there(head, head->confirmed))
		head->confirmed = 0;
	head->running = head->confirmed;
	head->revert_at_us = 0;
}

bool ledger_adopt(struct ledger *ledger, const struct ledger_head *head)
{
	struct ledger_head fresh = *head;

	if (!head_is_sound(head))
		return false;
	for (uint32_t i = fresh.count; i-- > 0;)
		if (!entry_is_whole(ledger, &fresh.entries[i]))
			entry_remove(&fresh, i);
	running_choose(&fresh);
	memset(ledger->heads, 0, sizeof(ledger->heads));
	ledger->durable_parts = ledger_parts_of(head);
	ledger->inflight_parts = 0;
	ledger->stored_head = head->sequence;
	for (unsigned part = 0; part < LEDGER_PARTS; part++)
		ledger->stored_crc[part] =
			crc32_of(ledger->parts[part], ledger_part_bytes(head, part));
	if (memcmp(&fresh.running, &head->running,
		   sizeof(fresh) - offsetof(struct ledger_head, running)) == 0)
		ledger->heads[0] = *head;
	else
		head_switch(ledger, &fresh);
	return true;
}

/* --- Changes -------------------------------------------------------------- */

static struct ledger_head head_copy(const struct ledger *ledger)
{
	const struct ledger_head *now = ledger_head(ledger);

	return now == NULL ? (struct ledger_head){ 0 } : *now;
}

static uint64_t parts_free(const struct ledger *ledger)
{
	/* the copy that does not count is no obstacle: it is overwritten by the switch */
	uint64_t used = ledger_parts_of(ledger_head(ledger)) | ledger->durable_parts |
			ledger->inflight_parts;

	return ~used & ((1ull << LEDGER_PARTS) - 1);
}

/* The oldest entry that is neither running nor confirmed. False: there is none. */
static bool oldest_forget(struct ledger_head *head)
{
	for (uint32_t i = 0; i < head->count; i++)
		if (head->entries[i].serial != head->running &&
		    head->entries[i].serial != head->confirmed) {
			entry_remove(head, i);
			return true;
		}
	return false;
}

/* Fills free cells; they count when a head names them. */
static void text_put(struct ledger *ledger, const char *text, struct ledger_entry *entry)
{
	uint64_t room = parts_free(ledger);
	size_t left = entry->length_bytes;

	for (unsigned i = 0; left > 0; i++) {
		unsigned part = (unsigned)__builtin_ctzll(room);
		size_t bytes = left < LEDGER_PART_BYTES ? left : LEDGER_PART_BYTES;

		memcpy(ledger->parts[part], text, bytes);
		entry->parts[i] = (uint8_t)part;
		room &= room - 1;
		text += bytes;
		left -= bytes;
	}
}

static unsigned count_of(uint64_t parts)
{
	return (unsigned)__builtin_popcountll(parts);
}

/*
 * Forgets the oldest entries until `needed` cells and a line are free. E_AGAIN: they will be when
 * the store has the head without them.
 */
static enum status room_make(struct ledger *ledger, unsigned needed)
{
	struct ledger_head head = head_copy(ledger);
	bool changed = false;

	while (head.count == CONFIG_HISTORY_MAX ||
	       LEDGER_PARTS - count_of(ledger_parts_of(&head)) < needed) {
		if (!oldest_forget(&head))
			return E_FULL;
		changed = true;
	}
	if (changed)
		head_switch(ledger, &head);
	return count_of(parts_free(ledger)) < needed ? E_AGAIN : OK;
}

enum status ledger_commit(struct ledger *ledger, const char *text, size_t length,
			  const struct ledger_note *note, uint64_t revert_at_us)
{
	struct ledger_entry entry = { .length_bytes = (uint32_t)length,
				      .crc32 = crc32_of(text, length),
				      .confirmed = revert_at_us == 0,
				      .time_s = note->time_s,
				      .token = note->token };
	enum status status;

	if (length == 0 || length > CONFIG_DOCUMENT_BYTES)
		return E_TOO_LARGE;
	status = room_make(ledger, parts_needed(entry.length_bytes));
	if (status != OK)
		return status;
	struct ledger_head head = head_copy(ledger);
	memcpy(entry.author, note->author, sizeof(entry.author) - 1);
	memcpy(entry.comment, note->comment, sizeof(entry.comment) - 1);
	entry.serial = ++head.newest;
	text_put(ledger, text, &entry);
	head.entries[head.count++] = entry;
	head.running = entry.serial;
	head.revert_at_us = revert_at_us;
	if (revert_at_us == 0)
		head.confirmed = head.running;
	head_switch(ledger, &head);
	return OK;
}

bool ledger_is_pending(const struct ledger *ledger)
{
	const struct ledger_head *head = ledger_head(ledger);

	return head != NULL && head->running != head->confirmed;
}

enum status ledger_confirm(struct ledger *ledger)
{
	struct ledger_head head = head_copy(ledger);

	if (!ledger_is_pending(ledger))
		return E_STATE;
	head.confirmed = head.running;
	head.revert_at_us = 0;
	for (uint32_t i = 0; i < head.count; i++)
		if (head.entries[i].serial == head.running)
			head.entries[i].confirmed = 1;
	head_switch(ledger, &head);
	return OK;
}

bool ledger_revert(struct ledger *ledger)
{
	struct ledger_head head = head_copy(ledger);

	if (!ledger_is_pending(ledger))
		return false;
	head.running = head.confirmed;
	head.revert_at_us = 0;
	head_switch(ledger, &head);
	return true;
}

bool ledger_expire(struct ledger *ledger, uint64_t now_us)
{
	const struct ledger_head *head = ledger_head(ledger);

	return ledger_is_pending(ledger) && now_us >= head->revert_at_us && ledger_revert(ledger);
}
