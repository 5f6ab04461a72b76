/* See message.h. */
#include "appliance/dnsd/message.h"

#include <string.h>

#define FLAG_ANSWER    0x8000u
#define FLAG_AUTHORITY 0x0400u
#define FLAG_TRUNCATED 0x0200u
#define FLAG_RECURSE   0x0100u
#define FLAG_RECURSES  0x0080u
#define FLAG_AUTHENTIC 0x0020u
#define FLAG_UNCHECKED 0x0010u
#define OPCODE(flags)  ((flags) >> 11 & 15u)
#define CODE_MASK      15u
#define EDNS_DNSSEC    0x8000u
#define TTL_MAX_S      86400u
#define TTL_NEGATIVE_S 10800u /* RFC 2308, 5: one to three hours */
#define LABEL_MAX      63u
#define RECORD_FIXED   10u /* type, class, TTL, length */

enum { AT_ID = 0, AT_FLAGS = 2, AT_COUNTS = 4, AT_ADDITIONAL = 10 };
enum section { ANSWERS = 1, AUTHORITY = 2, ADDITIONAL = 3, SECTIONS = 4 };

struct record {
	size_t at, fixed_at, end; /* the whole; behind its name; behind it */
	uint16_t type, class;
	uint32_t ttl_s;
};

static uint16_t be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)be16(at) << 16 | be16(at + 2);
}

static void be16_put(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void be32_put(uint8_t *at, uint32_t value)
{
	be16_put(at, value >> 16);
	be16_put(at + 2, value & 0xffff);
}

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

/* --- Walking ------------------------------------------------------------- */

/* Past a name, which may end in a pointer. */
static bool name_skip(const uint8_t *bytes, size_t length, size_t *at)
{
	while (*at < length) {
		uint8_t count = bytes[*at];

		if (count >= 0xc0) {
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

static bool record_next(const uint8_t *bytes, size_t length, size_t *at, struct record *record)
{
	record->at = *at;
	if (!name_skip(bytes, length, at) || length - *at < RECORD_FIXED)
		return false;
	record->fixed_at = *at;
	record->type = be16(bytes + *at);
	record->class = be16(bytes + *at + 2);
	record->ttl_s = be32(bytes + *at + 4);
	uint16_t data_bytes = be16(bytes + *at + 8);
	*at += RECORD_FIXED;
	if (length - *at < data_bytes)
		return false;
	*at += data_bytes;
	record->end = *at;
	return true;
}

static unsigned count_of(const uint8_t *bytes, unsigned section)
{
	return be16(bytes + AT_COUNTS + 2 * section);
}

/* The one question, its name without pointers. */
static bool question_take(const uint8_t *bytes, size_t length, struct dns_query *query)
{
	size_t at = DNS_HEADER_BYTES;

	while (at < length && bytes[at] != 0) {
		if (bytes[at] > LABEL_MAX)
			return false;
		at += 1u + bytes[at];
	}
	size_t name_bytes = at + 1 - DNS_HEADER_BYTES;
	if (name_bytes > DNS_NAME_BYTES || length < at + 5)
		return false;
	query->name_bytes = (uint16_t)name_bytes;
	memcpy(query->question, bytes + DNS_HEADER_BYTES, name_bytes + 4);
	query->type = be16(query->question + name_bytes);
	query->class = be16(query->question + name_bytes + 2);
	return true;
}

/* --- Queries ------------------------------------------------------------- */

/* OPT among the additional records (RFC 6891, 6.1.1: at most one). */
static enum dns_code extension_take(const uint8_t *bytes, size_t length, struct dns_query *query)
{
	size_t at = DNS_HEADER_BYTES + query->name_bytes + 4u;
	struct record record;

	if (count_of(bytes, ANSWERS) != 0 || count_of(bytes, AUTHORITY) != 0)
		return DNS_FORMAT_ERROR;
	for (unsigned i = 0; i < count_of(bytes, ADDITIONAL); i++) {
		if (!record_next(bytes, length, &at, &record))
			return DNS_FORMAT_ERROR;
		if (record.type != DNS_OPT)
			continue;
		if (query->edns || record.fixed_at != record.at + 1)
			return DNS_FORMAT_ERROR;
		query->edns = true;
		query->dnssec = record.ttl_s & EDNS_DNSSEC;
		if (record.class > query->room_bytes)
			query->room_bytes =
				record.class < DNS_UDP_BYTES ? record.class : DNS_UDP_BYTES;
		if ((record.ttl_s >> 16 & 0xff) != 0)
			return DNS_BAD_VERSION;
	}
	return DNS_NO_ERROR;
}

bool dns_query_parse(const uint8_t *bytes, size_t length, struct dns_query *query,
		     enum dns_code *code)
{
	memset(query, 0, sizeof(*query));
	query->room_bytes = DNS_PLAIN_BYTES;
	if (length < DNS_HEADER_BYTES || (be16(bytes + AT_FLAGS) & FLAG_ANSWER))
		return false;
	query->id = be16(bytes + AT_ID);
	query->unchecked = be16(bytes + AT_FLAGS) & FLAG_UNCHECKED;
	if (OPCODE(be16(bytes + AT_FLAGS)) != 0)
		*code = DNS_NOT_IMPLEMENTED;
	else if (count_of(bytes, 0) != 1 || !question_take(bytes, length, query))
		*code = DNS_FORMAT_ERROR;
	else
		*code = extension_take(bytes, length, query);
	return true;
}

bool dns_query_same(const struct dns_query *a, const struct dns_query *b)
{
	if (a->name_bytes != b->name_bytes || a->type != b->type || a->class != b->class)
		return false;
	for (unsigned i = 0; i < a->name_bytes; i++)
		if (lower(a->question[i]) != lower(b->question[i]))
			return false;
	return true;
}

/* --- Building ------------------------------------------------------------ */

static size_t head_put(const struct dns_query *query, uint16_t id, unsigned flags, uint8_t *out)
{
	size_t question_bytes = query->name_bytes == 0 ? 0 : query->name_bytes + 4u;

	memset(out, 0, DNS_HEADER_BYTES);
	be16_put(out + AT_ID, id);
	be16_put(out + AT_FLAGS, flags | (query->unchecked ? FLAG_UNCHECKED : 0));
	be16_put(out + AT_COUNTS, question_bytes != 0);
	memcpy(out + DNS_HEADER_BYTES, query->question, question_bytes);
	return DNS_HEADER_BYTES + question_bytes;
}

static size_t extension_put(uint8_t *out, size_t at, bool dnssec, enum dns_code code)
{
	be16_put(out + AT_ADDITIONAL, be16(out + AT_ADDITIONAL) + 1u);
	out[at] = 0;
	be16_put(out + at + 1, DNS_OPT);
	be16_put(out + at + 3, DNS_UDP_BYTES);
	be32_put(out + at + 5, (uint32_t)code >> 4 << 24 | (dnssec ? EDNS_DNSSEC : 0));
	be16_put(out + at + 9, 0);
	return at + DNS_OPT_BYTES;
}

size_t dns_query_build(const struct dns_query *query, uint16_t id, bool edns,
		       uint8_t out[DNS_QUERY_BYTES])
{
	size_t at = head_put(query, id, FLAG_RECURSE, out);

	return edns ? extension_put(out, at, query->dnssec, DNS_NO_ERROR) : at;
}

size_t dns_own_build(const struct dns_query *query, enum dns_code code, const uint8_t *data,
		     size_t data_bytes, uint32_t ttl_s, uint8_t *out)
{
	size_t at = head_put(query, query->id,
			     FLAG_ANSWER | FLAG_AUTHORITY | FLAG_RECURSE | FLAG_RECURSES |
				     (code & CODE_MASK),
			     out);

	if (data != NULL) {
		be16_put(out + AT_COUNTS + 2 * ANSWERS, 1);
		be16_put(out + at, 0xc000u | DNS_HEADER_BYTES); /* the question's name */
		be16_put(out + at + 2, query->type);
		be16_put(out + at + 4, query->class);
		be32_put(out + at + 6, ttl_s);
		be16_put(out + at + 10, (unsigned)data_bytes);
		memcpy(out + at + 12, data, data_bytes);
		at += 12 + data_bytes;
	}
	return query->edns ? extension_put(out, at, query->dnssec, code) : at;
}

size_t dns_error_build(const struct dns_query *query, enum dns_code code, uint8_t *out)
{
	size_t at = head_put(query, query->id,
			     FLAG_ANSWER | FLAG_RECURSE | FLAG_RECURSES | (code & CODE_MASK), out);

	return query->edns ? extension_put(out, at, query->dnssec, code) : at;
}

static void records_age(uint8_t *bytes, size_t length, size_t at, uint32_t age_s)
{
	struct record record;

	while (at < length && record_next(bytes, length, &at, &record))
		be32_put(bytes + record.fixed_at + 4,
			 record.ttl_s > age_s ? record.ttl_s - age_s : 0);
}

size_t dns_reply_build(const struct dns_query *query, const uint8_t *kept, size_t kept_bytes,
		       uint32_t age_s, uint8_t *out, size_t room_bytes)
{
	size_t extension_bytes = query->edns ? DNS_OPT_BYTES : 0;
	unsigned flags =
		be16(kept + AT_FLAGS) & (FLAG_ANSWER | FLAG_TRUNCATED | FLAG_AUTHENTIC | CODE_MASK);
	size_t at = head_put(query, query->id, flags | FLAG_RECURSE | FLAG_RECURSES, out);

	if (kept_bytes + extension_bytes > room_bytes) {
		be16_put(out + AT_FLAGS, be16(out + AT_FLAGS) | FLAG_TRUNCATED);
	} else {
		memcpy(out + AT_COUNTS, kept + AT_COUNTS, 2 * SECTIONS);
		memcpy(out + at, kept + at, kept_bytes - at);
		records_age(out, kept_bytes, at, age_s);
		at = kept_bytes;
	}
	return query->edns ? extension_put(out, at, query->dnssec, DNS_NO_ERROR) : at;
}

/* --- Answers ------------------------------------------------------------- */

/* RFC 2308, 5: the smaller of the SOA's own TTL and its last field. */
static uint32_t negative_ttl(const uint8_t *bytes, const struct record *soa)
{
	uint32_t minimum =
		soa->end - soa->fixed_at < RECORD_FIXED + 20 ? 0 : be32(bytes + soa->end - 4);
	uint32_t ttl_s = soa->ttl_s < minimum ? soa->ttl_s : minimum;

	return ttl_s < TTL_NEGATIVE_S ? ttl_s : TTL_NEGATIVE_S;
}

/* What a walk over all records finds. */
struct walk {
	uint32_t least_ttl_s, negative_ttl_s;
	bool has_soa;
	unsigned extended_code;
	size_t end;          /* of what is kept */
	unsigned additional; /* records of it that are kept */
};

static bool records_walk(const uint8_t *bytes, size_t length, size_t at, struct walk *walk)
{
	struct record record;

	*walk = (struct walk){ .least_ttl_s = TTL_MAX_S, .end = at };
	for (unsigned section = ANSWERS; section < SECTIONS; section++)
		for (unsigned i = 0; i < count_of(bytes, section); i++) {
			if (!record_next(bytes, length, &at, &record))
				return false;
			if (record.type == DNS_OPT) {
				walk->extended_code = record.ttl_s >> 24;
				return section == ADDITIONAL; /* what follows is not kept */
			}
			if (record.ttl_s < walk->least_ttl_s)
				walk->least_ttl_s = record.ttl_s;
			if (section == AUTHORITY && record.type == DNS_SOA) {
				walk->has_soa = true;
				walk->negative_ttl_s = negative_ttl(bytes, &record);
			}
			walk->additional += section == ADDITIONAL;
			walk->end = record.end;
		}
	return true;
}

static uint32_t ttl_of(const uint8_t *bytes, const struct dns_answer *answer,
		       const struct walk *walk)
{
	bool negative = answer->code == DNS_NO_NAME || count_of(bytes, ANSWERS) == 0;

	if (answer->truncated || (answer->code != DNS_NO_ERROR && answer->code != DNS_NO_NAME))
		return 0;
	if (negative)
		return !walk->has_soa                             ? 0
		       : walk->negative_ttl_s < walk->least_ttl_s ? walk->negative_ttl_s
								  : walk->least_ttl_s;
	return walk->least_ttl_s;
}

bool dns_answer_parse(uint8_t *bytes, size_t length, const struct dns_query *query, uint16_t id,
		      struct dns_answer *answer)
{
	static struct dns_query said;
	struct walk walk;

	if (length < DNS_HEADER_BYTES || be16(bytes + AT_ID) != id)
		return false;
	unsigned flags = be16(bytes + AT_FLAGS);
	if (!(flags & FLAG_ANSWER) || OPCODE(flags) != 0 || count_of(bytes, 0) != 1 ||
	    !question_take(bytes, length, &said) || !dns_query_same(&said, query))
		return false;
	*answer = (struct dns_answer){ .code = flags & CODE_MASK,
				       .truncated = flags & FLAG_TRUNCATED };
	bool whole = records_walk(bytes, length, DNS_HEADER_BYTES + said.name_bytes + 4u, &walk);
	if (!whole && !answer->truncated)
		return false;
	if (walk.extended_code != 0)
		answer->code = DNS_SERVER_FAILURE;
	answer->ttl_s = whole ? ttl_of(bytes, answer, &walk) : 0;
	answer->bytes = walk.end;
	be16_put(bytes + AT_ADDITIONAL, walk.additional);
	if (answer->truncated) { /* its records are no whole: none is passed on */
		answer->bytes = DNS_HEADER_BYTES + said.name_bytes + 4u;
		memset(bytes + AT_COUNTS + 2, 0, 2 * (SECTIONS - 1));
	}
	return true;
}
