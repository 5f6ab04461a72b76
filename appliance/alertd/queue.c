#include "appliance/alertd/queue.h"

#include "services/runtime/crc32.h"

#include <string.h>

static struct alert_queue *spare;

static uint32_t sum_of(const struct alert_queue *queue)
{
	const size_t head_bytes = offsetof(struct alert_queue, count);

	return crc32_of((const uint8_t *)queue + head_bytes, sizeof(*queue) - head_bytes);
}

bool alert_is_sound(const struct alert *alert)
{
	return alert->text_bytes <= EVENT_TEXT_BYTES && alert->service[NAME_BYTES - 1] == 0 &&
	       alert->severity <= EVENT_CRITICAL;
}

static bool is_sound(const struct alert_queue *queue)
{
	if (queue->magic != ALERT_QUEUE_MAGIC || queue->crc32 != sum_of(queue) ||
	    queue->count > ALERTS_MAX)
		return false;
	for (uint32_t i = 0; i < queue->count; i++)
		if (!alert_is_sound(&queue->alerts[i]))
			return false;
	return true;
}

void alert_queue_spare(struct alert_queue *sealed)
{
	spare = sealed;
}

/* At every moment one of the two is sound. */
void alert_queue_seal(struct alert_queue *queue)
{
	queue->crc32 = sum_of(queue);
	if (spare != NULL)
		memcpy(spare, queue, sizeof(*spare));
}

static void boot_begin(struct alert_queue *queue, uint64_t now_us)
{
	queue->next_us = now_us;
	queue->rs_seen = 0;
	memset(queue->seen, 0, sizeof(queue->seen));
	memset(queue->seen_too, 0, sizeof(queue->seen_too));
	memset(queue->failed, 0, sizeof(queue->failed));
	memset(&queue->pace, 0, sizeof(queue->pace));
	wan_boot(&queue->wan, now_us);
	for (uint32_t i = 0; i < queue->count; i++)
		queue->alerts[i].earlier = 1;
}

bool alert_queue_init(struct alert_queue *queue, bool same_boot, uint64_t now_us)
{
	bool sound = is_sound(queue);

	if (!sound && spare != NULL && is_sound(spare)) {
		memcpy(queue, spare, sizeof(*queue));
		sound = true;
	}
	if (!sound) {
		memset(queue, 0, sizeof(*queue));
		queue->magic = ALERT_QUEUE_MAGIC;
	}
	if (!same_boot)
		boot_begin(queue, now_us);
	queue->sending = 0; /* whether it went out is not known: twice is better than never */
	alert_queue_seal(queue);
	return sound;
}

static void alert_remove(struct alert_queue *queue, uint32_t at)
{
	memmove(&queue->alerts[at], &queue->alerts[at + 1],
		(queue->count - at - 1) * sizeof(queue->alerts[0]));
	queue->count--;
}

/* The oldest of the least important that is in no mail under way, if there is such a one. */
static uint32_t least_find(const struct alert_queue *queue)
{
	uint32_t least = queue->sending < queue->count ? queue->sending : 0;

	for (uint32_t i = least + 1; i < queue->count; i++)
		if (queue->alerts[i].severity < queue->alerts[least].severity)
			least = i;
	return least;
}

/* Gives up one, if need be; false: nothing there is less important than the new one. */
static bool room_make(struct alert_queue *queue, const struct alert *alert, struct alert *lost)
{
	uint32_t least = least_find(queue);

	*lost = *alert;
	queue->dropped++;
	if (queue->alerts[least].severity > alert->severity)
		return false;
	*lost = queue->alerts[least];
	if (least < queue->sending) /* the mail stays what it is */
		queue->sending--;
	alert_remove(queue, least);
	return true;
}

static bool is_same(const struct alert *a, const struct alert *b)
{
	return a->kind == b->kind && a->earlier == b->earlier &&
	       strncmp(a->service, b->service, NAME_BYTES) == 0 &&
	       (a->kind != EVENT_NONE ||
		(a->text_bytes == b->text_bytes && memcmp(a->text, b->text, a->text_bytes) == 0));
}

/* The same kind of the same service: the last text counts. */
static bool repeat_count(struct alert_queue *queue, const struct alert *alert)
{
	for (uint32_t i = queue->sending; i < queue->count; i++) {
		struct alert *known = &queue->alerts[i];
		if (!is_same(known, alert))
			continue;
		known->count += alert->count;
		known->last_us = alert->last_us;
		known->unix_us = alert->unix_us;
		known->text_bytes = alert->text_bytes;
		memcpy(known->text, alert->text, sizeof(known->text));
		if (alert->severity > known->severity)
			known->severity = alert->severity;
		return true;
	}
	return false;
}

bool alert_queue_add(struct alert_queue *queue, const struct alert *alert, uint64_t now_us,
		     struct alert *lost)
{
	bool first = queue->count == queue->sending, full = false;

	if (!repeat_count(queue, alert)) {
		full = queue->count == ALERTS_MAX;
		if (!full || room_make(queue, alert, lost))
			queue->alerts[queue->count++] = *alert;
	}
	if (first && queue->next_us < now_us + ALERT_GATHER_US)
		queue->next_us = now_us + ALERT_GATHER_US;
	alert_queue_seal(queue);
	return full;
}

bool alert_queue_see(struct alert_queue *queue, uint32_t slot, uint64_t sequence)
{
	uint64_t *seen = &queue->seen[slot];
	uint32_t too = queue->seen_too[slot];

	if (sequence > *seen) {
		uint64_t further = sequence - *seen;
		too = further < EVENT_RING ? too << further | 1u : 1u;
		*seen = sequence;
	} else {
		uint64_t before = *seen - sequence;
		if (sequence == 0 || before >= EVENT_RING || (too >> before & 1u) != 0)
			return false;
		too |= 1u << before;
	}
	queue->seen_too[slot] = (uint8_t)(too & ((1u << EVENT_RING) - 1));
	return true;
}

void alert_queue_miss(struct alert_queue *queue, uint64_t count)
{
	queue->dropped += (uint32_t)count;
}

/* Whichever of those that wait may be mailed first: the others go with it. */
static uint64_t pace_of(const struct alert_queue *queue)
{
	uint64_t first_us = UINT64_MAX;

	for (uint32_t i = 0; i < queue->count; i++) {
		const struct alert *alert = &queue->alerts[i];
		uint64_t until_us = pace_until(&queue->pace, pace_key(alert->kind, alert->service));
		first_us = until_us < first_us ? until_us : first_us;
	}
	return first_us;
}

bool alert_queue_due(const struct alert_queue *queue, uint64_t now_us, uint64_t *next_us)
{
	*next_us = UINT64_MAX;
	if (queue->count == 0 || queue->sending != 0)
		return false;
	*next_us = pace_of(queue);
	if (*next_us < queue->next_us)
		*next_us = queue->next_us;
	return now_us >= *next_us;
}

void alert_queue_begin(struct alert_queue *queue)
{
	queue->sending = queue->count;
	queue->dropped_sending = queue->dropped;
	alert_queue_seal(queue);
}

void alert_queue_sent(struct alert_queue *queue, uint64_t now_us, uint64_t interval_us)
{
	for (uint32_t i = 0; i < queue->sending; i++) {
		const struct alert *alert = &queue->alerts[i];
		pace_mailed(&queue->pace, pace_key(alert->kind, alert->service), now_us,
			    interval_us);
	}
	queue->count -= queue->sending;
	memmove(queue->alerts, queue->alerts + queue->sending,
		queue->count * sizeof(queue->alerts[0]));
	queue->sending = 0;
	queue->failures = 0;
	queue->dropped_told = queue->dropped_sending;
	queue->mails_sent++;
	queue->next_us = now_us + interval_us;
	alert_queue_seal(queue);
}

void alert_queue_failed(struct alert_queue *queue, uint64_t now_us, bool refused)
{
	uint32_t doublings = queue->failures < 7 ? queue->failures : 7;
	uint64_t pause_us = (uint64_t)ALERT_RETRY_FIRST_US << doublings;

	if (refused || pause_us > ALERT_RETRY_LAST_US)
		pause_us = ALERT_RETRY_LAST_US;
	queue->sending = 0;
	queue->failures++;
	queue->mails_failed++;
	queue->next_us = now_us + pause_us;
	alert_queue_seal(queue);
}

void alert_queue_retry(struct alert_queue *queue)
{
	queue->next_us = 0;
	queue->failures = 0;
	alert_queue_seal(queue);
}
