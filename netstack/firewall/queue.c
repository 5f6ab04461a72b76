#include "netstack/firewall/queue.h"

#include <assert.h>
#include <string.h>

static struct queue_entry *entry_find_free(struct queue *queue)
{
	for (unsigned i = 0; i < QUEUE_ENTRIES; i++)
		if (queue->entries[i].state == QUEUE_FREE)
			return &queue->entries[i];
	return NULL;
}

static void entry_make_ready(struct queue *queue, struct queue_entry *entry)
{
	entry->state = QUEUE_READY;
	entry->order = queue->order++;
	queue->ready++;
}

struct queue_entry *queue_add_ready(struct queue *queue, uint8_t in_port)
{
	struct queue_entry *entry = entry_find_free(queue);

	if (entry == NULL)
		return NULL;
	memset(entry, 0, offsetof(struct queue_entry, frame));
	entry->in_port = in_port;
	entry_make_ready(queue, entry);
	return entry;
}

bool queue_add_waiting(struct queue *queue, const struct packet *p, uint16_t interface,
		       uint16_t hop, unsigned limit)
{
	struct queue_entry *entry;
	unsigned same = 0, bytes;

	for (unsigned i = 0; i < QUEUE_ENTRIES; i++)
		same += queue->entries[i].state == QUEUE_WAITING && queue->entries[i].hop == hop;
	if (same >= limit || queue->waiting >= QUEUE_WAITING_MAX)
		return false;
	entry = entry_find_free(queue);
	if (entry == NULL)
		return false;
	bytes = ETHERNET_HEADER_BYTES + p->ip_bytes;
	assert(bytes <= QUEUE_FRAME_BYTES);
	entry->state = QUEUE_WAITING;
	entry->in_port = p->in_port;
	entry->bytes = (uint16_t)bytes;
	entry->hop = hop;
	entry->interface = interface;
	entry->ports = 0;
	memcpy(entry->frame, p->buffer, bytes);
	queue->waiting++;
	return true;
}

void queue_release(struct queue *queue, uint16_t hop)
{
	if (queue->waiting == 0)
		return;
	for (unsigned i = 0; i < QUEUE_ENTRIES; i++) {
		struct queue_entry *entry = &queue->entries[i];

		if (entry->state != QUEUE_WAITING || entry->hop != hop)
			continue;
		queue->waiting--;
		entry_make_ready(queue, entry);
	}
}

const struct queue_entry *queue_take(struct queue *queue)
{
	struct queue_entry *oldest = NULL;

	if (queue->ready == 0)
		return NULL;
	for (unsigned i = 0; i < QUEUE_ENTRIES; i++) {
		struct queue_entry *entry = &queue->entries[i];

		if (entry->state == QUEUE_READY &&
		    (oldest == NULL || (int32_t)(entry->order - oldest->order) < 0))
			oldest = entry;
	}
	assert(oldest != NULL);
	oldest->state = QUEUE_FREE;
	queue->ready--;
	return oldest;
}
