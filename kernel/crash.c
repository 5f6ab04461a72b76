#include "kernel/crash.h"

#include "kernel/bundle.h"
#include "kernel/crc.h"
#include "kernel/string.h"
#include "kernel/time.h"
#include "kernel/usermem.h"

/* The general registers, as they lie in struct frame. */
#define FRAME_REGISTERS 15

static struct crash_log *crashes;

void crash_init(void *memory, bool warm)
{
	crashes = memory;
	if (!warm || crashes->magic != CRASH_LOG_MAGIC || !crashes->next_sequence) {
		memset(crashes, 0, sizeof(*crashes));
		crashes->magic = CRASH_LOG_MAGIC;
		crashes->next_sequence = 1;
	}
	crashes->boots++;
}

static struct crash_record *record_begin(uint32_t slot)
{
	uint32_t sequence = crashes->next_sequence++;
	struct crash_record *record = &crashes->records[sequence % CRASH_RECORDS];

	memset(record, 0, sizeof(*record));
	record->sequence = sequence;
	record->boot = crashes->boots;
	record->slot = slot;
	record->time_us = time_now_us();
	return record;
}

static void record_end(struct crash_record *record)
{
	record->crc32 = ~crc_update(CRC_BEGIN, &record->sequence,
				    sizeof(*record) - offsetof(struct crash_record, sequence));
}

static void stack_copy(struct crash_record *record, const struct slot *slot)
{
	for (uint64_t i = 0; i < CRASH_STACK_WORDS; i++) {
		const uint64_t *word =
			usermem_pointer(slot, slot->frame.rsp + 8 * i, sizeof(*word), false);

		if (word)
			memcpy(&record->stack[i], word, sizeof(*word));
	}
}

void crash_record(const struct slot *slot)
{
	struct crash_record *record = record_begin(slot->index);
	const struct service_entry *entry = slot->entry;

	record->generation = slot->generation;
	record->cause = entry->exit_cause;
	record->detail = entry->exit_detail;
	record->address = entry->exit_address;
	memcpy(record->registers, &slot->frame, FRAME_REGISTERS * 8);
	record->registers[FRAME_REGISTERS] = slot->frame.rip;
	record->registers[FRAME_REGISTERS + 1] = slot->frame.rflags;
	record->registers[FRAME_REGISTERS + 2] = slot->frame.rsp;
	stack_copy(record, slot);
	for (uint32_t i = 0; i < CRASH_TRACE_CALLS; i++)
		record->trace[i] = slot->trace[(slot->calls + i) % CRASH_TRACE_CALLS];
	const struct manifest *bundle = entry->updated == IMAGE_UPDATE ? update : manifest;

	memcpy(record->build_id, bundle->build_id, sizeof(record->build_id));
	memcpy(record->name, slot->service->name, NAME_BYTES);
	memcpy(record->image, slot->image->name, NAME_BYTES);
	memcpy(record->text, entry->exit_text, sizeof(record->text));
	record_end(record);
}

void crash_of_kernel(const char *text, size_t length)
{
	if (!crashes)
		return;
	struct crash_record *record = record_begin(CRASH_OF_KERNEL);

	memcpy(record->build_id, manifest->build_id, sizeof(record->build_id));
	memcpy(record->name, "kernel", 7);
	memcpy(record->text, text,
	       length < sizeof(record->text) ? length : sizeof(record->text) - 1);
	record_end(record);
}
