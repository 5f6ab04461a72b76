/* A name server's answer may be anything; and any text may be asked for as a name. */
#include "services/runtime/dnsname.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t query[DNSNAME_QUERY_BYTES], answer[DNSNAME_ANSWER_BYTES];
	uint32_t addresses[DNSNAME_ADDRESSES_MAX], address;
	char name[300] = "";
	unsigned count;

	size_t name_bytes = size > 0 ? bytes[0] : 0;
	if (name_bytes >= size)
		return 0;
	memcpy(name, bytes + 1, name_bytes);
	(void)dnsname_is_address(name, &address);
	size_t query_bytes = dnsname_query_build(name, 0x1234, query);
	if (query_bytes > DNSNAME_QUERY_BYTES)
		abort();
	if (query_bytes == 0)
		return 0;
	size_t rest = size - 1 - name_bytes;
	memcpy(answer, query, query_bytes);
	answer[2] |= 0x80;
	if (rest > sizeof(answer) - query_bytes)
		rest = sizeof(answer) - query_bytes;
	memcpy(answer + query_bytes, bytes + 1 + name_bytes, rest);
	answer[7] = 3;
	uint8_t *exact = malloc(query_bytes + rest); /* so that a byte too far is noticed */
	memcpy(exact, answer, query_bytes + rest);
	enum dnsname_outcome outcome = dnsname_answer_parse(exact, query_bytes + rest, query,
							    query_bytes, addresses, &count);
	free(exact);
	if (count > DNSNAME_ADDRESSES_MAX || (outcome == DNSNAME_FOUND) != (count != 0))
		abort();
	return 0;
}
