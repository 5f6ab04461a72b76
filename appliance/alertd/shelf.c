#include "appliance/alertd/shelf.h"

#include "appliance/alertd/archive.h"
#include "services/runtime/crc32.h"
#include "services/runtime/service.h"
#include "services/runtime/writeback.h"

static struct archive archive;
static struct alert_queue *queue;
static uint32_t seal_seen; /* the queue as it was when we last looked whether it has changed */
static uint32_t filled;    /* the checksum of what was filled in last */
static struct writeback record;

_Static_assert(sizeof(struct archive) <= STORE_VALUE_BYTES, "one record has room for all");

static size_t archive_fill(uint64_t now_us)
{
	size_t bytes = archive_make(&archive, queue);

	(void)now_us;
	filled = crc32_of(&archive, bytes);
	return filled == queue->stored_crc32 ? 0 : bytes;
}

static void archive_saved(void)
{
	queue->stored_crc32 = filled;
	alert_queue_seal(queue);
}

bool shelf_load(uint64_t now_us)
{
	size_t bytes = 0;
	enum status status;

	if (queue->loaded)
		return true;
	status = writeback_load(&record, &bytes, now_us);
	if (status == E_AGAIN)
		return false;
	if (status == OK && archive_take(&archive, bytes, queue, now_us) != 0)
		log_info("%u alerts of an earlier boot wait to be mailed", (unsigned)queue->count);
	else if (status != OK && status != E_ABSENT)
		log_warning("the store does not give the alerts: %s", status_text(status));
	queue->loaded = 1;
	(void)archive_fill(now_us);
	archive_saved(); /* or there is nothing to be saved */
	return true;
}

uint64_t shelf_save(uint64_t now_us)
{
	if (queue->crc32 != seal_seen) {
		seal_seen = queue->crc32;
		writeback_mark(&record, now_us);
	}
	return writeback_work(&record, now_us);
}

void shelf_init(struct alert_queue *of)
{
	queue = of;
	seal_seen = 0;
	record = (struct writeback){
		.name = "queue",
		.what = "alerts",
		.level = LOG_WARNING,
		.value = &archive,
		.room_bytes = sizeof(archive),
		.spares = true,
		.fill = archive_fill,
		.saved = archive_saved,
	};
}
