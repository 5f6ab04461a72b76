#include "services/config/ledger_own.h"
#include "services/runtime/crc32.h"

#include <string.h>

/* --- Heads ---------------------------------------------------------------- */

static uint32_t head_crc(const struct ledger_head *head)
{
	return crc32_of((const uint8_t *)head + sizeof(head->crc32),
			sizeof(*head) - sizeof(head->crc32));
}

unsigned ledger_parts_needed(size_t packed_bytes)
{
	return (unsigned)((packed_bytes + LEDGER_PART_BYTES - 1) / LEDGER_PART_BYTES);
}

static bool entry_is_sane(const struct ledger_entry *entry)
{
	if (entry->serial == 0 || entry->length_bytes == 0 ||
	    entry->length_bytes > CONFIG_DOCUMENT_BYTES || entry->packed_bytes == 0 ||
	    entry->packed_bytes > PACK_BYTES_MAX)
		return false;
	for (unsigned i = 0; i < ledger_parts_needed(entry->packed_bytes); i++)
		if (entry->parts[i] >= LEDGER_PARTS)
			return false;
	return entry->author[CONFIG_AUTHOR_BYTES - 1] == 0 &&
	       entry->comment[CONFIG_COMMENT_BYTES - 1] == 0;
}

static bool head_is_sound(const struct ledger_head *head)
{
	if (head->magic != LEDGER_MAGIC || head->version != LEDGER_VERSION ||
	    head->count > LEDGER_ENTRIES_MAX || head->crc32 != head_crc(head))
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

void ledger_head_switch(struct ledger *ledger, struct ledger_head *head)
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

static uint64_t entry_parts(const struct ledger_entry *entry)
{
	uint64_t parts = 0;

	for (unsigned i = 0; i < ledger_parts_needed(entry->packed_bytes); i++)
		parts |= 1ull << entry->parts[i];
	return parts;
}

uint64_t ledger_parts_of(const struct ledger_head *head)
{
	uint64_t parts = 0;

	for (uint32_t i = 0; head != NULL && i < head->count; i++)
		parts |= entry_parts(&head->entries[i]);
	return parts;
}

size_t ledger_part_bytes(const struct ledger_head *head, unsigned part)
{
	for (uint32_t i = 0; i < head->count; i++) {
		const struct ledger_entry *entry = &head->entries[i];
		unsigned needed = ledger_parts_needed(entry->packed_bytes);

		for (unsigned k = 0; k < needed; k++)
			if (entry->parts[k] == part)
				return k + 1 < needed ? LEDGER_PART_BYTES
						      : entry->packed_bytes - k * LEDGER_PART_BYTES;
	}
	return 0;
}

uint32_t ledger_part_crc(const struct ledger *ledger, unsigned part)
{
	const struct ledger_head *head = ledger_head(ledger);

	return head == NULL ? 0 : crc32_of(ledger->parts[part], ledger_part_bytes(head, part));
}

/* --- Entries -------------------------------------------------------------- */

/* Of the head that counts, or of one that is to. */
static const struct ledger_entry *entry_of(const struct ledger_head *head, uint32_t serial)
{
	for (uint32_t i = 0; head != NULL && i < head->count; i++)
		if (head->entries[i].serial == serial)
			return &head->entries[i];
	return NULL;
}

uint64_t ledger_vital_parts_of(const struct ledger_head *head)
{
	const struct ledger_entry *entry = entry_of(head, head->confirmed), *base;

	if (entry == NULL)
		return 0;
	base = entry_of(head, entry->base);
	return entry_parts(entry) | (base == NULL ? 0 : entry_parts(base));
}

static bool parts_are_whole(const struct ledger *ledger, const struct ledger_entry *entry)
{
	uint32_t crc = 0;
	size_t left = entry->packed_bytes;

	for (unsigned i = 0; left > 0; i++) {
		size_t bytes = left < LEDGER_PART_BYTES ? left : LEDGER_PART_BYTES;

		crc = crc32_more(crc, ledger->parts[entry->parts[i]], bytes);
		left -= bytes;
	}
	return crc == entry->packed_crc32;
}

/* A base has no base: so there is no way in a circle. */
static bool entry_is_whole(const struct ledger *ledger, const struct ledger_head *head,
			   const struct ledger_entry *entry)
{
	const struct ledger_entry *base = entry_of(head, entry->base);

	if (entry->base != 0 && (base == NULL || base->base != 0 || !parts_are_whole(ledger, base)))
		return false;
	return parts_are_whole(ledger, entry);
}

char ledger_packed[PACK_BYTES_MAX];

static bool entry_unpack(const struct ledger *ledger, const struct ledger_entry *entry,
			 const struct pack_base *base, char *text)
{
	size_t left = entry->packed_bytes;

	for (unsigned i = 0; left > 0; i++) {
		size_t bytes = left < LEDGER_PART_BYTES ? left : LEDGER_PART_BYTES;

		memcpy(ledger_packed + i * LEDGER_PART_BYTES, ledger->parts[entry->parts[i]],
		       bytes);
		left -= bytes;
	}
	return unpack(base, ledger_packed, entry->packed_bytes, text, entry->length_bytes) &&
	       crc32_of(text, entry->length_bytes) == entry->crc32;
}

bool ledger_base_text(const struct ledger *ledger, uint32_t serial, struct pack_base *base)
{
	static char text[CONFIG_DOCUMENT_BYTES];
	static const struct pack_base none = { 0 };
	const struct ledger_entry *entry = entry_of(ledger_head(ledger), serial);

	*base = none;
	if (serial == 0)
		return true;
	if (entry == NULL || entry->base != 0 || !entry_unpack(ledger, entry, &none, text))
		return false;
	*base = (struct pack_base){ text, entry->length_bytes };
	return true;
}

bool ledger_text(const struct ledger *ledger, const struct ledger_entry *entry, char *text)
{
	struct pack_base base;

	return ledger_base_text(ledger, entry->base, &base) &&
	       entry_unpack(ledger, entry, &base, text);
}

const struct ledger_entry *ledger_find(const struct ledger *ledger, uint32_t serial)
{
	const struct ledger_head *head = ledger_head(ledger);
	const struct ledger_entry *entry = entry_of(head, serial);

	if (entry == NULL || entry->hidden != 0 || !entry_is_whole(ledger, head, entry))
		return NULL;
	return entry;
}

const struct ledger_entry *ledger_before(const struct ledger *ledger, uint32_t serial)
{
	const struct ledger_head *head = ledger_head(ledger);

	for (uint32_t i = head == NULL ? 0 : head->count; i-- > 0;) {
		const struct ledger_entry *entry = &head->entries[i];

		if (entry->serial < serial && entry->confirmed && entry->hidden == 0 &&
		    entry_is_whole(ledger, head, entry))
			return entry;
	}
	return NULL;
}

uint32_t ledger_history_count(const struct ledger_head *head, uint32_t *oldest)
{
	uint32_t count = 0;

	*oldest = 0;
	for (uint32_t i = 0; head != NULL && i < head->count; i++) {
		if (head->entries[i].hidden != 0)
			continue;
		if (count++ == 0)
			*oldest = head->entries[i].serial;
	}
	return count;
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
	const struct ledger_entry *entry = entry_of(head, serial);

	return entry != NULL && entry->hidden == 0;
}

static bool is_needed(const struct ledger_head *head, uint32_t serial)
{
	for (uint32_t i = 0; i < head->count; i++)
		if (head->entries[i].base == serial)
			return true;
	return false;
}

void ledger_bases_sweep(struct ledger_head *head, uint32_t but)
{
	for (uint32_t i = head->count; i-- > 0;) {
		uint32_t serial = head->entries[i].serial;

		if (head->entries[i].hidden != 0 && serial != but && !is_needed(head, serial))
			entry_remove(head, i);
	}
}

/* The confirmed one runs; if its bytes are lost, the newest confirmed one that is whole. */
static void running_choose(struct ledger_head *head)
{
	for (uint32_t i = head->count; i-- > 0 && !serial_is_there(head, head->confirmed);)
		if (head->entries[i].confirmed && head->entries[i].hidden == 0)
			head->confirmed = head->entries[i].serial;
	if (!serial_is_there(head, head->confirmed))
		head->confirmed = 0;
	head->running = head->confirmed;
	head->revert_at_us = 0;
}

/* Version 2 had no mark of the file that came with the boot. */
bool ledger_head_take(struct ledger_head *head, size_t bytes)
{
	const size_t before_bytes = offsetof(struct ledger_head, boot);

	if (bytes == sizeof(*head))
		return true;
	if (bytes != before_bytes || head->version != 2 ||
	    head->crc32 != crc32_of((const uint8_t *)head + sizeof(head->crc32),
				    before_bytes - sizeof(head->crc32)))
		return false;
	head->boot = (struct ledger_mark){ 0 };
	head->version = LEDGER_VERSION;
	head->crc32 = head_crc(head);
	return true;
}

bool ledger_adopt(struct ledger *ledger, const struct ledger_head *head)
{
	struct ledger_head fresh = *head;

	if (!head_is_sound(head))
		return false;
	for (uint32_t i = fresh.count; i-- > 0;)
		if (!entry_is_whole(ledger, head, &fresh.entries[i]))
			entry_remove(&fresh, i);
	ledger_bases_sweep(&fresh, 0);
	running_choose(&fresh);
	memset(ledger->heads, 0, sizeof(ledger->heads));
	ledger->durable_parts = ledger_parts_of(head);
	ledger->durable_vital = ledger_vital_parts_of(head);
	ledger->inflight_parts = ledger->inflight_vital = 0;
	ledger->stored_head = head->sequence;
	for (unsigned part = 0; part < LEDGER_PARTS; part++)
		ledger->stored_crc[part] =
			crc32_of(ledger->parts[part], ledger_part_bytes(head, part));
	if (memcmp(&fresh.running, &head->running,
		   sizeof(fresh) - offsetof(struct ledger_head, running)) == 0)
		ledger->heads[0] = *head;
	else
		ledger_head_switch(ledger, &fresh);
	return true;
}
