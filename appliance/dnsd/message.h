/*
 * DNS messages (RFC 1035, 4; EDNS RFC 6891): what a client asks, what an upstream
 * answers, and what the client is told. Pure. Nothing of the wire is trusted:
 * every length is checked, compression pointers are never followed, because no
 * name but the question's matters here, and that one may not be compressed.
 *
 * An answer is kept without its OPT record, as header, question and records.
 */
#ifndef DNSD_MESSAGE_H
#define DNSD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_HEADER_BYTES   12u
#define DNS_NAME_BYTES     255u
#define DNS_QUESTION_BYTES (DNS_NAME_BYTES + 4u)
#define DNS_PLAIN_BYTES    512u  /* RFC 1035, 4.2.1 */
#define DNS_UDP_BYTES      1232u /* what fits any path unfragmented: DNS flag day 2020 */
#define DNS_OPT_BYTES      11u
#define DNS_QUERY_BYTES    (DNS_HEADER_BYTES + DNS_QUESTION_BYTES + DNS_OPT_BYTES)

enum dns_type { DNS_A = 1, DNS_SOA = 6, DNS_PTR = 12, DNS_AAAA = 28, DNS_OPT = 41, DNS_ANY = 255 };

enum dns_code { /* RFC 1035, 4.1.1; RFC 6891, 9 */
		DNS_NO_ERROR = 0,
		DNS_FORMAT_ERROR = 1,
		DNS_SERVER_FAILURE = 2,
		DNS_NO_NAME = 3,
		DNS_NOT_IMPLEMENTED = 4,
		DNS_REFUSED = 5,
		DNS_BAD_VERSION = 16,
};

struct dns_query {
	uint16_t id;
	uint16_t type, class;
	uint16_t room_bytes;          /* of a reply by UDP, DNS_PLAIN_BYTES to DNS_UDP_BYTES */
	bool edns, dnssec, unchecked; /* has OPT; its DO bit; the CD bit */
	uint16_t name_bytes;          /* of the question: with the root's zero */
	uint8_t question[DNS_QUESTION_BYTES]; /* name, type, class as the client wrote them */
};

struct dns_answer {
	uint8_t code; /* enum dns_code, at most 15 */
	bool truncated;
	uint32_t ttl_s; /* for how long all of it holds; 0: not to be kept */
	size_t bytes;   /* of the message without OPT and what follows it */
};

/*
 * DNS_NO_ERROR, or the code to answer with. False: not to be answered at all
 * (too short, or itself an answer).
 */
bool dns_query_parse(const uint8_t *bytes, size_t length, struct dns_query *query,
		     enum dns_code *code);
/* The same question: case does not matter (RFC 4343). */
bool dns_query_same(const struct dns_query *a, const struct dns_query *b);

/* What the upstream is asked, with recursion; returns its length. */
size_t dns_query_build(const struct dns_query *query, uint16_t id, bool edns,
		       uint8_t out[DNS_QUERY_BYTES]);
/*
 * Is it the answer to `query` asked as `id`? Then takes its OPT out, in place.
 * An answer with an extended code counts as DNS_SERVER_FAILURE.
 */
bool dns_answer_parse(uint8_t *bytes, size_t length, const struct dns_query *query, uint16_t id,
		      struct dns_answer *answer);

/*
 * What the client is told: the kept answer, `age_s` old. Does it not fit in
 * room_bytes, the question alone, truncated. Returns its length.
 */
size_t dns_reply_build(const struct dns_query *query, const uint8_t *kept, size_t kept_bytes,
		       uint32_t age_s, uint8_t *out, size_t room_bytes);
/* No records, only a code. At most DNS_QUERY_BYTES. */
size_t dns_error_build(const struct dns_query *query, enum dns_code code, uint8_t *out);
/* One record of ours; data NULL: none. At most DNS_PLAIN_BYTES. */
size_t dns_own_build(const struct dns_query *query, enum dns_code code, const uint8_t *data,
		     size_t data_bytes, uint32_t ttl_s, uint8_t *out);

#endif
