/*
 * Any bytes as the store's partition: read back, put to rest and used. Pieces of
 * the input go into the cells, each behind a byte of options: bit 0 mends the
 * sum, so that heads that lie get past it; bit 1 keeps the cell unreadable.
 */
#include "services/runtime/crc32.h"
#include "services/store/vault.h"

#include <assert.h>
#include <string.h>

#define CELLS       4u
#define PIECE_BYTES 1024u /* a head and a sector of value */
#define STEPS_MAX   64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void mend(struct record *record)
{
	size_t from = offsetof(struct record_head, sequence);

	record->head.magic = RECORD_MAGIC;
	if (record->head.length_bytes <= RECORD_VALUE_BYTES)
		record->head.crc32 =
			crc32_of((const uint8_t *)record + from,
				 record_sectors(record->head.length_bytes) * SECTOR_BYTES - from);
}

static void fill(struct record *records, bool *readable, const uint8_t *data, size_t bytes)
{
	memset(records, 0, CELLS * sizeof(*records));
	for (uint32_t cell = 0; cell < CELLS; cell++) {
		size_t piece = bytes < PIECE_BYTES + 1 ? bytes : PIECE_BYTES + 1;

		readable[cell] = true;
		if (piece < 2)
			continue;
		memcpy(&records[cell], data + 1, piece - 1);
		if (data[0] & 1)
			mend(&records[cell]);
		readable[cell] = !(data[0] & 2);
		data += piece;
		bytes -= piece;
	}
}

static void settle(struct vault *vault)
{
	struct vault_step step;

	for (int i = 0; i < STEPS_MAX; i++) {
		vault_step_next(vault, &step);
		if (step.action == VAULT_NOTHING)
			return;
		assert(step.sector + step.sectors <= CELLS * RECORD_SECTORS);
		vault_step_done(vault, true);
	}
	assert(vault->phase == VAULT_IDLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct record records[CELLS];
	static struct vault vault;
	const struct record *record;
	bool readable[CELLS];
	uint32_t cursor = 0;

	fill(records, readable, data, bytes);
	vault_open(&vault, records, CELLS, readable);
	settle(&vault);
	while ((record = vault_list(&vault, &cursor)) != NULL) {
		assert(record_name_is_valid(record->head.name));
		assert(record->head.length_bytes <= RECORD_VALUE_BYTES);
		assert(vault_find(&vault, record->head.name) == record);
	}
	if (vault_put(&vault, "new", "value", 5) != OK)
		return 0;
	settle(&vault);
	assert(vault.result == OK && vault_find(&vault, "new") != NULL);
	assert(vault_delete(&vault, "new") == OK);
	settle(&vault);
	assert(vault.result == OK && vault_find(&vault, "new") == NULL);
	return 0;
}
