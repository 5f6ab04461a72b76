/* A configuration document, as bytes, to what the services read. Pure. */
#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include "services/config/compile.h"

/*
 * All or nothing: on false *compiled is unchanged and *refusal says why. Serials
 * and checksums are left zero. Needs up to 512 KiB of heap, and gives it back.
 */
bool document_compile(const char *text, size_t length, const struct service_names *services,
		      struct compiled *compiled, struct refusal *refusal);

/* The tree, to be deleted by the caller; NULL if it is no JSON. */
struct cJSON *document_parse(const char *text, size_t length, struct refusal *refusal);

/* The factory default; our own, so it compiles. */
bool document_factory(struct compiled *compiled, struct refusal *refusal);

#endif
