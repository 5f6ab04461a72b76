#include "services/install/progress.h"

#include "services/runtime/crc32.h"

#include <string.h>

static uint32_t saved_sum(const struct job_saved *saved)
{
	return crc32_of(&saved->phase, sizeof(*saved) - offsetof(struct job_saved, phase));
}

bool progress_holds(const struct job_saved *saved)
{
	return saved->magic == JOB_SAVED_MAGIC && saved->crc32 == saved_sum(saved) &&
	       saved->phase <= INSTALL_SCANNING && saved->disk < BLOCK_DISKS_MAX &&
	       memchr(saved->seed, '\0', sizeof(saved->seed)) != NULL;
}

void progress_save(struct job *job)
{
	job->saved->magic = JOB_SAVED_MAGIC;
	job->saved->crc32 = saved_sum(job->saved);
	job->table->phase = job->saved->phase;
}

void progress_enter(struct job *job, enum install_phase phase)
{
	job->saved->phase = phase;
	job->saved->position = 0;
	progress_save(job);
}

void progress_add(struct job *job, uint64_t count)
{
	job->saved->position += count;
	progress_save(job);
}

void progress_finish(struct job *job, enum install_result result)
{
	job->table->result = result;
	memset(job->table->disks, 0, sizeof(job->table->disks));
	progress_enter(job, INSTALL_LOOKING);
}
