/* A configuration document, as bytes, to a network configuration. Pure. */
#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include "services/config/refusal.h"
#include "services/proto/netconf.h"

/*
 * All or nothing: on false *netconf is unchanged and *refusal says why. Serial
 * and crc32 are left zero. Needs up to 512 KiB of heap, and gives it back.
 */
bool document_compile(const char *text, size_t length, struct netconf *netconf,
		      struct refusal *refusal);

/* The factory default; our own, so it compiles. */
bool document_factory(struct netconf *netconf, struct refusal *refusal);

#endif
