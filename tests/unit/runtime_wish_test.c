/* What RS wishes of a life, as the service reads it. */
#include "services/proto/rs.h"
#include "services/runtime/kernel.h"
#include "services/runtime/wish.h"
#include "tests/unit/runtime_world.h"

#include <string.h>

#define SELF 1u /* the world's */

static struct rs_table table;

static int setup(void **state)
{
	memset(&table, 0, sizeof(table));
	return world_setup(state);
}

static void table_show(void)
{
	world_map_add("rs.table", (uintptr_t)&table, RS_TABLE_BYTES);
}

static void only_rs_yes_is_a_wish(void **state)
{
	(void)state;
	table_show();
	table.services[SELF].clean_start = RS_YES;
	assert_true(wish_clean_start("state"));
	assert_false(wish_device_reset());
	table.services[SELF].device_reset = RS_YES;
	assert_true(wish_device_reset());
	for (unsigned bit = 0; bit < 32; bit++) {
		table.services[SELF].clean_start = 1u << bit;
		table.services[SELF].device_reset = RS_YES ^ 1u << bit;
		assert_false(wish_clean_start("state"));
		assert_false(wish_device_reset());
	}
}

static void it_is_logged_with_what_is_forgotten(void **state)
{
	const char *says = "inet.state is forgotten, as its recovery policy says after 4 deaths";

	(void)state;
	table_show();
	table.services[SELF].clean_start = RS_YES;
	table.services[SELF].deaths_in_row = 4;
	assert_true(wish_clean_start("inet.state"));
	assert_int_equal(world_calls_of(SYS_LOG), 1);
	assert_int_equal(world.calls[0].arguments.word[0], LOG_ERROR);
	assert_memory_equal(ipc_buffer()->text, says, strlen(says));
}

static void others_wishes_are_not_ours(void **state)
{
	(void)state;
	table_show();
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		if (slot != SELF)
			table.services[slot].clean_start = table.services[slot].device_reset =
				RS_YES;
	assert_false(wish_clean_start("state"));
	assert_false(wish_device_reset());
}

static void without_the_table_nothing_is_wished(void **state)
{
	(void)state;
	table.services[SELF].clean_start = table.services[SELF].device_reset = RS_YES;
	assert_false(wish_clean_start("state"));
	world_map_add("rs.table", (uintptr_t)&table, sizeof(table) - 1);
	assert_false(wish_clean_start("state"));
	assert_false(wish_device_reset());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_rs_yes_is_a_wish, setup),
		cmocka_unit_test_setup(it_is_logged_with_what_is_forgotten, setup),
		cmocka_unit_test_setup(others_wishes_are_not_ours, setup),
		cmocka_unit_test_setup(without_the_table_nothing_is_wished, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
