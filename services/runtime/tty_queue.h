/*
 * One end of a pair of terminal queues (services/proto/tty.h): what the console
 * and the terminal drivers have in common. Pure: it calls nothing.
 *
 * `own` is the region that we alone write, `other` the one that the other side
 * writes. Our indices are kept privately and only published; the other side's
 * are read once, checked, then used. An index that cannot be right takes us
 * forward to where both agree again: text is lost, nothing else.
 */
#ifndef RUNTIME_TTY_QUEUE_H
#define RUNTIME_TTY_QUEUE_H

#include "services/proto/tty.h"

#include <stddef.h>
#include <stdint.h>

struct tty_end {
	struct tty_queue *own;
	const struct tty_queue *other;
	uint32_t produced; /* in own */
	uint32_t consumed; /* of other */
};

static inline uint32_t tty_index_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static inline void tty_index_store(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

/* Bytes of ours that the other side has not taken; TTY_BYTES if it talks nonsense. */
static inline uint32_t tty_pending(const struct tty_end *end)
{
	uint32_t pending = end->produced - tty_index_load(&end->other->consumed);

	return pending <= TTY_BYTES ? pending : TTY_BYTES;
}

/* Bytes that tty_put would take. */
static inline uint32_t tty_room(const struct tty_end *end)
{
	return TTY_BYTES - tty_pending(end);
}

/* Bytes that can be taken. An impossible count is dropped: 0, and in step again. */
static inline uint32_t tty_available(struct tty_end *end)
{
	uint32_t produced = tty_index_load(&end->other->produced);

	if (produced - end->consumed > TTY_BYTES) {
		end->consumed = produced;
		tty_index_store(&end->own->consumed, produced);
	}
	return produced - end->consumed;
}

/* Carries on where our former life stopped; at the first start all is zero. */
static inline void tty_attach(struct tty_end *end, struct tty_queue *own,
			      const struct tty_queue *other)
{
	*end = (struct tty_end){ .own = own, .other = other };
	end->produced = tty_index_load(&own->produced);
	end->consumed = tty_index_load(&own->consumed);
	(void)tty_available(end);
}

/* Appends as many of the bytes as fit; returns how many. */
static inline size_t tty_put(struct tty_end *end, const void *bytes, size_t count)
{
	const uint8_t *from = bytes;
	uint32_t room = tty_room(end);

	if (count > room)
		count = room;
	for (size_t i = 0; i < count; i++)
		end->own->data[(end->produced + i) % TTY_BYTES] = from[i];
	end->produced += (uint32_t)count;
	tty_index_store(&end->own->produced, end->produced);
	return count;
}

/* Copies up to `size` waiting bytes without taking them; returns how many. */
static inline size_t tty_peek(struct tty_end *end, void *bytes, size_t size)
{
	uint8_t *to = bytes;
	uint32_t available = tty_available(end);

	if (size > available)
		size = available;
	for (size_t i = 0; i < size; i++)
		to[i] = end->other->data[(end->consumed + i) % TTY_BYTES];
	return size;
}

/* Takes `count` bytes that tty_peek has shown. */
static inline void tty_consume(struct tty_end *end, size_t count)
{
	end->consumed += (uint32_t)count;
	tty_index_store(&end->own->consumed, end->consumed);
}

/* Takes up to `size` waiting bytes; returns how many. */
static inline size_t tty_take(struct tty_end *end, void *bytes, size_t size)
{
	size = tty_peek(end, bytes, size);
	tty_consume(end, size);
	return size;
}

#endif
