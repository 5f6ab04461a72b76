/* A copy of the firewall's table that belongs together. */
#ifndef CONSOLE_SHOW_FIREWALL_H
#define CONSOLE_SHOW_FIREWALL_H

#include "services/console/command.h"
#include "services/proto/fwtable.h"

/* What the three firewall commands begin and end with, in text and in JSON. */
const struct fw_table *firewall_open(struct job *job, struct text *out);
bool firewall_close(struct job *job, struct text *out);

#endif
