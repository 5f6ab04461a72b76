/* What the installer shows: its disks, one line each. Pure. */
#ifndef CONSOLE_SHOW_INSTALL_H
#define CONSOLE_SHOW_INSTALL_H

#include "services/console/text.h"

/* Model, size, and what it holds. */
void show_install_disk(struct text *out, unsigned disk);

#endif
