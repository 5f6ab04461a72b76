#include "services/store/opening.h"

#include "services/runtime/service.h"

#include <string.h>

#define CELLS_MIN   2u /* a replacement takes a free one */
#define UNREAD_MOST 8u /* so many from the first on, and none of it can be read */

void opening_begin(struct opening *opening, uint64_t now_us)
{
	*opening = (struct opening){ .stage = OPENING_LOOK, .since_us = now_us };
	for (uint32_t cell = 0; cell < STORE_CELLS; cell++)
		opening->readable[cell] = true;
}

static void sectors_ask(struct opening *opening, struct volume *volume, uint32_t first,
			uint32_t count, uint64_t now_us)
{
	volume_ask(volume, BLOCK_READ, (uint64_t)opening->cell * RECORD_SECTORS + first, count,
		   NULL, now_us);
}

static enum store_mode head_ask(struct opening *opening, struct volume *volume, uint64_t now_us)
{
	if (opening->cell == opening->cells)
		return STORE_DISK;
	opening->stage = OPENING_HEAD;
	sectors_ask(opening, volume, 0, 1, now_us);
	return STORE_OPENING;
}

static enum store_mode cells_count(struct opening *opening, struct volume *volume, uint64_t now_us)
{
	uint64_t cells = volume->sectors / RECORD_SECTORS;

	if (cells < CELLS_MIN) {
		log_error("the store's partition is too small: %llu sectors",
			  (unsigned long long)volume->sectors);
		opening->cells = STORE_CELLS;
		return STORE_MEMORY;
	}
	opening->cells = cells < STORE_CELLS ? (uint32_t)cells : STORE_CELLS;
	return head_ask(opening, volume, now_us);
}

/* Without a disk there may be records in memory, of a former life. */
static enum store_mode look(struct opening *opening, struct volume *volume, uint64_t now_us)
{
	switch (volume_find(volume)) {
	case VOLUME_UNKNOWN: return STORE_OPENING;
	case VOLUME_NONE: opening->cells = STORE_CELLS; return STORE_MEMORY;
	case VOLUME_HERE: break;
	}
	if (volume_is_busy(volume))
		return STORE_OPENING;
	return cells_count(opening, volume, now_us);
}

static enum store_mode next_cell(struct opening *opening, struct volume *volume, uint64_t now_us)
{
	opening->cell++;
	return head_ask(opening, volume, now_us);
}

static enum store_mode head_take(struct opening *opening, struct volume *volume,
				 struct record *record, uint64_t now_us)
{
	uint32_t sectors;

	memset(record, 0, sizeof(*record));
	memcpy(&record->head, volume_data(volume), SECTOR_BYTES);
	if (record->head.magic != RECORD_MAGIC || record->head.length_bytes > RECORD_VALUE_BYTES)
		return next_cell(opening, volume, now_us);
	sectors = record_sectors(record->head.length_bytes);
	if (sectors == 1)
		return next_cell(opening, volume, now_us);
	opening->stage = OPENING_REST;
	sectors_ask(opening, volume, 1, sectors - 1, now_us);
	return STORE_OPENING;
}

static enum store_mode rest_take(struct opening *opening, struct volume *volume,
				 struct record *record, uint64_t now_us)
{
	uint32_t sectors = record_sectors(record->head.length_bytes);

	memcpy(record->value, volume_data(volume), (size_t)(sectors - 1) * SECTOR_BYTES);
	return next_cell(opening, volume, now_us);
}

/* All that was not read so far is not readable. */
static enum store_mode give_up(struct opening *opening, const char *why)
{
	log_error("reading the store back ends at cell %u: %s", opening->cell, why);
	for (uint32_t cell = opening->cell; cell < STORE_CELLS; cell++)
		opening->readable[cell] = false;
	if (opening->cells == 0)
		opening->cells = STORE_CELLS;
	return STORE_FAILED;
}

static enum store_mode answer_take(struct opening *opening, struct volume *volume,
				   struct record *records, enum status answer, uint64_t now_us)
{
	struct record *record = &records[opening->cell];

	if (answer == OK)
		return opening->stage == OPENING_HEAD ? head_take(opening, volume, record, now_us)
						      : rest_take(opening, volume, record, now_us);
	if (volume_is_lost(volume, answer))
		return give_up(opening, status_text(answer));
	opening->readable[opening->cell] = false;
	if (opening->unread++ == 0)
		log_warning("cell %u cannot be read", opening->cell);
	if (opening->unread > opening->cell &&
	    (opening->unread == UNREAD_MOST || opening->unread == opening->cells))
		return give_up(opening, "nothing can be read");
	return next_cell(opening, volume, now_us);
}

enum store_mode opening_step(struct opening *opening, struct volume *volume, struct record *records,
			     uint64_t now_us)
{
	enum store_mode mode = STORE_OPENING;
	enum status answer;

	if (opening->stage == OPENING_LOOK) {
		mode = look(opening, volume, now_us);
	} else {
		answer = volume_answer(volume, now_us);
		if (answer != E_AGAIN)
			return answer_take(opening, volume, records, answer, now_us);
	}
	if (mode == STORE_OPENING && now_us - opening->since_us > STORE_OPEN_MAX_MS * 1000ull)
		return give_up(opening, "no answer in time");
	return mode;
}
