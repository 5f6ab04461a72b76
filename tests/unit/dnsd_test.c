/* Names for the LAN: messages, cache and local names of appliance/dnsd/. */
#include "appliance/dnsd/cache.h"
#include "appliance/dnsd/names.h"
#include "appliance/dnsd/upstreams.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct dns_query query;
static struct dns_answer answer;
static struct cache cache;
static struct names names;
static struct netconf conf;
static uint8_t out[2048];

/* --- Making messages ------------------------------------------------------- */

struct bytes {
	size_t count;
	uint8_t at[2048];
};

static void put(struct bytes *b, const void *from, size_t count)
{
	memcpy(b->at + b->count, from, count);
	b->count += count;
}

static void put16(struct bytes *b, unsigned value)
{
	put(b, (uint8_t[]){ (uint8_t)(value >> 8), (uint8_t)value }, 2);
}

static void put_name(struct bytes *b, const char *name)
{
	while (*name != 0) {
		const char *dot = strchr(name, '.');
		size_t length = dot == NULL ? strlen(name) : (size_t)(dot - name);
		put(b, (uint8_t[]){ (uint8_t)length }, 1);
		put(b, name, length);
		name += length + (dot != NULL);
	}
	put(b, "", 1);
}

static struct bytes head(unsigned id, unsigned flags, const char *name, unsigned type)
{
	struct bytes b = { 0 };

	put16(&b, id);
	put16(&b, flags);
	put16(&b, 1);
	put(&b, (uint8_t[6]){ 0 }, 6);
	put_name(&b, name);
	put16(&b, type);
	put16(&b, 1);
	return b;
}

static void put_record(struct bytes *b, unsigned section, unsigned type, unsigned class,
		       uint32_t ttl_s, const void *data, unsigned length)
{
	b->at[5 + 2 * section]++;
	if (type == DNS_OPT)
		put(b, "", 1);
	else
		put16(b, 0xc00c);
	put16(b, type);
	put16(b, class);
	put16(b, ttl_s >> 16);
	put16(b, ttl_s & 0xffff);
	put16(b, length);
	put(b, data, length);
}

static void asked(const char *name, unsigned type)
{
	struct bytes b = head(0x1234, 0x0100, name, type);
	enum dns_code code;

	assert_true(dns_query_parse(b.at, b.count, &query, &code));
	assert_int_equal(code, DNS_NO_ERROR);
}

static uint32_t word_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int world_new(void **state)
{
	(void)state;
	memset(&cache, 0, sizeof(cache));
	memset(&names, 0, sizeof(names));
	memset(&conf, 0, sizeof(conf));
	conf.lan = (struct netconf_interface){ 0xc0a80101, 24 };
	strcpy(conf.dns.domain, "lan");
	return 0;
}

/* --- Queries --------------------------------------------------------------- */

static void a_query_is_understood_with_its_extension(void **state)
{
	struct bytes b = head(0x1234, 0x0110, "www.example", DNS_A);
	enum dns_code code;

	(void)state;
	put_record(&b, 3, DNS_OPT, 4096, 0x8000, "", 0);
	assert_true(dns_query_parse(b.at, b.count, &query, &code));
	assert_int_equal(code, DNS_NO_ERROR);
	assert_int_equal(query.id, 0x1234);
	assert_int_equal(query.type, DNS_A);
	assert_int_equal(query.name_bytes, 13);
	assert_int_equal(query.room_bytes, DNS_UDP_BYTES);
	assert_true(query.edns && query.dnssec && query.unchecked);
}

static void what_is_no_query_gets_its_code_or_nothing(void **state)
{
	struct bytes b = head(1, 0x0100, "www.example", DNS_A);
	enum dns_code code;

	(void)state;
	for (size_t cut = 0; cut < b.count; cut++)
		assert_true(!dns_query_parse(b.at, cut, &query, &code) || code == DNS_FORMAT_ERROR);
	b.at[12] = 0xc0; /* a pointer in the question */
	assert_true(dns_query_parse(b.at, b.count, &query, &code));
	assert_int_equal(code, DNS_FORMAT_ERROR);
	b = head(1, 0x8100, "www.example", DNS_A);
	assert_false(dns_query_parse(b.at, b.count, &query, &code));
	b = head(1, 0x2800, "www.example", DNS_A); /* an update */
	assert_true(dns_query_parse(b.at, b.count, &query, &code));
	assert_int_equal(code, DNS_NOT_IMPLEMENTED);
	b = head(1, 0x0100, "www.example", DNS_A);
	put_record(&b, 3, DNS_OPT, 512, 0x10000, "", 0);
	assert_true(dns_query_parse(b.at, b.count, &query, &code));
	assert_int_equal(code, DNS_BAD_VERSION);
	size_t bytes = dns_error_build(&query, code, out);
	assert_int_equal(out[3] & 15, 0);
	assert_int_equal(out[bytes - 6], 1); /* the upper part of 16 */
}

/* --- Answers --------------------------------------------------------------- */

static struct bytes good_answer(unsigned id, uint32_t ttl_s)
{
	struct bytes b = head(id, 0x8180, "WWW.example", DNS_A);

	put_record(&b, 1, DNS_A, 1, ttl_s, "\1\2\3\4", 4);
	put_record(&b, 3, DNS_OPT, 1232, 0, "", 0);
	return b;
}

static void only_the_answer_to_the_question_is_taken(void **state)
{
	struct bytes b = good_answer(7, 300);

	(void)state;
	asked("www.example", DNS_A);
	assert_false(dns_answer_parse(b.at, b.count, &query, 8, &answer));
	for (size_t cut = 0; cut < b.count; cut++)
		assert_false(dns_answer_parse(b.at, cut, &query, 7, &answer));
	assert_true(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	assert_int_equal(answer.ttl_s, 300);
	assert_int_equal(answer.bytes, b.count - DNS_OPT_BYTES);
	asked("www.example", DNS_AAAA);
	b = good_answer(7, 300);
	assert_false(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	asked("ww2.example", DNS_A);
	assert_false(dns_answer_parse(b.at, b.count, &query, 7, &answer));
}

static void a_reply_ages_and_is_written_as_the_client_asked(void **state)
{
	struct bytes b = good_answer(7, 300);

	(void)state;
	asked("wWw.example", DNS_A);
	assert_true(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	size_t bytes = dns_reply_build(&query, b.at, answer.bytes, 100, out, DNS_PLAIN_BYTES);
	assert_int_equal(bytes, answer.bytes);
	assert_int_equal(out[0] << 8 | out[1], 0x1234);
	assert_memory_equal(out + 13, "wWw", 3);
	assert_int_equal(word_at(out + bytes - 10), 200);
	assert_int_equal(out[11], 0);
	bytes = dns_reply_build(&query, b.at, answer.bytes, 100, out, answer.bytes - 1);
	assert_int_equal(bytes, DNS_HEADER_BYTES + query.name_bytes + 4u);
	assert_int_equal(out[2] & 2, 2);
	assert_int_equal(out[7], 0);
}

static void that_there_is_nothing_holds_as_long_as_the_soa_says(void **state)
{
	uint8_t soa[22] = { 0 };
	struct bytes b = head(7, 0x8183, "none.example", DNS_A);

	(void)state;
	soa[21] = 60;
	asked("none.example", DNS_A);
	put_record(&b, 2, DNS_SOA, 1, 300, soa, sizeof(soa));
	assert_true(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	assert_int_equal(answer.code, DNS_NO_NAME);
	assert_int_equal(answer.ttl_s, 60);
	b = head(7, 0x8183, "none.example", DNS_A);
	assert_true(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	assert_int_equal(answer.ttl_s, 0);
	b = head(7, 0x8182, "none.example", DNS_A);
	assert_true(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	assert_int_equal(answer.ttl_s, 0);
}

/* --- Cache ----------------------------------------------------------------- */

static void keep(const char *name, uint32_t ttl_s, uint64_t now_s)
{
	struct bytes b = head(7, 0x8180, name, DNS_A);

	put_record(&b, 1, DNS_A, 1, ttl_s, "\1\2\3\4", 4);
	asked(name, DNS_A);
	assert_true(dns_answer_parse(b.at, b.count, &query, 7, &answer));
	cache_keep(&cache, &query, b.at, &answer, now_s);
}

static void an_answer_is_known_until_its_time_is_over(void **state)
{
	(void)state;
	keep("www.example", 300, 1000);
	asked("WWW.EXAMPLE", DNS_A);
	assert_non_null(cache_find(&cache, &query, 1299));
	assert_null(cache_find(&cache, &query, 1300));
	query.dnssec = true;
	assert_null(cache_find(&cache, &query, 1000));
	asked("www.example", DNS_AAAA);
	assert_null(cache_find(&cache, &query, 1000));
	keep("zero.example", 0, 1000);
	assert_null(cache_find(&cache, &query, 1000));
}

static void a_full_cache_forgets_what_was_used_longest_ago(void **state)
{
	char name[32];

	(void)state;
	for (unsigned i = 0; i < CACHE_ENTRIES; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		keep(name, 300, 1000);
	}
	asked("n0.example", DNS_A);
	assert_non_null(cache_find(&cache, &query, 1001));
	keep("one-more.example", 300, 1001);
	asked("n0.example", DNS_A);
	assert_non_null(cache_find(&cache, &query, 1001));
	asked("n1.example", DNS_A);
	assert_null(cache_find(&cache, &query, 1001));
}

/* --- The LAN's own names --------------------------------------------------- */

static void lease(unsigned number, const char *name, uint32_t address, uint64_t until_s)
{
	struct lease_record record = { .version = LEASE_VERSION, .state = LEASE_BOUND };
	char entry[32];

	record.address = address;
	record.expires_s = until_s;
	record.name_bytes = (uint8_t)strlen(name);
	memcpy(record.name, name, record.name_bytes);
	snprintf(entry, sizeof(entry), "lease.%u", number);
	names_take(&names, entry, &record, sizeof(record));
}

static size_t answered(const char *name, unsigned type)
{
	asked(name, type);
	return names_answer(&names, &conf, 1000, &query, out);
}

static void assert_address(const char *name, uint32_t address)
{
	size_t bytes = answered(name, DNS_A);

	assert_true(bytes > 0);
	assert_int_equal(out[3] & 15, 0);
	assert_int_equal(out[7], 1);
	assert_int_equal(word_at(out + bytes - 4), address);
}

static void assert_no_name(const char *name, unsigned type)
{
	assert_true(answered(name, type) > 0);
	assert_int_equal(out[3] & 15, DNS_NO_NAME);
}

static void leases_have_names_at_once_and_lose_them(void **state)
{
	(void)state;
	assert_no_name("laptop.lan", DNS_A);
	lease(3, "laptop", 0xc0a80165, 2000);
	assert_address("Laptop.LAN", 0xc0a80165);
	assert_address("laptop", 0xc0a80165);
	assert_true(answered("laptop.lan", DNS_AAAA) > 0);
	assert_int_equal(out[3] & 15, 0);
	assert_int_equal(out[7], 0);
	size_t bytes = answered("101.1.168.192.in-addr.arpa", DNS_PTR);
	assert_memory_equal(out + bytes - 12, "\6laptop\3lan", 12);
	lease(3, "laptop", 0xc0a80165, 1000);
	assert_no_name("laptop.lan", DNS_A);
	lease(3, "laptop", 0xc0a80165, 2000);
	names_take(&names, "lease.3", NULL, 0);
	assert_no_name("laptop.lan", DNS_A);
}

static void the_lan_is_never_asked_for_outside_and_the_rest_is(void **state)
{
	(void)state;
	assert_address("router.lan", 0xc0a80101);
	assert_no_name("a.b.lan", DNS_A);
	assert_no_name("a.b.c.d.e.f.lan", DNS_A);
	assert_no_name("9.1.168.192.in-addr.arpa", DNS_PTR);
	assert_int_equal(answered("9.2.168.192.in-addr.arpa", DNS_PTR), 0);
	assert_int_equal(answered("www.example", DNS_A), 0);
	assert_int_equal(answered("com", 2), 0);
	assert_int_equal(answered("", 2), 0);
}

static void senseless_leases_have_no_name(void **state)
{
	uint8_t noise[sizeof(struct lease_record)];

	(void)state;
	memset(noise, 0xff, sizeof(noise));
	names_take(&names, "lease.0", noise, sizeof(noise));
	names_take(&names, "lease.128", noise, sizeof(noise));
	names_take(&names, "lease.", noise, sizeof(noise));
	names_take(&names, "other", noise, sizeof(noise));
	names_take(&names, "lease.99999999999", noise, sizeof(noise));
	for (unsigned i = 0; i < LEASES_MAX; i++)
		assert_int_equal(names.leases[i].name_bytes, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, world_new)

static void the_configurations_upstreams_come_before_the_leases(void **state)
{
	static struct netconf wanted = { .wan_mode = WAN_DHCP };
	struct wan_lease lease = { .state = WAN_LEASE_BOUND,
				   .address = 0xcb007164,
				   .gateway = 0xcb007101,
				   .dns_count = 3,
				   .dns = { 0, 0xcb007135, 0x7f000001 },
				   .expires_us = 100 };

	(void)state;
	struct upstreams got = upstreams_of(&wanted, &lease, 99);
	assert_int_equal(got.count, 1); /* no host has the others */
	assert_int_equal(got.addresses[0], 0xcb007135);
	assert_int_equal(upstreams_of(&wanted, &lease, 100).count, 0); /* expired */
	lease.dns_count = 0;
	assert_int_equal(upstreams_of(&wanted, &lease, 0).addresses[0], 0xcb007101);
	wanted.wan_mode = WAN_STATIC;
	assert_int_equal(upstreams_of(&wanted, &lease, 0).count, 0);
	wanted.wan_mode = WAN_DHCP;
	wanted.dns.upstream_count = 2;
	wanted.dns.upstreams[0] = 0x01010101;
	wanted.dns.upstreams[1] = 0x09090909;
	got = upstreams_of(&wanted, &lease, 0);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.addresses[1], 0x09090909);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_query_is_understood_with_its_extension),
		TEST(what_is_no_query_gets_its_code_or_nothing),
		TEST(only_the_answer_to_the_question_is_taken),
		TEST(a_reply_ages_and_is_written_as_the_client_asked),
		TEST(that_there_is_nothing_holds_as_long_as_the_soa_says),
		TEST(an_answer_is_known_until_its_time_is_over),
		TEST(a_full_cache_forgets_what_was_used_longest_ago),
		TEST(leases_have_names_at_once_and_lose_them),
		TEST(the_lan_is_never_asked_for_outside_and_the_rest_is),
		TEST(the_configurations_upstreams_come_before_the_leases),
		TEST(senseless_leases_have_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
