/*
 * How the web console behaves, as config compiled it from the document: region
 * "webconf", written by config only, mapped by webd only, as it holds a token.
 * Accounts are not in the document but in webd's own store record. Two copies, as
 * in netconf.h.
 */
#ifndef PROTO_WEBCONF_H
#define PROTO_WEBCONF_H

#include <stdint.h>

#define WEBCONF_VERSION     1u
#define WEBCONF_TOKEN_BYTES 65 /* and the zero */

struct webconf {
	uint32_t crc32;
	uint32_t version;                        /* WEBCONF_VERSION */
	uint32_t serial;                         /* counts the changes of this region since boot */
	uint32_t session_timeout_s;              /* without a request the session ends */
	uint32_t http_redirect;                  /* 1: port 80 answers and leads to HTTPS */
	char metrics_token[WEBCONF_TOKEN_BYTES]; /* of /metrics; "": a session is needed */
	uint8_t reserved[3];
};

struct webconf_region {
	uint32_t current; /* 0 or 1; anything else: none yet */
	struct webconf copies[2];
};

#define WEBCONF_REGION_BYTES 4096u
_Static_assert(sizeof(struct webconf_region) <= WEBCONF_REGION_BYTES, "region size");

#endif
