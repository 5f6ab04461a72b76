/* What a disk holds, as its first sectors tell. Pure. */
#ifndef INSTALL_INSPECT_H
#define INSTALL_INSPECT_H

#include "services/proto/install.h"

#include <stdint.h>

#define INSPECT_SECTORS BLOCK_SECTORS_MAX

enum install_finding inspect_finding(const uint8_t *sectors);
/* Follows from the disk and what it holds; 1 to 0xffff. */
uint32_t inspect_code(const struct disk_entry *disk, const uint8_t *sectors);

#endif
