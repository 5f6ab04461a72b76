/* See ledger.h: what changes it. */
#include "services/config/ledger_own.h"
#include "services/runtime/crc32.h"

#include <string.h>

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

/*
 * The oldest entry of the history that is neither running nor confirmed; `base` stays, if only
 * hidden. False: there is none.
 */
static bool oldest_forget(struct ledger_head *head, uint32_t base)
{
	for (uint32_t i = 0; i < head->count; i++) {
		struct ledger_entry *entry = &head->entries[i];

		if (entry->serial == head->running || entry->serial == head->confirmed ||
		    entry->hidden != 0)
			continue;
		entry->hidden = 1;
		ledger_bases_sweep(head, base);
		return true;
	}
	return false;
}

/* Fills free cells; they count when a head names them. */
static void packed_put(struct ledger *ledger, const char *packed, struct ledger_entry *entry)
{
	uint64_t room = parts_free(ledger);
	size_t left = entry->packed_bytes;

	for (unsigned i = 0; left > 0; i++) {
		unsigned part = (unsigned)__builtin_ctzll(room);
		size_t bytes = left < LEDGER_PART_BYTES ? left : LEDGER_PART_BYTES;

		memcpy(ledger->parts[part], packed, bytes);
		entry->parts[i] = (uint8_t)part;
		room &= room - 1;
		packed += bytes;
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
static enum status room_make(struct ledger *ledger, unsigned needed, uint32_t base)
{
	struct ledger_head head = head_copy(ledger);
	bool changed = false;
	uint32_t oldest;

	while (ledger_history_count(&head, &oldest) >= CONFIG_HISTORY_MAX ||
	       head.count == LEDGER_ENTRIES_MAX ||
	       LEDGER_PARTS - count_of(ledger_parts_of(&head)) < needed) {
		if (!oldest_forget(&head, base))
			return E_FULL;
		changed = true;
	}
	if (changed)
		ledger_head_switch(ledger, &head);
	return count_of(parts_free(ledger)) < needed ? E_AGAIN : OK;
}

/* --- Packing -------------------------------------------------------------- */

/* Against that entry, 0: none, into ledger_packed. Returns the parts that it takes; 0: it failed.
 */
static unsigned pack_against(const struct ledger *ledger, uint32_t serial, const char *text,
			     struct ledger_entry *entry)
{
	struct pack_base base;

	if (!ledger_base_text(ledger, serial, &base))
		return 0;
	entry->base = serial;
	entry->packed_bytes = (uint32_t)pack(&base, text, entry->length_bytes, ledger_packed,
					     sizeof(ledger_packed));
	return ledger_parts_needed(entry->packed_bytes);
}

/* The newest entry that can be a base, but for one; 0: there is none. */
static uint32_t base_newest(const struct ledger_head *head, uint32_t but)
{
	for (uint32_t i = head->count; i-- > 0;) {
		const struct ledger_entry *entry = &head->entries[i];

		if (entry->base == 0 && entry->serial != but &&
		    entry->packed_bytes > LEDGER_PART_BYTES)
			return entry->serial;
	}
	return 0;
}

/* The base of what runs, or that itself: a new document is mostly a version of it. */
static uint32_t base_of_running(const struct ledger_head *head)
{
	for (uint32_t i = 0; i < head->count; i++)
		if (head->entries[i].serial == head->running)
			return head->entries[i].base != 0 ? head->entries[i].base : head->running;
	return 0;
}

/* Into ledger_packed, in as few parts as the bases that are tried allow. */
static void document_pack(const struct ledger *ledger, const char *text, struct ledger_entry *entry)
{
	const struct ledger_head *head = ledger_head(ledger);
	unsigned parts, best_parts = pack_against(ledger, 0, text, entry);
	uint32_t bases[2], best = 0;

	if (head != NULL && best_parts > 1) {
		bases[0] = base_of_running(head);
		bases[1] = base_newest(head, bases[0]);
		for (unsigned i = 0; i < 2 && best_parts > 1; i++) {
			parts = bases[i] == 0 ? 0 : pack_against(ledger, bases[i], text, entry);
			if (parts == 0 || parts >= best_parts)
				continue;
			best_parts = parts;
			best = bases[i];
		}
		if (entry->base != best)
			(void)pack_against(ledger, best, text, entry);
	}
	entry->packed_crc32 = crc32_of(ledger_packed, entry->packed_bytes);
}

/* --- Changes -------------------------------------------------------------- */

static void entry_add(struct ledger *ledger, struct ledger_entry *entry,
		      const struct ledger_mark *boot, uint64_t revert_at_us)
{
	struct ledger_head head = head_copy(ledger);

	entry->serial = ++head.newest;
	packed_put(ledger, ledger_packed, entry);
	head.entries[head.count++] = *entry;
	head.running = entry->serial;
	head.revert_at_us = revert_at_us;
	if (revert_at_us == 0)
		head.confirmed = head.running;
	if (boot->bytes != 0)
		head.boot = *boot;
	ledger_head_switch(ledger, &head);
}

enum status ledger_commit(struct ledger *ledger, const char *text, size_t length,
			  const struct ledger_note *note, uint64_t revert_at_us)
{
	struct ledger_entry entry = { .length_bytes = (uint32_t)length,
				      .confirmed = revert_at_us == 0,
				      .time_s = note->time_s,
				      .token = note->token };
	enum status status;

	if (length == 0 || length > CONFIG_DOCUMENT_BYTES)
		return E_TOO_LARGE;
	entry.crc32 = crc32_of(text, length);
	document_pack(ledger, text, &entry);
	status = room_make(ledger, ledger_parts_needed(entry.packed_bytes), entry.base);
	if (status != OK)
		return status;
	memcpy(entry.author, note->author, sizeof(entry.author) - 1);
	memcpy(entry.comment, note->comment, sizeof(entry.comment) - 1);
	entry_add(ledger, &entry, &note->boot, revert_at_us);
	return OK;
}

void ledger_release(struct ledger *ledger)
{
	ledger->durable_vital |= ledger->inflight_vital;
	ledger->durable_parts = ledger->durable_vital;
	ledger->inflight_parts = ledger->inflight_vital = 0;
}

bool ledger_boot_is_known(const struct ledger *ledger, const struct ledger_mark *mark)
{
	const struct ledger_head *head = ledger_head(ledger);

	return head != NULL && head->boot.bytes == mark->bytes && head->boot.crc32 == mark->crc32;
}

void ledger_boot_know(struct ledger *ledger, const struct ledger_mark *mark)
{
	struct ledger_head head = head_copy(ledger);

	head.boot = *mark;
	ledger_head_switch(ledger, &head);
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
	ledger_head_switch(ledger, &head);
	return OK;
}

bool ledger_revert(struct ledger *ledger)
{
	struct ledger_head head = head_copy(ledger);

	if (!ledger_is_pending(ledger))
		return false;
	head.running = head.confirmed;
	head.revert_at_us = 0;
	ledger_head_switch(ledger, &head);
	return true;
}

bool ledger_expire(struct ledger *ledger, uint64_t now_us)
{
	const struct ledger_head *head = ledger_head(ledger);

	return ledger_is_pending(ledger) && now_us >= head->revert_at_us && ledger_revert(ledger);
}
