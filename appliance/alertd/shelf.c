#include "appliance/alertd/shelf.h"

#include "appliance/alertd/archive.h"
#include "services/runtime/crc32.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"
#include "services/runtime/wear.h"

#define NAME "queue"

static struct archive archive;
static struct wear wear;
static uint32_t seal_seen;  /* the queue as it was when we last looked what changed */
static uint32_t saving_crc; /* of what is under way; 0: nothing is */
static uint64_t wait_until_us, again_us;
static bool failed;

_Static_assert(sizeof(struct archive) <= STORE_VALUE_BYTES, "one record has room for all");

static uint32_t crc_of_queue(const struct alert_queue *queue, size_t *bytes)
{
	*bytes = archive_make(&archive, queue);
	return crc32_of(&archive, *bytes);
}

bool shelf_load(struct alert_queue *queue, uint64_t now_us)
{
	size_t bytes = 0;
	enum status status;

	if (queue->loaded)
		return true;
	status = store_get(NAME, &archive, sizeof(archive), &bytes);
	if (wait_until_us == 0)
		wait_until_us = now_us + SHELF_WAIT_US;
	if ((status == E_AGAIN || status == E_TIMEOUT) && now_us < wait_until_us)
		return false;
	if (status == OK && archive_take(&archive, bytes, queue, now_us) != 0)
		log_info("%u alerts of an earlier boot wait to be mailed", (unsigned)queue->count);
	else if (status != OK && status != E_ABSENT)
		log_warning("the store does not give the alerts: %s", status_text(status));
	queue->stored_crc32 = crc_of_queue(queue, &bytes); /* or there is nothing to be saved */
	queue->loaded = 1;
	alert_queue_seal(queue);
	wait_until_us = 0;
	return true;
}

/* Said once, until it works again. */
static uint64_t put_failed(enum status status, uint64_t now_us)
{
	if (!failed)
		log_warning("alerts are not in the store: %s", status_text(status));
	failed = true;
	again_us = now_us + SHELF_AGAIN_US;
	return again_us;
}

static uint64_t result_take(struct alert_queue *queue, uint64_t now_us)
{
	enum status status = store_result();

	if (status == E_AGAIN || status == E_TIMEOUT)
		return now_us + SHELF_LOOK_US;
	if (status == OK) {
		failed = false;
		queue->stored_crc32 = saving_crc;
		alert_queue_seal(queue);
	}
	saving_crc = 0;
	seal_seen = 0;
	return status == OK || status == E_ABSENT ? now_us : put_failed(status, now_us);
}

uint64_t shelf_save(struct alert_queue *queue, uint64_t now_us)
{
	enum status status;
	uint64_t next_us;
	size_t bytes;

	if (saving_crc != 0)
		return result_take(queue, now_us);
	if (!queue->loaded || queue->crc32 == seal_seen)
		return SERVICE_NO_DEADLINE;
	if (now_us < again_us)
		return again_us;
	uint32_t crc = crc_of_queue(queue, &bytes);
	if (crc == queue->stored_crc32) {
		seal_seen = queue->crc32;
		return SERVICE_NO_DEADLINE;
	}
	if (!wear_allows(&wear, now_us, &next_us))
		return next_us;
	status = store_put(NAME, &archive, bytes);
	if (status == E_AGAIN || status == E_TIMEOUT)
		return now_us + SHELF_LOOK_US;
	if (status != OK)
		return put_failed(status, now_us);
	wear_spend(&wear, now_us);
	saving_crc = crc;
	return now_us + SHELF_LOOK_US;
}
