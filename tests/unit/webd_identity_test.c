/* When the console's certificate is made, and of what: the clock, names in force, damage. */
#include "appliance/webd/identity.h"
#include "appliance/webd/keep.h"
#include "appliance/webd/tls.h"
#include "appliance/webd/webd.h"
#include "services/runtime/crc32.h"
#include "services/runtime/service.h"
#include "services/runtime/tls_port.h"
#include "tests/unit/unit.h"
#include "tests/unit/webd_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HOME     0xc0a80101u
#define NOW_S    INT64_C(1795265184)
#define US_PER_S 1000000

static struct state kept;
static struct clock_page page;
static unsigned saved, served;
static bool server_refuses; /* once */
static char logged[LOG_TEXT_BYTES];

int tls_port_random(void *context, unsigned char *bytes, size_t count)
{
	return webd_random(context, bytes, count);
}

bool tls_server_set(const struct certificate_record *record)
{
	mbedtls_x509_crt certificate;
	mbedtls_pk_context key;

	mbedtls_x509_crt_init(&certificate);
	mbedtls_pk_init(&key);
	bool set = !server_refuses && certificate_load(record, &certificate, &key, webd_random);
	mbedtls_x509_crt_free(&certificate);
	mbedtls_pk_free(&key);
	server_refuses = false;
	served += set;
	return set;
}

void keep_save(enum keep_record record)
{
	assert_int_equal(record, KEEP_CERTIFICATE);
	saved++;
}

void webd_state_save(void)
{
}

void log_at(enum log_level level, const char *format, ...)
{
	va_list arguments;

	(void)level;
	va_start(arguments, format);
	vsnprintf(logged, sizeof(logged), format, arguments);
	va_end(arguments);
}

void service_panic(const char *format, ...)
{
	fail_msg("%s", format);
	__builtin_trap();
}

/* The time service says that it is that time; 0: that it does not know. */
static void clock_set(int64_t unix_s)
{
	page = (struct clock_page){ .version = CLOCK_PAGE_VERSION,
				    .source = unix_s == 0 ? CLOCK_NONE : CLOCK_CMOS };
	if (unix_s != 0)
		page.offset_us = unix_s * US_PER_S - (int64_t)world.now_us;
	page.crc32 = crc32_of(&page.version, sizeof(page) - offsetof(struct clock_page, version));
	world.clock = &page;
}

/* A machine that has just booted for the first time. */
static int machine_new(void **state)
{
	(void)state;
	webd_world_new();
	memset(&kept, 0, sizeof(kept));
	saved = served = 0;
	logged[0] = '\0';
	world.now_us = 300000;
	world.netconf.lan.address = HOME;
	strcpy(world.netconf.dns.domain, "lan");
	clock_set(NOW_S);
	identity_init(&kept);
	return 0;
}

/* Turns until it waits, or is ready. */
static enum identity turns(void)
{
	for (unsigned turn = 0; turn < 10; turn++) {
		enum identity identity = identity_work();
		if (identity != IDENTITY_GOES_ON)
			return identity;
	}
	fail_msg("it does not come to an end");
	return IDENTITY_GOES_ON;
}

static bool is_dated(void)
{
	return kept.certificate.validity.last_s < VALIDITY_LAST_S;
}

/* The clock is looked at once a second. */
static bool is_due_later(void)
{
	world.now_us += 2 * US_PER_S;
	return identity_is_due();
}

static void the_first_one_is_made_in_pieces_and_kept(void **state)
{
	(void)state;
	for (unsigned piece = 0; piece < 4; piece++) { /* begun, authority, certificate, CRL */
		assert_int_equal(kept.has_certificate, 0);
		assert_int_equal(identity_work(), IDENTITY_GOES_ON);
	}
	assert_int_equal(kept.has_certificate, 1);
	assert_int_equal(saved, 1);
	assert_string_equal(logged,
			    "made an authority and a certificate, good until 2027-12-22T12:46:23Z");
	assert_null(world.certificate);
	assert_int_equal(identity_work(), IDENTITY_READY);
	assert_int_equal(served, 1);
	assert_ptr_equal(world.certificate, &kept.certificate);
	assert_false(is_due_later());
}

static void the_first_one_waits_for_the_clock_but_not_for_ever(void **state)
{
	(void)state;
	clock_set(0);
	assert_int_equal(turns(), IDENTITY_WAITS);
	world.now_us = IDENTITY_CLOCK_US - 1;
	assert_int_equal(turns(), IDENTITY_WAITS);
	world.now_us = IDENTITY_CLOCK_US;
	assert_int_equal(turns(), IDENTITY_READY);
	assert_false(is_dated());
}

static void it_does_not_wait_once_the_time_is_known(void **state)
{
	(void)state;
	clock_set(0);
	assert_int_equal(turns(), IDENTITY_WAITS);
	clock_set(NOW_S);
	assert_int_equal(turns(), IDENTITY_READY);
	assert_true(is_dated());
}

static void without_a_time_service_nobody_waits(void **state)
{
	(void)state;
	world.clock = NULL;
	assert_int_equal(turns(), IDENTITY_READY);
	assert_false(is_dated());
	assert_false(is_due_later());
}

static void an_undated_one_is_replaced_when_the_time_is_known(void **state)
{
	(void)state;
	world.now_us = IDENTITY_CLOCK_US;
	clock_set(0);
	assert_int_equal(turns(), IDENTITY_READY);
	const struct authority_record before = kept.certificate.authority;
	assert_false(is_due_later());
	clock_set(NOW_S);
	assert_true(is_due_later());
	assert_int_equal(turns(), IDENTITY_READY);
	assert_true(is_dated());
	assert_memory_equal(&kept.certificate.authority, &before, sizeof(before));
	assert_int_equal(saved, 2);
	assert_false(is_due_later());
}

static void it_is_renewed_a_month_before_its_end(void **state)
{
	(void)state;
	assert_int_equal(turns(), IDENTITY_READY);
	clock_set(kept.certificate.validity.last_s - 31 * VALIDITY_DAY_S);
	assert_false(is_due_later());
	clock_set(kept.certificate.validity.last_s - 29 * VALIDITY_DAY_S);
	assert_true(is_due_later());
	assert_int_equal(turns(), IDENTITY_READY);
	assert_non_null(strstr(logged, "made a certificate, good until 2028-"));
}

static void another_address_or_name_is_due_at_once(void **state)
{
	(void)state;
	assert_int_equal(turns(), IDENTITY_READY);
	assert_false(identity_is_due());
	world.netconf.lan.address++;
	assert_true(identity_is_due());
	world.netconf.lan.address--;
	strcpy(world.netconf.hostname, "gate");
	assert_true(identity_is_due());
	strcpy(world.netconf.hostname, "router");
	strcpy(world.netconf.dns.domain, "home");
	assert_true(identity_is_due());
	assert_int_equal(turns(), IDENTITY_READY);
	assert_false(identity_is_due());
}

static void a_next_life_takes_what_is_there(void **state)
{
	(void)state;
	assert_int_equal(turns(), IDENTITY_READY);
	identity_init(&kept);
	world.certificate = NULL;
	assert_int_equal(identity_work(), IDENTITY_READY);
	assert_int_equal(saved, 1);
	assert_non_null(world.certificate);
}

static void a_damaged_one_is_replaced_and_the_authority_stays(void **state)
{
	(void)state;
	assert_int_equal(turns(), IDENTITY_READY);
	const struct authority_record before = kept.certificate.authority;
	server_refuses = true;
	assert_int_equal(turns(), IDENTITY_READY);
	assert_int_equal(saved, 2);
	assert_memory_equal(&kept.certificate.authority, &before, sizeof(before));
}

#define TEST(name) cmocka_unit_test_setup(name, machine_new)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_one_is_made_in_pieces_and_kept),
		TEST(the_first_one_waits_for_the_clock_but_not_for_ever),
		TEST(it_does_not_wait_once_the_time_is_known),
		TEST(without_a_time_service_nobody_waits),
		TEST(an_undated_one_is_replaced_when_the_time_is_known),
		TEST(it_is_renewed_a_month_before_its_end),
		TEST(another_address_or_name_is_due_at_once),
		TEST(a_next_life_takes_what_is_there),
		TEST(a_damaged_one_is_replaced_and_the_authority_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
