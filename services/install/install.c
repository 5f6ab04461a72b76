/*
 * The service `install`: writes the system that runs to a disk. The steps are
 * job.c's; here they go to the disk driver, one request at a time, and the
 * requests of the administrator come in.
 */
#include "kernel/abi/manifest.h"
#include "services/install/archive.h"
#include "services/install/job.h"
#include "services/runtime/block.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"
#include "services/runtime/word.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LOOK_US 100000u /* for answers whose notification was lost */

/* The region "install.table": what is shown, and what the next life needs. */
struct shown {
	struct install_table table;
	struct job_saved saved;
};
_Static_assert(sizeof(struct shown) <= INSTALL_TABLE_BYTES, "region size");

static struct job job;
static struct block_end disk_end;
static const struct disk_table *disk_table;
static const struct manifest *manifest; /* at the head of the whole bundle */
static struct job_order order;          /* under way; BLOCK_NONE: none that is known */
static uint32_t result_told, disk_slot;

static enum status install_start(void)
{
	struct shown *shown = region("install.table", sizeof(struct shown));
	struct plan_parts parts;

	manifest = region("bundle", sizeof(struct manifest));
	disk_end.request = region("req", sizeof(struct block_request));
	disk_end.done = region("done", sizeof(struct block_completion));
	disk_table = region("disks", sizeof(struct disk_table));
	disk_slot = service_slot("disk");
	if (archive_open((struct fat_piece){ manifest, (uint32_t)manifest->bundle_bytes },
			 &parts) != OK) {
		log_warning("this system cannot be installed: its bundle has no archive, or a "
			    "damaged one");
		parts.kernel.count = 0;
	}
	job_open(&job, &shown->table, &shown->saved, &parts);
	result_told = shown->table.result;
	if (shown->saved.phase > INSTALL_IDLE)
		log_notice("goes on installing to disk %" PRIu32, shown->table.disk);
	return OK;
}

/* --- Requests ------------------------------------------------------------- */

static enum status begin(const struct install_request *request)
{
	struct disk_table disks;
	char unique[JOB_SEED_BYTES];
	bool at_work = job.saved->phase > INSTALL_IDLE;

	if (request->disk >= BLOCK_DISKS_MAX)
		return E_ABSENT;
	if (!disk_table_copy(disk_table, &disks))
		return E_AGAIN;
	(void)snprintf(unique, sizeof(unique), "%.40s %016llx", manifest->build_id,
		       __builtin_ia32_rdtsc());
	enum status status = job_begin(&job, request, &disks.disks[request->disk], unique);

	if (status == OK && !at_work)
		log_notice("installing to disk %" PRIu32 ", %.40s", request->disk,
			   disks.disks[request->disk].model);
	return status;
}

static void install_message(const struct message *message)
{
	struct install_request request;

	if (message->op != INSTALL_BEGIN) {
		service_reply_fault(message->from);
		return;
	}
	endpoint_t from = message->from;

	memcpy(&request, message->payload.bytes, sizeof(request));
	service_reply_status(from, begin(&request));
}

/* --- Work ----------------------------------------------------------------- */

static void result_tell(void)
{
	static const char *const results[] = { INSTALL_RESULT_TABLE(WORD_ROW) };
	uint32_t result = job.table->result;

	if (job.saved->phase != INSTALL_LOOKING || result == result_told)
		return;
	log_at(result == INSTALL_DONE ? LOG_NOTICE : LOG_ERROR, "disk %" PRIu32 ": %s",
	       job.table->disk, WORD_OF(results, result));
	result_told = result;
}

static void order_submit(void)
{
	if (order.op == BLOCK_WRITE)
		job_order_fill(&job, &order, disk_end.request->data);
	block_submit(&disk_end, order.op, order.disk, 0, order.sector, order.count);
	service_notify(disk_slot);
}

/* The store's bytes go straight to where the driver will read them. */
static uint64_t cell_fetch(uint32_t cell, uint64_t now_us)
{
	uint64_t commits;
	enum status status = store_cell(cell, disk_end.request->data, &commits);

	if (job_cell_take(&job, status, commits, disk_end.request->data))
		return now_us;
	result_tell();
	return now_us + LOOK_US;
}

static uint64_t install_work(uint64_t now_us)
{
	struct disk_table disks;
	uint32_t cell;

	if (block_is_busy(&disk_end))
		return now_us + LOOK_US;
	if (!disk_table_copy(disk_table, &disks) || disks.ready == 0)
		return now_us + LOOK_US;
	if (order.op != BLOCK_NONE) {
		job_order_done(&job, &disks, &order, (enum status)disk_end.done->status,
			       disk_end.done->data);
		order.op = BLOCK_NONE;
		result_tell();
		return now_us;
	}
	if (job.saved->phase == INSTALL_SUMMING) {
		job_sum(&job);
		return now_us;
	}
	if (job_cell_wanted(&job, &cell))
		return cell_fetch(cell, now_us);
	job_order_next(&job, &disks, &order);
	if (order.op == BLOCK_NONE)
		return SERVICE_NO_DEADLINE;
	order_submit();
	return now_us + LOOK_US;
}

int main(void)
{
	static const struct service service = {
		.start = install_start,
		.message = install_message,
		.work = install_work,
	};

	return service_run(&service);
}
