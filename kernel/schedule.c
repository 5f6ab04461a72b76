/*
 * Ready queues, one a priority and one below them all for those whose budget
 * is used up; `levels` has a bit for each queue that is not empty. The running
 * slot is in no queue. Time is accounted in ticks of the TSC at each switch.
 */
#include "kernel/schedule.h"

#include "kernel/bundle.h"
#include "kernel/cpu.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/port.h"
#include "kernel/region.h"
#include "kernel/time.h"

#define LEVEL_EXHAUSTED PRIORITY_COUNT
#define LEVEL_COUNT     (PRIORITY_COUNT + 1)

/* RS waits with time-outs only, and goes on for no longer than its beat; nobody else watches it. */
#define RS_LOOK_US          20000
#define RS_STIRRED_US       12500
#define RS_SILENT_LOOKS_MAX 2
#define STOOD_STILL_US      5000

static struct {
	struct slot *head, *tail;
} queues[LEVEL_COUNT];

static uint32_t levels;
static uint64_t ticks_per_us, switched_tsc;

/* Whose memory and registers the processor has; stays so while idle. */
static struct slot *loaded;

static inline void queue_put(struct slot *slot, bool first)
{
	unsigned level = slot->level;
	bool empty = !(levels & 1u << level);

	slot->queued = true;
	slot->next = first && !empty ? queues[level].head : NULL;
	if (!first && !empty)
		queues[level].tail->next = slot;
	if (first || empty)
		queues[level].head = slot;
	if (!first || empty)
		queues[level].tail = slot;
	levels |= 1u << level;
}

static struct slot *queue_take(unsigned level)
{
	struct slot *slot = queues[level].head;

	queues[level].head = slot->next;
	slot->queued = false;
	if (!slot->next)
		levels &= ~(1u << level);
	return slot;
}

static void queue_remove(struct slot *slot)
{
	struct slot *before = queues[slot->level].head;

	if (before == slot) {
		queue_take(slot->level);
		return;
	}
	while (before->next != slot)
		before = before->next;
	before->next = slot->next;
	if (!slot->next)
		queues[slot->level].tail = before;
	slot->queued = false;
}

void schedule_init(void)
{
	ticks_per_us = time_tsc_khz() / 1000 ?: 1;
	switched_tsc = rdtsc();
}

void schedule_admit(struct slot *slot)
{
	slot->wait = WAIT_NONE;
	if (slot != current && !slot->queued)
		queue_put(slot, false);
}

void schedule_remove(struct slot *slot)
{
	if (slot->queued)
		queue_remove(slot);
	slot->slice_over = false;
	if (slot == loaded)
		loaded = NULL; /* what it had in the processor is void */
}

static void budget_renew(struct slot *slot, uint64_t now_tsc)
{
	slot->budget_left = (int64_t)(slot->service->budget_us * ticks_per_us);
	slot->period_end_tsc = now_tsc + slot->service->period_us * ticks_per_us;
	if (!slot->exhausted)
		return;
	bool queued = slot->queued;

	if (queued)
		queue_remove(slot);
	slot->exhausted = false;
	slot->level = slot->service->priority;
	if (queued)
		queue_put(slot, false);
}

/* What has passed since the last switch or tick is charged to who ran. */
static void time_charge(struct slot *slot, uint64_t now_tsc)
{
	uint64_t ticks = now_tsc - switched_tsc;

	switched_tsc = now_tsc;
	if (!slot) {
		table->idle_us += ticks / ticks_per_us;
		return;
	}
	/* The timer ends a slice: for what is longer, a host kept the machine from running. */
	if (ticks > 2 * SLICE_US * ticks_per_us)
		ticks = 2 * SLICE_US * ticks_per_us;
	slot->cpu_tsc += ticks;
	slot->budget_left -= (int64_t)ticks;
	if (slot->budget_left < 0 && !slot->exhausted && slot->service->budget_us) {
		slot->exhausted = true;
		slot->level = LEVEL_EXHAUSTED;
		slot->entry->budget_exhausted++;
	}
}

static void extra_switch(struct slot *from, const struct slot *to)
{
	ports_switch(to);
	if (from && from->fpu_allowed)
		__asm__ volatile("fxsave %0" : "=m"(from->fpu));
	cpu_fpu_allow(to->fpu_allowed);
	if (to->fpu_allowed)
		__asm__ volatile("fxrstor %0" : : "m"(to->fpu));
}

static void load(struct slot *slot)
{
	if (slot == loaded)
		return;
	cr3_write(slot->root.address);
	if (!loaded || (loaded->extra | slot->extra))
		extra_switch(loaded, slot);
	cpu_frame_end_set((uint64_t)slot + FRAME_BYTES);
	loaded = slot;
}

static bool rs_rests(const struct slot *rs)
{
	return rs->wait == WAIT_RECEIVE && rs->deadline_us != TIME_NEVER;
}

/* RS may rest while all others do, and is woken soon after somebody stirs. */
static void rs_stir(struct slot *rs)
{
	uint64_t by_us = time_now_us() + RS_STIRRED_US;

	if (rs->deadline_us > by_us)
		rs->deadline_us = by_us;
	time_alarm_by(rs->deadline_us);
}

/*
 * Waits for an interrupt; what it makes runnable is seen by the caller. Until then no slice
 * ends, and of RS is known that it will be woken.
 */
static void idle(void)
{
	struct slot *rs = &slots[manifest->rs_slot];

	current = NULL;
	if (rs_rests(rs))
		time_slice_drop();
	time_charge(NULL, switched_tsc);
	__asm__ volatile("sti; hlt; cli" : : : "memory");
	time_charge(NULL, rdtsc());
	if (levels && rs_rests(rs))
		rs_stir(rs);
}

static bool goes_on(const struct slot *slot)
{
	uint32_t more_urgent = (1u << slot->level) - 1;

	return !slot->slice_over && !slot->exhausted && !(levels & more_urgent);
}

struct slot *schedule_next(void)
{
	struct slot *before = current;
	bool runnable = before && before->wait == WAIT_NONE;

	if (runnable && goes_on(before)) {
		load(before);
		return before;
	}
	time_charge(before, rdtsc());
	if (runnable && before->slice_over)
		queue_put(before, false);
	else if (runnable)
		queue_put(before, true);
	while (!levels)
		idle();
	struct slot *next = queue_take((unsigned)__builtin_ctz(levels));

	next->slice_over = false;
	if (switched_tsc >= next->period_end_tsc)
		budget_renew(next, switched_tsc);
	if (!current) /* else the alarm is set: whoever ran before had a slice, too */
		time_slice_by(time_now_us() + SLICE_US);
	current = next;
	load(next);
	return next;
}

/*
 * The earliest time at which a waiting or exhausted slot wants something. Of one that has not
 * run since the last tick the table says already what there is to say.
 */
static uint64_t slots_serve(uint64_t now_us, uint64_t now_tsc)
{
	uint64_t earliest = TIME_NEVER;

	for (unsigned i = 0; i < slot_count; i++) {
		struct slot *slot = &slots[i];

		if (slot->deadline_us <= now_us)
			ipc_time_out(slot);
		else if (slot->deadline_us < earliest)
			earliest = slot->deadline_us;
		if (slot->cpu_tsc == slot->shown_tsc && !slot->exhausted)
			continue;
		slot->shown_tsc = slot->cpu_tsc;
		slot->entry->cpu_us = slot->cpu_tsc / ticks_per_us;
		slot->entry->rests = slot->wait == WAIT_RECEIVE && slot->buffer->rests == 1;
		if (!slot->exhausted || slot->wait != WAIT_NONE)
			continue;
		if (slot->period_end_tsc <= now_tsc)
			budget_renew(slot, now_tsc);
		else if (now_us + SLICE_US < earliest)
			earliest = now_us + SLICE_US;
	}
	return earliest;
}

/*
 * RS counts as silent only if it was so at several looks in a row, and not while
 * the machine itself stands still now and then, as a guest of a busy host does.
 */
static void rs_watch(uint64_t now_us, bool stood_still)
{
	static uint64_t next_look_us;
	static uint32_t silent_looks, turns;
	struct slot *rs = &slots[manifest->rs_slot];

	if (stood_still)
		silent_looks = 0;
	if (rs_rests(rs)) {
		if (current)
			rs_stir(rs);
		return;
	}
	if (now_us >= next_look_us) {
		next_look_us = now_us + RS_LOOK_US;
		silent_looks = rs->entry->turns != turns ? 0 : silent_looks + 1;
		turns = rs->entry->turns;
		if (silent_looks > RS_SILENT_LOOKS_MAX)
			slot_die(rs, EXIT_HEARTBEAT, 0, 0);
	}
	time_slice_by(next_look_us);
}

void schedule_tick(void)
{
	uint64_t now_tsc = rdtsc(), now_us = time_now_us(), due_us = time_alarm_taken();
	bool stood_still = now_us > due_us && now_us - due_us > STOOD_STILL_US;

	if (current) {
		time_charge(current, now_tsc);
		current->slice_over = true;
		time_slice_by(now_us + SLICE_US);
	}
	time_alarm_by(slots_serve(now_us, now_tsc));
	time_alarm_by(irq_time_out(now_us));
	rs_watch(now_us, stood_still);
}
