#include "appliance/alertd/archive.h"

#include <string.h>

static size_t bytes_of(uint32_t count)
{
	return offsetof(struct archive, alerts) + count * sizeof(struct alert);
}

size_t archive_make(struct archive *archive, const struct alert_queue *queue)
{
	archive->magic = ARCHIVE_MAGIC;
	archive->count = queue->count;
	memcpy(archive->alerts, queue->alerts, queue->count * sizeof(struct alert));
	return bytes_of(queue->count);
}

static bool is_sound(const struct archive *archive, size_t bytes)
{
	if (bytes < bytes_of(0) || archive->magic != ARCHIVE_MAGIC || archive->count > ALERTS_MAX ||
	    bytes != bytes_of(archive->count))
		return false;
	for (uint32_t i = 0; i < archive->count; i++)
		if (!alert_is_sound(&archive->alerts[i]))
			return false;
	return true;
}

uint32_t archive_take(const struct archive *archive, size_t bytes, struct alert_queue *queue,
		      uint64_t now_us)
{
	if (!is_sound(archive, bytes) || queue->count != 0)
		return 0;
	for (uint32_t i = 0; i < archive->count; i++) {
		queue->alerts[i] = archive->alerts[i];
		queue->alerts[i].earlier = 1;
	}
	queue->count = archive->count;
	queue->next_us = now_us + ALERT_GATHER_US;
	alert_queue_seal(queue);
	return queue->count;
}
