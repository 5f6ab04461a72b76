#include "services/install/job.h"

#include "services/install/cell.h"
#include "services/install/inspect.h"
#include "services/install/progress.h"
#include "services/runtime/crc32.h"

#include <stdio.h>
#include <string.h>

#define AT_ONCE BLOCK_SECTORS_MAX

_Static_assert(GPT_FIRST_USABLE <= AT_ONCE && GPT_TAIL <= AT_ONCE, "a table is one request");

/* --- State ---------------------------------------------------------------- */

static enum status plan_renew(struct job *job)
{
	struct job_saved *saved = job->saved;

	job->parts.kernel_crc32 = saved->kernel_crc32;
	job->parts.bundle_crc32 = saved->bundle_crc32;
	return plan_make(&job->plan, &job->parts, saved->sectors, saved->seed);
}

void job_open(struct job *job, struct install_table *table, struct job_saved *saved,
	      const struct plan_parts *parts)
{
	*job = (struct job){ .table = table, .saved = saved, .parts = *parts };
	bool held = progress_holds(saved);

	if (!held) {
		memset(table, 0, sizeof(*table));
		memset(saved, 0, sizeof(*saved));
	}
	table->bundled = parts->kernel.count != 0;
	if (!held || saved->phase <= INSTALL_IDLE)
		progress_enter(job, INSTALL_LOOKING);
	else if (plan_renew(job) != OK)
		progress_finish(job, INSTALL_NO_FIT);
	progress_save(job);
}

/* --- Beginning ------------------------------------------------------------ */

/* Sectors written, and as many read back. */
static uint64_t stretches_count(const struct plan *plan)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < plan->stretch_count; i++)
		count += plan->stretches[i].count;
	return count;
}

static bool is_under_way(const struct job_saved *saved, const struct install_request *request)
{
	return saved->phase > INSTALL_IDLE && saved->disk == request->disk &&
	       saved->code == request->code && saved->keep == (request->keep != 0);
}

enum status job_begin(struct job *job, const struct install_request *request,
		      const struct disk_entry *disk, const char *unique)
{
	struct job_saved *saved = job->saved;

	if (!job->table->bundled)
		return E_DAMAGED;
	if (saved->phase != INSTALL_IDLE)
		return is_under_way(saved, request) ? OK : E_STATE;
	if (request->disk >= BLOCK_DISKS_MAX || disk->state != DISK_READY)
		return E_ABSENT;
	const struct install_disk *shown = &job->table->disks[request->disk];

	if (shown->finding == INSTALL_TOO_SMALL)
		return E_TOO_LARGE;
	if (shown->finding == INSTALL_UNREADABLE)
		return E_DEVICE;
	if (shown->code == 0 || shown->code != request->code)
		return E_STALE;
	saved->disk = request->disk;
	saved->code = request->code;
	saved->keep = request->keep != 0;
	saved->rounds = 0;
	saved->sectors = disk->sectors;
	saved->kernel_crc32 = saved->bundle_crc32 = 0;
	(void)snprintf(saved->seed, sizeof(saved->seed), "%s %.20s %.40s", unique, disk->serial,
		       disk->model);
	enum status status = plan_renew(job);

	if (status != OK)
		return status;
	job->table->disk = request->disk;
	job->table->done = 0;
	job->table->total = 2 * stretches_count(&job->plan);
	progress_enter(job, INSTALL_AGAIN);
	return OK;
}

/* --- Adding up ------------------------------------------------------------ */

/* Adds the part of `piece` that lies at `position`, which counts from *from. */
static uint32_t piece_sum(uint32_t crc, const struct fat_piece *piece, uint64_t position,
			  uint64_t *from, uint64_t *added)
{
	uint64_t offset = position + *added - *from;

	if (*added < JOB_SUM_BYTES && position + *added >= *from && offset < piece->count) {
		uint64_t left = piece->count - offset, room = JOB_SUM_BYTES - *added;
		uint64_t count = left < room ? left : room;

		crc = crc32_more(crc, (const uint8_t *)piece->bytes + offset, count);
		*added += count;
	}
	*from += piece->count;
	return crc;
}

void job_sum(struct job *job)
{
	struct job_saved *saved = job->saved;
	uint64_t from = 0, added = 0;

	saved->kernel_crc32 =
		piece_sum(saved->kernel_crc32, &job->parts.kernel, saved->position, &from, &added);
	saved->bundle_crc32 =
		piece_sum(saved->bundle_crc32, &job->parts.bundle, saved->position, &from, &added);
	progress_add(job, added);
	if (added != 0)
		return;
	if (plan_renew(job) == OK)
		progress_enter(job, INSTALL_CLEARING);
	else
		progress_finish(job, INSTALL_NO_FIT);
}

/* --- Orders --------------------------------------------------------------- */

static struct job_order order_of(const struct job *job, enum block_op op, uint64_t sector,
				 uint32_t count)
{
	return (struct job_order){ op, job->saved->disk, sector, count };
}

/* The next disk that can be looked at; those that cannot are dealt with on the way. */
static struct job_order look_order(struct job *job, const struct disk_table *disks)
{
	struct job_saved *saved = job->saved;

	for (; saved->position < BLOCK_DISKS_MAX; saved->position++) {
		const struct disk_entry *disk = &disks->disks[saved->position];
		struct install_disk *shown = &job->table->disks[saved->position];

		*shown = (struct install_disk){ INSTALL_NO_DISK, 0 };
		if (disk->state == DISK_READY && disk->sectors >= PLAN_SECTORS_MIN)
			return (struct job_order){ BLOCK_READ, (uint32_t)saved->position, 0,
						   INSPECT_SECTORS };
		if (disk->state == DISK_READY)
			shown->finding = INSTALL_TOO_SMALL;
		else if (disk->state != DISK_ABSENT)
			shown->finding = INSTALL_UNREADABLE;
	}
	progress_enter(job, INSTALL_IDLE);
	return (struct job_order){ 0 };
}

/* Of a phase that goes through all stretches: `op` for each part, then a flush. */
static struct job_order stretch_order(const struct job *job, enum block_op op)
{
	uint64_t before = 0, position = job->saved->position;

	for (uint32_t i = 0; i < job->plan.stretch_count; i++) {
		const struct plan_stretch *stretch = &job->plan.stretches[i];

		if (position - before < stretch->count) {
			uint64_t left = stretch->count - (position - before);

			return order_of(job, op, stretch->first + (position - before),
					left < AT_ONCE ? (uint32_t)left : AT_ONCE);
		}
		before += stretch->count;
	}
	return order_of(job, BLOCK_FLUSH, 0, 1);
}

/* Steps of the phases that write the places of the partition table. */
static struct job_order clear_order(const struct job *job)
{
	switch (job->saved->position) {
	case 0: return order_of(job, BLOCK_WRITE, 0, GPT_FIRST_USABLE);
	case 1: return order_of(job, BLOCK_WRITE, job->saved->sectors - GPT_TAIL, GPT_TAIL);
	case 2: return order_of(job, BLOCK_FLUSH, 0, 1);
	default:
		return order_of(job, BLOCK_SCAN, 0,
				1); /* and the store hears that it has no place */
	}
}
#define CLEAR_STEPS 4u

static struct job_order table_order(const struct job *job)
{
	switch (job->saved->position) {
	case 0: return order_of(job, BLOCK_WRITE, job->saved->sectors - GPT_TAIL, GPT_TAIL);
	case 1: return order_of(job, BLOCK_WRITE, 1, GPT_FIRST_USABLE - 1);
	case 3: return order_of(job, BLOCK_WRITE, 0, 1); /* from here on it boots */
	default: return order_of(job, BLOCK_FLUSH, 0, 1);
	}
}
#define TABLE_STEPS 5u

void job_order_next(struct job *job, const struct disk_table *disks, struct job_order *order)
{
	*order = (struct job_order){ 0 };
	switch ((enum install_phase)job->saved->phase) {
	case INSTALL_LOOKING: *order = look_order(job, disks); return;
	case INSTALL_AGAIN: *order = order_of(job, BLOCK_READ, 0, INSPECT_SECTORS); return;
	case INSTALL_CLEARING: *order = clear_order(job); return;
	case INSTALL_WRITING: *order = stretch_order(job, BLOCK_WRITE); return;
	case INSTALL_CHECKING: *order = stretch_order(job, BLOCK_READ); return;
	case INSTALL_CARRYING: *order = cell_order(job); return;
	case INSTALL_TABLING: *order = table_order(job); return;
	case INSTALL_SCANNING: *order = order_of(job, BLOCK_SCAN, 0, 1); return;
	case INSTALL_IDLE:
	case INSTALL_SUMMING: return;
	}
}

void job_order_fill(const struct job *job, const struct job_order *order, uint8_t *data)
{
	if (job->saved->phase == INSTALL_CARRYING)
		return;
	if (job->saved->phase == INSTALL_CLEARING)
		memset(data, 0, order->count * SECTOR_BYTES);
	else
		for (uint32_t i = 0; i < order->count; i++)
			plan_sector(&job->plan, order->sector + i, data + i * SECTOR_BYTES);
}

/* --- Outcomes ------------------------------------------------------------- */

static void looked(struct job *job, const struct disk_table *disks, const struct job_order *order,
		   enum status status, const uint8_t *data)
{
	struct install_disk *shown = &job->table->disks[order->disk];

	if (status == OK) {
		shown->finding = inspect_finding(data);
		shown->code = inspect_code(&disks->disks[order->disk], data);
	} else {
		*shown = (struct install_disk){ INSTALL_UNREADABLE, 0 };
	}
	progress_add(job, 1);
}

static void looked_again(struct job *job, const struct disk_table *disks, const uint8_t *data)
{
	const struct disk_entry *disk = &disks->disks[job->saved->disk];

	if (disk->sectors == job->saved->sectors && inspect_code(disk, data) == job->saved->code)
		progress_enter(job, INSTALL_SUMMING);
	else
		progress_finish(job, INSTALL_CHANGED);
}

static bool is_as_planned(const struct job *job, const struct job_order *order, const uint8_t *data)
{
	uint8_t wanted[SECTOR_BYTES];

	for (uint32_t i = 0; i < order->count; i++) {
		plan_sector(&job->plan, order->sector + i, wanted);
		if (memcmp(wanted, data + i * SECTOR_BYTES, SECTOR_BYTES) != 0)
			return false;
	}
	return true;
}

static void stretch_done(struct job *job, const struct job_order *order, enum install_phase next)
{
	if (order->op == BLOCK_FLUSH) {
		progress_enter(job, next);
		return;
	}
	job->table->done += order->count;
	progress_add(job, order->count);
}

static void step_done(struct job *job, uint32_t steps, enum install_phase next)
{
	if (job->saved->position + 1 < steps)
		progress_add(job, 1);
	else
		progress_enter(job, next);
}

static void failed(struct job *job, const struct job_order *order)
{
	progress_finish(job, order->op == BLOCK_READ ? INSTALL_READ_FAILED : INSTALL_WRITE_FAILED);
}

void job_order_done(struct job *job, const struct disk_table *disks, const struct job_order *order,
		    enum status status, const uint8_t *data)
{
	enum install_phase phase = job->saved->phase;

	if (phase == INSTALL_LOOKING) {
		looked(job, disks, order, status, data);
		return;
	}
	if (status != OK) {
		failed(job, order);
		return;
	}
	switch (phase) {
	case INSTALL_AGAIN: looked_again(job, disks, data); return;
	case INSTALL_CLEARING: step_done(job, CLEAR_STEPS, INSTALL_WRITING); return;
	case INSTALL_WRITING: stretch_done(job, order, INSTALL_CHECKING); return;
	case INSTALL_CHECKING:
		if (order->op == BLOCK_READ && !is_as_planned(job, order, data))
			progress_finish(job, INSTALL_DIFFERS);
		else
			stretch_done(job, order,
				     job->saved->keep ? INSTALL_CARRYING : INSTALL_TABLING);
		return;
	case INSTALL_CARRYING: cell_done(job, order, data); return;
	case INSTALL_TABLING: step_done(job, TABLE_STEPS, INSTALL_SCANNING); return;
	case INSTALL_SCANNING: progress_finish(job, INSTALL_DONE); return;
	case INSTALL_LOOKING:
	case INSTALL_IDLE:
	case INSTALL_SUMMING: return;
	}
}
