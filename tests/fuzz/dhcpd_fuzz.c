/*
 * Series of DHCP messages: whatever is said, no address is two clients' at once,
 * what is given lies in the pool, and every reply is well-formed. Each message
 * stands behind a byte of its length in units of 4 and a byte of seconds passed.
 */
#include "appliance/dhcpd/server.h"

#include <assert.h>
#include <string.h>

#define OWN   0xc0a80101u
#define FIRST 0xc0a80164u
#define POOL  8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool keeper_put(unsigned number, const struct lease_record *record)
{
	assert(number < LEASES_MAX && record->name_bytes <= LEASE_NAME_MAX);
	return true;
}

static enum status keeper_get(unsigned number, struct lease_record *record)
{
	(void)number;
	(void)record;
	return E_ABSENT;
}

static void leases_check(const struct leases *leases)
{
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		const struct lease_record *lease = &leases->entries[i];
		if (lease->state == LEASE_FREE)
			continue;
		assert(lease->address - FIRST < POOL);
		for (unsigned j = 0; j < i; j++)
			assert(leases->entries[j].state == LEASE_FREE ||
			       leases->entries[j].address != lease->address);
	}
}

static void answer_check(const struct dhcp_answer *answer)
{
	size_t at = 240;

	assert(answer->bytes >= 300 && answer->bytes <= DHCP_REPLY_BYTES);
	while (answer->message[at] != 255) {
		at += 2u + answer->message[at + 1];
		assert(at < answer->bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const struct lease_keeper keeper = { keeper_put, keeper_get };
	static struct dhcp_server server;
	static struct netconf conf;
	struct dhcp_answer answer;
	uint64_t now_s = 1;

	memset(&server, 0, sizeof(server));
	conf.lan = (struct netconf_interface){ OWN, 24 };
	conf.dhcp = (struct netconf_dhcp){
		.enabled = 1, .first = FIRST, .last = FIRST + POOL - 1, .lease_s = 600
	};
	server.conf = &conf;
	assert(leases_load(&server.leases, &keeper));
	while (bytes >= 2) {
		size_t length = data[0] * 4u < bytes - 2 ? data[0] * 4u : bytes - 2;
		now_s += data[1];
		if (dhcp_server_handle(&server, data + 2, length, now_s, &answer))
			answer_check(&answer);
		leases_check(&server.leases);
		data += 2 + length;
		bytes -= 2 + length;
	}
	return 0;
}
