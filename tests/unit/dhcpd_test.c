/* The DHCP server: what each kind of client gets, what nobody gets: appliance/dhcpd/. */
#include "appliance/dhcpd/server.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LAN      0xc0a80100u
#define OWN      (LAN | 1u)
#define FIRST    (LAN | 100u)
#define LAST     (LAN | 103u)
#define LEASE_S  3600u
#define START_S  1000u
#define ANOTHERS (LAN | 2u)

static struct dhcp_server server;
static struct netconf conf;
static struct dhcp_answer answer;
static uint64_t now_s;

/* --- A keeper that remembers, or refuses ---------------------------------- */

static struct lease_record kept[LEASES_MAX];
static bool is_kept[LEASES_MAX], keeper_refuses, keeper_is_silent;

static bool keeper_put(unsigned number, const struct lease_record *record)
{
	if (keeper_refuses)
		return false;
	kept[number] = *record;
	is_kept[number] = true;
	return true;
}

static enum status keeper_get(unsigned number, struct lease_record *record)
{
	if (keeper_is_silent)
		return E_TIMEOUT;
	if (!is_kept[number])
		return E_ABSENT;
	*record = kept[number];
	return OK;
}

static const struct lease_keeper keeper = { keeper_put, keeper_get };

static int world_new(void **state)
{
	(void)state;
	memset(&server, 0, sizeof(server));
	memset(&conf, 0, sizeof(conf));
	memset(kept, 0, sizeof(kept));
	memset(is_kept, 0, sizeof(is_kept));
	keeper_refuses = keeper_is_silent = false;
	now_s = START_S;
	conf.lan = (struct netconf_interface){ OWN, 24 };
	conf.dhcp = (struct netconf_dhcp){
		.enabled = 1, .first = FIRST, .last = LAST, .lease_s = LEASE_S
	};
	strcpy(conf.dns.domain, "lan");
	server.conf = &conf;
	assert_true(leases_load(&server.leases, &keeper));
	return 0;
}

/* --- Clients --------------------------------------------------------------- */

struct ask {
	uint8_t type, station;
	uint32_t have, wish, to; /* ciaddr, options 50 and 54 */
	const char *name;
	uint8_t id; /* 0: none */
	uint32_t relay;
	uint16_t flags;
};

static void word_put(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t word_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint8_t *option(uint8_t *at, uint8_t code, const void *value, size_t length)
{
	*at++ = code;
	*at++ = (uint8_t)length;
	memcpy(at, value, length);
	return at + length;
}

static uint8_t *word_option(uint8_t *at, uint8_t code, uint32_t value)
{
	uint8_t bytes[4];

	word_put(bytes, value);
	return value == 0 ? at : option(at, code, bytes, 4);
}

static size_t message_make(const struct ask *ask, uint8_t *out)
{
	uint8_t *at = out + 240;

	memset(out, 0, 576);
	out[0] = out[1] = 1;
	out[2] = 6;
	word_put(out + 4, 0xabcd0000u + ask->station);
	out[10] = (uint8_t)(ask->flags >> 8);
	word_put(out + 12, ask->have);
	word_put(out + 24, ask->relay);
	out[28] = 2;
	out[33] = ask->station;
	word_put(out + 236, 0x63825363);
	at = option(at, 53, &ask->type, 1);
	at = word_option(at, 50, ask->wish);
	at = word_option(at, 54, ask->to);
	if (ask->name != NULL)
		at = option(at, 12, ask->name, strlen(ask->name));
	if (ask->id != 0)
		at = option(at, 61, (uint8_t[]){ 0xff, ask->id }, 2);
	*at++ = 255;
	return (size_t)(at - out);
}

static bool tell(struct ask ask)
{
	uint8_t bytes[576];

	return dhcp_server_handle(&server, bytes, message_make(&ask, bytes), now_s, &answer);
}

static const uint8_t *answer_option(uint8_t code)
{
	for (size_t at = 240; at < answer.bytes && answer.message[at] != 255;
	     at += 2u + answer.message[at + 1])
		if (answer.message[at] == code)
			return &answer.message[at + 2];
	return NULL;
}

static uint8_t answer_type(void)
{
	return answer_option(53)[0];
}

static uint32_t answer_address(void)
{
	return word_at(answer.message + 16);
}

/* DISCOVER and REQUEST as a new client does; the address it then has, 0 if none. */
static uint32_t lease_get(struct ask ask)
{
	ask.type = DHCP_DISCOVER;
	if (!tell(ask))
		return 0;
	assert_int_equal(answer_type(), DHCP_OFFER);
	ask.wish = answer_address();
	ask.to = OWN;
	ask.type = DHCP_REQUEST;
	if (!tell(ask))
		return 0;
	assert_int_equal(answer_type(), DHCP_ACK);
	assert_int_equal(answer_address(), ask.wish);
	return ask.wish;
}

static void server_restart(void)
{
	memset(&server.leases, 0xee, sizeof(server.leases));
	assert_true(leases_load(&server.leases, &keeper));
}

/* --- Promises -------------------------------------------------------------- */

static void a_client_gets_address_mask_router_names_and_times(void **state)
{
	(void)state;
	assert_int_equal(lease_get((struct ask){ .station = 1 }), FIRST);
	assert_int_equal(answer.to, 0);
	assert_int_equal(word_at(answer.message + 4), 0xabcd0001);
	assert_int_equal(word_at(answer_option(1)), 0xffffff00);
	assert_int_equal(word_at(answer_option(3)), OWN);
	assert_int_equal(word_at(answer_option(6)), OWN);
	assert_int_equal(word_at(answer_option(28)), LAN | 255u);
	assert_int_equal(word_at(answer_option(51)), LEASE_S);
	assert_int_equal(word_at(answer_option(54)), OWN);
	assert_int_equal(word_at(answer_option(58)), LEASE_S / 2);
	assert_int_equal(word_at(answer_option(59)), LEASE_S * 7 / 8);
	assert_memory_equal(answer_option(15), "lan", 3);
	assert_in_range(answer.bytes, 300, DHCP_REPLY_BYTES);
}

static void the_broadcast_flag_and_the_client_id_come_back(void **state)
{
	(void)state;
	assert_true(tell(
		(struct ask){ .type = DHCP_DISCOVER, .station = 1, .flags = 0x8000, .id = 7 }));
	assert_int_equal(answer.message[10], 0x80);
	assert_int_equal(answer_option(61)[1], 7);
}

static void clients_get_different_addresses_until_the_pool_is_empty(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < 4; i++)
		assert_int_equal(lease_get((struct ask){ .station = (uint8_t)(i + 1) }), FIRST + i);
	assert_int_equal(lease_get((struct ask){ .station = 9 }), 0);
	assert_int_equal(server.outcomes[DHCP_FULL], 1);
	now_s += LEASE_S; /* all have run out: the oldest address is given again */
	assert_int_equal(lease_get((struct ask){ .station = 9 }), FIRST);
}

static void a_client_that_comes_back_gets_what_it_had(void **state)
{
	(void)state;
	lease_get((struct ask){ .station = 1 });
	assert_int_equal(lease_get((struct ask){ .station = 2 }), FIRST + 1);
	now_s += 2 * LEASE_S;
	assert_int_equal(lease_get((struct ask){ .station = 3 }), FIRST + 2);
	assert_int_equal(lease_get((struct ask){ .station = 2 }), FIRST + 1);
}

static void the_client_id_is_who_it_is_whatever_its_station(void **state)
{
	(void)state;
	uint32_t address = lease_get((struct ask){ .station = 1, .id = 5 });

	assert_int_equal(lease_get((struct ask){ .station = 2, .id = 5 }), address);
	assert_int_not_equal(lease_get((struct ask){ .station = 1, .id = 6 }), address);
}

static void a_wish_is_granted_if_nobody_else_has_it(void **state)
{
	(void)state;
	assert_int_equal(lease_get((struct ask){ .station = 1, .wish = LAST }), LAST);
	assert_int_equal(lease_get((struct ask){ .station = 2, .wish = LAST }), FIRST);
	assert_int_equal(lease_get((struct ask){ .station = 3, .wish = OWN }), FIRST + 1);
}

static void renewing_is_answered_to_the_client_and_lasts_anew(void **state)
{
	(void)state;
	lease_get((struct ask){ .station = 1 });
	now_s += LEASE_S - 1;
	assert_true(tell((struct ask){ .type = DHCP_REQUEST, .station = 1, .have = FIRST }));
	assert_int_equal(answer_type(), DHCP_ACK);
	assert_int_equal(answer.to, FIRST);
	assert_int_equal(word_at(answer.message + 12), FIRST);
	now_s += LEASE_S - 1;
	assert_int_equal(leases_count(&server.leases, now_s), 1);
}

static void nothing_is_sent_to_who_is_not_on_the_lan(void **state)
{
	(void)state;
	assert_true(tell((struct ask){ .type = DHCP_DISCOVER, .have = 0xcb007101 }));
	assert_int_equal(answer_type(), DHCP_OFFER);
	assert_int_equal(answer.to, 0);
}

static void after_its_reboot_a_client_is_confirmed_or_refused(void **state)
{
	(void)state;
	lease_get((struct ask){ .station = 1 });
	assert_true(tell((struct ask){ .type = DHCP_REQUEST, .station = 1, .wish = FIRST }));
	assert_int_equal(answer_type(), DHCP_ACK);
	assert_true(tell((struct ask){ .type = DHCP_REQUEST, .station = 2, .wish = FIRST }));
	assert_int_equal(answer_type(), DHCP_NAK);
	assert_int_equal(answer.to, 0);
	assert_int_equal(answer_address(), 0);
	assert_true(tell((struct ask){ .type = DHCP_REQUEST, .station = 2, .wish = 0x0a000005 }));
	assert_int_equal(answer_type(), DHCP_NAK);
}

static void who_chose_another_server_is_left_alone(void **state)
{
	(void)state;
	assert_true(tell((struct ask){ .type = DHCP_DISCOVER, .station = 1 }));
	assert_false(tell((struct ask){
		.type = DHCP_REQUEST, .station = 1, .wish = ANOTHERS, .to = ANOTHERS }));
	assert_int_equal(server.outcomes[DHCP_NOT_OURS], 1);
	assert_int_equal(lease_get((struct ask){ .station = 2 }), FIRST);
}

static void an_offer_is_held_only_for_a_while(void **state)
{
	(void)state;
	assert_true(tell((struct ask){ .type = DHCP_DISCOVER, .station = 1 }));
	assert_int_equal(lease_get((struct ask){ .station = 2 }), FIRST + 1);
	now_s += DHCP_OFFER_S;
	assert_int_equal(lease_get((struct ask){ .station = 3, .wish = FIRST }), FIRST);
}

static void a_released_address_is_free_for_others(void **state)
{
	(void)state;
	conf.dhcp.last = FIRST;
	lease_get((struct ask){ .station = 1 });
	tell((struct ask){ .type = DHCP_RELEASE, .station = 2, .have = FIRST, .to = OWN });
	assert_int_equal(lease_get((struct ask){ .station = 2 }), 0);
	tell((struct ask){ .type = DHCP_RELEASE, .station = 1, .have = FIRST, .to = OWN });
	assert_int_equal(lease_get((struct ask){ .station = 2 }), FIRST);
}

static void a_declined_address_rests_for_an_hour(void **state)
{
	(void)state;
	conf.dhcp.last = FIRST + 1;
	lease_get((struct ask){ .station = 1 });
	assert_false(
		tell((struct ask){ .type = DHCP_DECLINE, .station = 1, .wish = FIRST, .to = OWN }));
	assert_int_equal(lease_get((struct ask){ .station = 1, .wish = FIRST }), FIRST + 1);
	server_restart();
	assert_int_equal(lease_get((struct ask){ .station = 2 }), 0);
	now_s += DHCP_DECLINE_S;
	assert_int_equal(lease_get((struct ask){ .station = 2, .wish = FIRST }), FIRST);
}

static void nobody_declines_what_another_has(void **state)
{
	(void)state;
	lease_get((struct ask){ .station = 1 });
	tell((struct ask){ .type = DHCP_DECLINE, .station = 2, .wish = FIRST, .to = OWN });
	assert_int_equal(server.outcomes[DHCP_UNKNOWN], 1);
	assert_int_equal(leases_count(&server.leases, now_s), 1);
}

static void informing_gets_settings_without_a_lease(void **state)
{
	(void)state;
	assert_true(tell((struct ask){ .type = DHCP_INFORM, .station = 1, .have = LAN | 50u }));
	assert_int_equal(answer_type(), DHCP_ACK);
	assert_int_equal(answer.to, LAN | 50u);
	assert_int_equal(answer_address(), 0);
	assert_null(answer_option(51));
	assert_int_equal(word_at(answer_option(6)), OWN);
	assert_false(tell((struct ask){ .type = DHCP_INFORM, .station = 1, .have = 0x08080808 }));
}

static void a_reservation_is_its_stations_alone(void **state)
{
	(void)state;
	conf.dhcp.reservation_count = 1;
	conf.dhcp.reservations[0] = (struct netconf_reservation){ .address = LAN | 20u,
								  .mac = { 2, 0, 0, 0, 0, 5 },
								  .name = "printer" };
	assert_int_equal(
		lease_get((struct ask){ .station = 1, .wish = LAN | 20u, .name = "printer" }),
		FIRST);
	assert_string_equal(leases_of_address(&server.leases, FIRST)->name, "");
	assert_int_equal(lease_get((struct ask){ .station = 5, .name = "x" }), LAN | 20u);
	assert_string_equal(leases_of_address(&server.leases, LAN | 20u)->name, "printer");
}

static void names_are_labels_and_of_one_client_each(void **state)
{
	(void)state;
	lease_get((struct ask){ .station = 1, .name = "Laptop.example" });
	assert_string_equal(leases_of_address(&server.leases, FIRST)->name, "laptop");
	lease_get((struct ask){ .station = 2, .name = "laptop" });
	assert_string_equal(leases_of_address(&server.leases, FIRST + 1)->name, "");
	lease_get((struct ask){ .station = 3, .name = "a b" });
	assert_string_equal(leases_of_address(&server.leases, FIRST + 2)->name, "");
}

static void leases_outlive_the_server(void **state)
{
	(void)state;
	lease_get((struct ask){ .station = 1, .name = "one" });
	lease_get((struct ask){ .station = 2 });
	server_restart();
	assert_int_equal(leases_count(&server.leases, now_s), 2);
	assert_string_equal(leases_of_address(&server.leases, FIRST)->name, "one");
	assert_int_equal(lease_get((struct ask){ .station = 2 }), FIRST + 1);
	assert_int_equal(lease_get((struct ask){ .station = 3 }), FIRST + 2);
}

static void what_cannot_be_kept_is_not_given(void **state)
{
	(void)state;
	keeper_refuses = true;
	assert_int_equal(lease_get((struct ask){ .station = 1 }), 0);
	assert_int_equal(server.outcomes[DHCP_NOT_KEPT], 1);
	assert_int_equal(leases_count(&server.leases, now_s), 0);
}

static void nothing_is_loaded_from_a_silent_or_senseless_keeper(void **state)
{
	(void)state;
	keeper_is_silent = true;
	assert_false(leases_load(&server.leases, &keeper));
	keeper_is_silent = false;
	memset(kept, 0xff, sizeof(kept));
	memset(is_kept, 1, sizeof(is_kept));
	server_restart();
	assert_int_equal(leases_count(&server.leases, now_s), 0);
}

static void what_is_no_request_is_dropped_and_counted(void **state)
{
	struct ask ask = { .type = DHCP_DISCOVER, .station = 1 };
	uint8_t bytes[576];
	size_t length = message_make(&ask, bytes);

	(void)state;
	for (size_t cut = 0; cut < 243; cut++)
		assert_false(dhcp_server_handle(&server, bytes, cut, now_s, &answer));
	bytes[0] = 2;
	assert_false(dhcp_server_handle(&server, bytes, length, now_s, &answer));
	assert_int_equal(server.outcomes[DHCP_MALFORMED], 244);
	assert_false(tell((struct ask){ .type = DHCP_DISCOVER, .station = 1, .relay = ANOTHERS }));
	assert_int_equal(server.outcomes[DHCP_RELAYED], 1);
	assert_false(tell((struct ask){ .type = DHCP_ACK, .station = 1 }));
	assert_int_equal(server.outcomes[DHCP_MALFORMED], 245);
}

static void options_may_stand_in_the_file_field(void **state)
{
	struct ask ask = { .type = DHCP_DISCOVER, .station = 1 };
	uint8_t bytes[576];
	struct dhcp_message message;

	(void)state;
	message_make(&ask, bytes);
	uint8_t *at = option(bytes + 240, 52, (uint8_t[]){ 1 }, 1);
	*at = 255;
	at = option(bytes + 108, 53, &ask.type, 1);
	*word_option(at, 50, FIRST) = 255;
	assert_true(dhcp_message_parse(bytes, 300, &message));
	assert_int_equal(message.type, DHCP_DISCOVER);
	assert_int_equal(message.requested, FIRST);
}

#define TEST(name) cmocka_unit_test_setup(name, world_new)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_client_gets_address_mask_router_names_and_times),
		TEST(the_broadcast_flag_and_the_client_id_come_back),
		TEST(clients_get_different_addresses_until_the_pool_is_empty),
		TEST(a_client_that_comes_back_gets_what_it_had),
		TEST(the_client_id_is_who_it_is_whatever_its_station),
		TEST(a_wish_is_granted_if_nobody_else_has_it),
		TEST(renewing_is_answered_to_the_client_and_lasts_anew),
		TEST(nothing_is_sent_to_who_is_not_on_the_lan),
		TEST(after_its_reboot_a_client_is_confirmed_or_refused),
		TEST(who_chose_another_server_is_left_alone),
		TEST(an_offer_is_held_only_for_a_while),
		TEST(a_released_address_is_free_for_others),
		TEST(a_declined_address_rests_for_an_hour),
		TEST(nobody_declines_what_another_has),
		TEST(informing_gets_settings_without_a_lease),
		TEST(a_reservation_is_its_stations_alone),
		TEST(names_are_labels_and_of_one_client_each),
		TEST(leases_outlive_the_server),
		TEST(what_cannot_be_kept_is_not_given),
		TEST(nothing_is_loaded_from_a_silent_or_senseless_keeper),
		TEST(what_is_no_request_is_dropped_and_counted),
		TEST(options_may_stand_in_the_file_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
