#include "services/config/pack.h"

#include <lz4.h>
#include <string.h>

#define LENGTH_BYTES 2u
#define MARGIN_BYTES 16384u /* of the dictionary on both sides of its piece */

_Static_assert(PACK_PIECE_BYTES + 2 * MARGIN_BYTES <= 65536, "LZ4's window");

static size_t least(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* The part of the base that a piece at `at` is packed against. */
static struct pack_base dictionary_at(const struct pack_base *base, size_t at)
{
	size_t begin = least(at < MARGIN_BYTES ? 0 : at - MARGIN_BYTES, base->length);
	size_t end = least(at + PACK_PIECE_BYTES + MARGIN_BYTES, base->length);

	return (struct pack_base){ base->text + begin, end - begin };
}

/* Returns the packed length; 0: it is no shorter than the piece. */
static size_t piece_compress(const struct pack_base *dictionary, const char *piece, size_t length,
			     char *out, size_t room)
{
	static LZ4_stream_t stream; /* too large for the stack */

	(void)LZ4_initStream(&stream, sizeof(stream));
	if (dictionary->length != 0)
		(void)LZ4_loadDict(&stream, dictionary->text, (int)dictionary->length);
	int packed = LZ4_compress_fast_continue(&stream, piece, out, (int)length,
						(int)least(room, length - 1), 1);
	return packed > 0 ? (size_t)packed : 0;
}

size_t pack(const struct pack_base *base, const char *text, size_t length, char *out, size_t room)
{
	size_t used = 0;

	for (size_t at = 0; at < length; at += PACK_PIECE_BYTES) {
		struct pack_base dictionary = dictionary_at(base, at);
		size_t piece = least(length - at, PACK_PIECE_BYTES);

		if (room - used < LENGTH_BYTES)
			return 0;
		char *place = out + used + LENGTH_BYTES;
		size_t left = room - used - LENGTH_BYTES;
		size_t packed = piece_compress(&dictionary, text + at, piece, place, left);
		out[used] = (char)(packed & 255);
		out[used + 1] = (char)(packed >> 8);
		if (packed == 0) {
			if (piece > left)
				return 0;
			memcpy(place, text + at, piece);
			packed = piece;
		}
		used += LENGTH_BYTES + packed;
	}
	return used;
}

bool unpack(const struct pack_base *base, const char *packed, size_t packed_bytes, char *text,
	    size_t length)
{
	size_t used = 0;

	for (size_t at = 0; at < length; at += PACK_PIECE_BYTES) {
		struct pack_base dictionary = dictionary_at(base, at);
		size_t piece = least(length - at, PACK_PIECE_BYTES);

		if (packed_bytes - used < LENGTH_BYTES)
			return false;
		size_t bytes = (uint8_t)packed[used] | (size_t)(uint8_t)packed[used + 1] << 8;
		bool plain = bytes == 0;
		used += LENGTH_BYTES;
		if (plain)
			bytes = piece;
		if (packed_bytes - used < bytes)
			return false;
		if (plain)
			memcpy(text + at, packed + used, piece);
		else if (LZ4_decompress_safe_usingDict(packed + used, text + at, (int)bytes,
						       (int)piece, dictionary.text,
						       (int)dictionary.length) != (int)piece)
			return false;
		used += bytes;
	}
	return used == packed_bytes;
}
