#include "services/install/cell.h"

#include "services/install/progress.h"
#include "services/proto/store.h"
#include "services/runtime/crc32.h"

#define CELL_SECTORS (STORE_CELL_BYTES / SECTOR_BYTES)
#define TRIES_MAX    100u /* to be given one cell; install.c asks ten times a second */
#define ROUNDS_MAX   20u  /* through all cells */

_Static_assert(STORE_CELLS *CELL_SECTORS <= PLAN_STORE_SECTORS, "the partition has room");
_Static_assert(CELL_SECTORS <= BLOCK_SECTORS_MAX, "a cell is one request");

bool job_cell_wanted(const struct job *job, uint32_t *cell)
{
	*cell = (uint32_t)job->saved->position;
	return job->saved->phase == INSTALL_CARRYING && !job->cell.held;
}

/* All cells are on the disk: of one moment, or they have to be read again. */
static void round_end(struct job *job, uint64_t commits)
{
	if (commits == job->saved->commits)
		progress_enter(job, INSTALL_TABLING);
	else if (++job->saved->rounds < ROUNDS_MAX)
		progress_enter(job, INSTALL_CARRYING);
	else
		progress_finish(job, INSTALL_NO_RECORDS);
}

bool job_cell_take(struct job *job, enum status status, uint64_t commits, const uint8_t *bytes)
{
	if (status == E_ABSENT && job->saved->position != 0) {
		round_end(job, commits);
		return true;
	}
	if (status != OK) {
		if (++job->cell.tries == TRIES_MAX)
			progress_finish(job, INSTALL_NO_RECORDS);
		return false;
	}
	if (job->saved->position == 0)
		job->saved->commits = commits;
	progress_save(job);
	job->cell = (struct job_cell){ .held = true, .crc32 = crc32_of(bytes, STORE_CELL_BYTES) };
	return true;
}

struct job_order cell_order(const struct job *job)
{
	return (struct job_order){
		.op = !job->cell.held     ? BLOCK_NONE
		      : job->cell.written ? BLOCK_READ
					  : BLOCK_WRITE,
		.disk = job->saved->disk,
		.sector = PLAN_STORE_FIRST + job->saved->position * CELL_SECTORS,
		.count = CELL_SECTORS,
	};
}

void cell_done(struct job *job, const struct job_order *order, const uint8_t *data)
{
	if (order->op == BLOCK_WRITE) {
		job->cell.written = true;
		return;
	}
	if (crc32_of(data, STORE_CELL_BYTES) != job->cell.crc32) {
		progress_finish(job, INSTALL_DIFFERS);
		return;
	}
	job->cell = (struct job_cell){ 0 };
	progress_add(job, 1);
}
