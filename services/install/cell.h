/*
 * The phase CARRYING: one cell of the store after another is read from the store,
 * written, and read back. job_cell_wanted and job_cell_take of job.h belong to it. Pure.
 */
#ifndef INSTALL_CELL_H
#define INSTALL_CELL_H

#include "services/install/job.h"

/* BLOCK_NONE: the store is to be asked first. */
struct job_order cell_order(const struct job *job);
/* That order went well; `data` is what was read. */
void cell_done(struct job *job, const struct job_order *order, const uint8_t *data);

#endif
