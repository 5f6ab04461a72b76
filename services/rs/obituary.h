/* A death in words, from what the kernel table says of it. Pure. */
#ifndef RS_OBITUARY_H
#define RS_OBITUARY_H

#include "kernel/abi/table.h"

#include <stddef.h>

/* "exception 14 (page fault) at 0x10, rip 0x401234" and the like. */
void obituary_cause(const struct service_entry *life, char *text, size_t text_bytes);
/* What else is known, for the step "dump". */
void obituary_dump(const struct service_entry *life, char *text, size_t text_bytes);

#endif
