#include "services/config/persist.h"

#include <stdio.h>

void persist_name(unsigned part, char name[PERSIST_NAME_BYTES])
{
	if (part == PERSIST_HEAD)
		(void)snprintf(name, PERSIST_NAME_BYTES, "head");
	else
		(void)snprintf(name, PERSIST_NAME_BYTES, "part.%u", part);
}

static bool part_next(const struct ledger *ledger, const struct ledger_head *head,
		      struct persist_record *record)
{
	for (uint64_t parts = ledger_parts_of(head); parts != 0; parts &= parts - 1) {
		unsigned part = (unsigned)__builtin_ctzll(parts);
		uint32_t crc = ledger_part_crc(ledger, part);

		if (ledger->stored_crc[part] == crc && crc != 0)
			continue;
		*record = (struct persist_record){ .part = part,
						   .bytes = ledger->parts[part],
						   .length = ledger_part_bytes(head, part),
						   .mark = crc };
		return true;
	}
	return false;
}

bool persist_is_done(const struct ledger *ledger)
{
	const struct ledger_head *head = ledger_head(ledger);

	return head == NULL || ledger->stored_head == head->sequence;
}

bool persist_next(struct ledger *ledger, struct persist_record *record)
{
	const struct ledger_head *head = ledger_head(ledger);

	if (persist_is_done(ledger))
		return false;
	if (!part_next(ledger, head, record)) {
		*record = (struct persist_record){ .part = PERSIST_HEAD,
						   .bytes = head,
						   .length = sizeof(*head),
						   .mark = head->sequence };
		/* From now on the store may have it, whatever we are told. */
		ledger->inflight_parts |= ledger_parts_of(head);
		ledger->inflight_vital |= ledger_vital_parts_of(head);
	}
	persist_name(record->part, record->name);
	return true;
}

void persist_done(struct ledger *ledger, const struct persist_record *record)
{
	if (record->part < LEDGER_PARTS) {
		ledger->stored_crc[record->part] = record->mark;
		return;
	}
	ledger->stored_head = record->mark;
	ledger->durable_parts = ledger->inflight_parts;
	ledger->durable_vital = ledger->inflight_vital;
	ledger->inflight_parts = ledger->inflight_vital = 0;
}

void persist_doubt(struct ledger *ledger)
{
	for (unsigned part = 0; part < LEDGER_PARTS; part++)
		ledger->stored_crc[part] = 0;
	ledger->stored_head = 0;
	ledger->durable_parts |= ledger->inflight_parts;
	ledger->durable_vital |= ledger->inflight_vital;
	ledger->inflight_parts = ledger->inflight_vital = 0;
}
