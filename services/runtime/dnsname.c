#include "services/runtime/dnsname.h"

#include <string.h>

#define HEADER_BYTES   12u
#define LABEL_MAX      63u
#define NAME_MAX       255u /* RFC 1035, 2.3.4 */
#define QUESTION_FIXED 4u   /* type, class */
#define RECORD_FIXED   10u  /* type, class, TTL, length */
#define TYPE_A         1u
#define CLASS_IN       1u
#define ADDRESS_BYTES  4u
#define POINTER        0xc0u
#define FLAG_ANSWER    0x8000u
#define FLAG_TRUNCATED 0x0200u
#define FLAG_RECURSE   0x0100u
#define OPCODE_MASK    0x7800u
#define CODE_MASK      15u
#define CODE_NO_NAME   3u

enum { AT_ID = 0, AT_FLAGS = 2, AT_QUESTIONS = 4, AT_ANSWERS = 6 };

static uint16_t be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void be16_put(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

bool dnsname_is_address(const char *name, uint32_t *address)
{
	uint32_t value = 0;

	for (int part = 0; part < 4; part++) {
		unsigned number = 0, digits = 0;
		if (part != 0 && *name++ != '.')
			return false;
		for (; *name >= '0' && *name <= '9' && digits < 3; name++, digits++)
			number = number * 10 + (unsigned)(*name - '0');
		if (digits == 0 || number > 255)
			return false;
		value = value << 8 | number;
	}
	*address = value;
	return *name == 0;
}

/* The name as labels; returns its length, 0 if it is none. */
static size_t name_put(const char *name, uint8_t out[NAME_MAX])
{
	size_t used = 0;

	while (*name != 0) {
		size_t label = strcspn(name, ".");
		if (label == 0 || label > LABEL_MAX || used + 1 + label + 1 > NAME_MAX)
			return 0;
		out[used] = (uint8_t)label;
		memcpy(out + used + 1, name, label);
		used += 1 + label;
		name += label + (name[label] == '.');
	}
	out[used] = 0;
	return used == 0 ? 0 : used + 1;
}

size_t dnsname_query_build(const char *name, uint16_t id, uint8_t out[DNSNAME_QUERY_BYTES])
{
	memset(out, 0, HEADER_BYTES);
	be16_put(out + AT_ID, id);
	be16_put(out + AT_FLAGS, FLAG_RECURSE);
	be16_put(out + AT_QUESTIONS, 1);
	size_t name_bytes = name_put(name, out + HEADER_BYTES);
	if (name_bytes == 0)
		return 0;
	be16_put(out + HEADER_BYTES + name_bytes, TYPE_A);
	be16_put(out + HEADER_BYTES + name_bytes + 2, CLASS_IN);
	return HEADER_BYTES + name_bytes + QUESTION_FIXED;
}

static bool is_answer_to(const uint8_t *bytes, size_t length, const uint8_t *query,
			 size_t query_bytes)
{
	if (query_bytes < HEADER_BYTES || length < query_bytes || be16(bytes) != be16(query) ||
	    !(be16(bytes + AT_FLAGS) & FLAG_ANSWER) || (be16(bytes + AT_FLAGS) & OPCODE_MASK) ||
	    be16(bytes + AT_QUESTIONS) != 1)
		return false;
	for (size_t i = HEADER_BYTES; i < query_bytes; i++)
		if (lower(bytes[i]) != lower(query[i]))
			return false;
	return true;
}

/* Past a name, which may end in a pointer. */
static bool name_skip(const uint8_t *bytes, size_t length, size_t *at)
{
	while (*at < length) {
		uint8_t count = bytes[*at];

		if (count >= POINTER) {
			*at += 2;
			return *at <= length;
		}
		if (count > LABEL_MAX)
			return false;
		*at += 1u + count;
		if (count == 0)
			return true;
	}
	return false;
}

/* The addresses of all its records: those of aliases lead to the name's own. */
static unsigned addresses_take(const uint8_t *bytes, size_t length, size_t at,
			       uint32_t addresses[DNSNAME_ADDRESSES_MAX])
{
	unsigned found = 0;

	for (unsigned left = be16(bytes + AT_ANSWERS); left > 0; left--) {
		if (!name_skip(bytes, length, &at) || length - at < RECORD_FIXED)
			break;
		const uint8_t *record = bytes + at;
		uint16_t data_bytes = be16(record + 8);
		at += RECORD_FIXED;
		if (length - at < data_bytes)
			break;
		if (be16(record) == TYPE_A && be16(record + 2) == CLASS_IN &&
		    data_bytes == ADDRESS_BYTES && found < DNSNAME_ADDRESSES_MAX)
			addresses[found++] =
				(uint32_t)be16(bytes + at) << 16 | be16(bytes + at + 2);
		at += data_bytes;
	}
	return found;
}

enum dnsname_outcome dnsname_answer_parse(const uint8_t *bytes, size_t length, const uint8_t *query,
					  size_t query_bytes,
					  uint32_t addresses[DNSNAME_ADDRESSES_MAX],
					  unsigned *count)
{
	*count = 0;
	if (!is_answer_to(bytes, length, query, query_bytes))
		return DNSNAME_FOREIGN;
	unsigned code = be16(bytes + AT_FLAGS) & CODE_MASK;
	if (code == CODE_NO_NAME)
		return DNSNAME_NONE;
	if (code != 0)
		return DNSNAME_FAILED;
	*count = addresses_take(bytes, length, query_bytes, addresses);
	if (*count != 0)
		return DNSNAME_FOUND;
	return be16(bytes + AT_FLAGS) & FLAG_TRUNCATED ? DNSNAME_FAILED : DNSNAME_NONE;
}
