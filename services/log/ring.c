#include "services/log/ring.h"

#include "services/runtime/klog.h"
#include "services/runtime/logring.h"

#include <string.h>

static struct log_ring_record *cell_of(struct log_ring *ring, uint64_t sequence)
{
	return &ring->records[sequence % LOG_RING_RECORDS];
}

void ring_put(struct log_ring *ring, const struct log_ring_record *record)
{
	uint64_t sequence = ring->next_sequence;
	struct log_ring_record *cell = cell_of(ring, sequence);
	const size_t behind = sizeof(cell->sequence);

	__atomic_store_n(&cell->sequence, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy((uint8_t *)cell + behind, (const uint8_t *)record + behind, sizeof(*cell) - behind);
	cell->check = logring_check(cell);
	__atomic_store_n(&cell->sequence, sequence, __ATOMIC_RELEASE);
	__atomic_store_n(&ring->next_sequence, sequence + 1, __ATOMIC_RELEASE);
}

/* --- Taking over ------------------------------------------------------------- */

/* The last whole record; 0: there is none. Those that are none are emptied. */
static uint64_t records_check(struct log_ring *ring)
{
	uint64_t last = 0;

	for (uint64_t i = 0; i < LOG_RING_RECORDS; i++) {
		struct log_ring_record copy;
		uint64_t sequence = ring->records[i].sequence;
		if (sequence % LOG_RING_RECORDS != i || sequence == UINT64_MAX ||
		    !logring_get(ring, sequence, &copy))
			ring->records[i].sequence = 0;
		else if (sequence > last)
			last = sequence;
	}
	return last;
}

/* We died behind the copy and before we had noted that. */
static bool is_copied(const struct log_ring *ring, const struct kernel_log *kernel, uint64_t last)
{
	struct log_ring_record copy;
	struct log_record record;

	return last != 0 && klog_copy(kernel, ring->kernel_next, &record) &&
	       logring_get(ring, last, &copy) && copy.boot == ring->boot &&
	       copy.time_us == record.time_us && copy.slot == record.slot &&
	       copy.length_bytes == record.length_bytes &&
	       memcmp(copy.text, record.text, record.length_bytes) == 0;
}

static void life_adopt(struct log_ring *ring, const struct kernel_log *kernel, uint64_t last)
{
	uint64_t next = __atomic_load_n(&kernel->next_sequence, __ATOMIC_ACQUIRE);

	if (ring->kernel_next == 0 || ring->kernel_next > next)
		ring->kernel_next = next; /* damaged: better none than all of it twice */
	if (is_copied(ring, kernel, last))
		ring->kernel_next++;
	if (ring->remote.next == 0 || ring->remote.next > ring->next_sequence)
		ring->remote.next = ring->next_sequence;
}

static void boot_begin(struct log_ring *ring)
{
	ring->boot++;
	ring->kernel_next = 1;
	ring->missed = 0;
	ring->stored = 0;
	ring->remote = (struct log_remote){ .next = ring->next_sequence };
}

void ring_init(struct log_ring *ring, const struct kernel_log *kernel, bool restarted)
{
	bool found = ring->magic == LOG_RING_MAGIC;

	if (!found)
		memset(ring, 0, sizeof(*ring));
	uint64_t last = records_check(ring);
	ring->next_sequence = last + 1;
	if (found && restarted)
		life_adopt(ring, kernel, last);
	else
		boot_begin(ring);
	__atomic_store_n(&ring->magic, LOG_RING_MAGIC, __ATOMIC_RELEASE);
}

/* --- Following ---------------------------------------------------------------- */

static void record_copy(struct log_ring *ring, const struct log_record *from,
			const struct ring_names *names)
{
	struct log_ring_record record = {
		.time_us = from->time_us,
		.unix_us = names->unix_us(from->time_us),
		.boot = ring->boot,
		.generation = from->generation,
		.slot = from->slot,
		.level = from->level,
		.length_bytes = from->length_bytes,
	};

	names->service(from->slot, record.service);
	memcpy(record.text, from->text, from->length_bytes);
	ring_put(ring, &record);
}

uint64_t ring_follow(struct log_ring *ring, const struct kernel_log *kernel,
		     const struct ring_names *names, unsigned most)
{
	uint64_t next = __atomic_load_n(&kernel->next_sequence, __ATOMIC_ACQUIRE);
	struct log_record record;

	if (next > KERNEL_LOG_RECORDS && ring->kernel_next < next - KERNEL_LOG_RECORDS) {
		ring->missed += next - KERNEL_LOG_RECORDS - ring->kernel_next;
		ring->kernel_next = next - KERNEL_LOG_RECORDS;
	}
	for (; most > 0 && ring->kernel_next < next; most--) {
		if (klog_copy(kernel, ring->kernel_next, &record))
			record_copy(ring, &record, names);
		else
			ring->missed++;
		__atomic_store_n(&ring->kernel_next, ring->kernel_next + 1, __ATOMIC_RELEASE);
	}
	return next - ring->kernel_next;
}
