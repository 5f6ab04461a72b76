/*
 * A first look at a document, byte by byte, before the parser allocates for it:
 * what the parser would let through (numbers like 01, control characters, a zero
 * byte, what follows the document), and the limits that keep it within its
 * memory. RFC 8259. Pure.
 */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include "services/config/refusal.h"

#define SCAN_DEPTH_MAX  8u
#define SCAN_VALUES_MAX 3000u /* 256 rules with all their members; 160 bytes each */
#define SCAN_BYTES_MAX  65536u
#define SCAN_STRING_MAX 256u

bool scan_document(const char *text, size_t length, struct refusal *refusal);

#endif
