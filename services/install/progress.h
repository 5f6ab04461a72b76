/* How far an installation is, saved with a checksum at each step. Pure. */
#ifndef INSTALL_PROGRESS_H
#define INSTALL_PROGRESS_H

#include "services/install/job.h"

/* Does what a former life left check out? */
bool progress_holds(const struct job_saved *saved);
void progress_save(struct job *job);
void progress_enter(struct job *job, enum install_phase phase);
void progress_add(struct job *job, uint64_t count);
/* The end of an installation, however it went: the disks are looked at as they are now. */
void progress_finish(struct job *job, enum install_result result);

#endif
