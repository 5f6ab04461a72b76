/*
 * Any bytes as a query and as an upstream's answer to it: what is made of them
 * fits, and reads as a message again. The first byte says where the answer begins.
 */
#include "appliance/dnsd/cache.h"
#include "appliance/dnsd/names.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void reply_check(const struct dns_query *query, const uint8_t *reply, size_t length)
{
	struct dns_answer again;
	uint8_t copy[4096];

	assert(length >= DNS_HEADER_BYTES && length <= sizeof(copy));
	memcpy(copy, reply, length);
	assert(dns_answer_parse(copy, length, query, query->id, &again));
}

static void answer_try(const struct dns_query *query, const uint8_t *data, size_t bytes)
{
	static struct cache cache;
	uint8_t message[2048], reply[2048 + DNS_OPT_BYTES + DNS_QUERY_BYTES];
	struct dns_answer answer;

	if (bytes > sizeof(message))
		return;
	/* The question is put in front, so that the records get their turn. */
	size_t head = dns_query_build(query, query->id, false, message);
	if (head + bytes > sizeof(message) || bytes < 6)
		return;
	message[2] |= 0x80;
	message[3] = data[0];
	memcpy(message + 6, data + 1, 5);
	message[6] = message[8] = message[10] = 0;
	memcpy(message + head, data + 6, bytes - 6);
	if (!dns_answer_parse(message, head + bytes - 6, query, query->id, &answer))
		return;
	cache_keep(&cache, query, message, &answer, 1);
	assert(answer.ttl_s <= 86400 && answer.bytes <= head + bytes);
	size_t length = dns_reply_build(query, message, answer.bytes, 7, reply, query->room_bytes);
	assert(length <= query->room_bytes ||
	       length <= DNS_HEADER_BYTES + query->name_bytes + 4u + DNS_OPT_BYTES);
	reply_check(query, reply, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct names names;
	static struct netconf conf;
	uint8_t out[DNS_PLAIN_BYTES];
	struct dns_query query;
	enum dns_code code;

	if (bytes < 1 || data[0] > bytes - 1)
		return 0;
	if (!dns_query_parse(data + 1, data[0], &query, &code))
		return 0;
	if (code != DNS_NO_ERROR) {
		assert(dns_error_build(&query, code, out) <= DNS_QUERY_BYTES);
		return 0;
	}
	conf.lan = (struct netconf_interface){ 0xc0a80101, 24 };
	memcpy(conf.dns.domain, "lan", 4);
	size_t own = names_answer(&names, &conf, 1, &query, out);
	if (own != 0)
		reply_check(&query, out, own);
	answer_try(&query, data + 1 + data[0], bytes - 1 - data[0]);
	return 0;
}
