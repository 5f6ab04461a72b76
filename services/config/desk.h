/*
 * A client's candidate: bytes that come in chunks, then a document that is edited
 * and committed. Lies in the preserved region; CRC-32 tells a whole one. Pure.
 */
#ifndef CONFIG_DESK_H
#define CONFIG_DESK_H

#include "kernel/abi/status.h"
#include "services/proto/config.h"

#include <stdint.h>

struct cJSON;

#define DESK_SECRETS_BYTES 1024u

struct candidate {
	uint32_t crc32;        /* zlib's, of owner, base, length and text; not of an upload */
	uint32_t owner;        /* slot + 1; 0: nobody's */
	uint32_t base;         /* the serial that ran when it was begun */
	uint32_t length_bytes; /* 0: no document yet */
	uint32_t uploaded_bytes, upload_total; /* a document on its way */
	uint64_t token;                        /* of the last edit */
	char secrets[DESK_SECRETS_BYTES]; /* of the document before an upload, as JSON; "": none */
	char text[CONFIG_DOCUMENT_BYTES];
};

struct desk {
	struct candidate candidates[CONFIG_CANDIDATES_MAX];
};

/* After a restart: drops what does not check out. */
void desk_open(struct desk *desk);
/* The whole candidate of that client; NULL: it has none. */
struct candidate *desk_find(struct desk *desk, uint32_t slot);
/* Room for that client: its own, or one that nobody has; NULL: there is none. */
struct candidate *desk_room(struct desk *desk, uint32_t slot);
/* A chunk's place, and that it has arrived: OK: all is there; E_AGAIN: more to come. */
must_use enum status desk_upload_begin(struct desk *desk, uint32_t slot,
				       const struct config_request *request, char **place);
must_use enum status desk_upload_end(struct desk *desk, uint32_t slot,
				     const struct config_request *request,
				     struct candidate **whole);
/* `tree` becomes its document. E_TOO_LARGE: too long, or no memory. */
must_use enum status desk_put(struct candidate *candidate, uint32_t slot, uint32_t base,
			      const struct cJSON *tree);
/* Before its document is replaced: the next may say "as they are" of its secrets. */
void desk_secrets_keep(struct candidate *candidate);
void desk_drop(struct candidate *candidate);

#endif
