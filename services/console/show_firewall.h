/* A copy of the firewall's table that belongs together. */
#ifndef CONSOLE_SHOW_FIREWALL_H
#define CONSOLE_SHOW_FIREWALL_H

#include "services/console/command.h"
#include "services/proto/fwtable.h"

/*
 * Copies the table to the job's snapshot with its counts bounded. Sets
 * *consistent to false if the firewall did not stop writing (it died in the
 * middle); NULL if the firewall has never written one.
 */
const struct fw_table *firewall_snapshot(struct job *job, bool *consistent);

/* What the three firewall commands begin and end with, in text and in JSON. */
const struct fw_table *firewall_open(struct job *job, struct text *out);
bool firewall_close(struct job *job, struct text *out);

#endif
