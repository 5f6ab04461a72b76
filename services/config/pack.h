/*
 * A document in few bytes: compressed by LZ4, with another document, of which it is
 * a later version, as dictionary. Pure; whoever unpacks checks the bytes' checksum,
 * yet any bytes whatsoever are safe to unpack.
 *
 * Pieces of PACK_PIECE_BYTES, each: its packed length (16 bits, little-endian; 0:
 * the piece follows as it is), then that many bytes. A piece's dictionary is the
 * other document around the same place, since LZ4 looks back less than 64 KiB.
 */
#ifndef CONFIG_PACK_H
#define CONFIG_PACK_H

#include "services/proto/config.h"

#include <stdbool.h>
#include <stddef.h>

#define PACK_PIECE_BYTES 32768u
/* The most that a document takes: as it is, and the pieces' lengths. */
#define PACK_BYTES_MAX (CONFIG_DOCUMENT_BYTES + 2 * (CONFIG_DOCUMENT_BYTES / PACK_PIECE_BYTES))

/* The document packed against; length 0: none. */
struct pack_base {
	const char *text;
	size_t length;
};

/* How many bytes of `out` are in use; 0: more than `room`. */
size_t pack(const struct pack_base *base, const char *text, size_t length, char *out, size_t room);
/* Exactly `length` bytes into `text`, or false: these bytes are no document of that length. */
bool unpack(const struct pack_base *base, const char *packed, size_t packed_bytes, char *text,
	    size_t length);

#endif
