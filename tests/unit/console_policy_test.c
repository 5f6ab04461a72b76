/* A recovery policy as text: services/runtime/policy.c; and what service show tells of it. */
#include "services/runtime/policy.h"
#include "tests/unit/console_world.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct manifest_recovery steps[RECOVERY_STEPS_MAX];
static unsigned count;
static char wrong[32];

static void what_is_written_is_read_again(void **state)
{
	const char *text = "log,dump,restart:1000,reset-device:3,alert,give-up:12";
	char written[POLICY_TEXT_BYTES];

	(void)state;
	assert_true(policy_read(text, steps, &count, wrong));
	assert_int_equal(count, 6);
	assert_int_equal(steps[2].step, RECOVERY_RESTART);
	assert_int_equal(steps[2].argument, 1000);
	policy_write(steps, written);
	assert_string_equal(written, text);
}

static void the_longest_policy_fits(void **state)
{
	char written[POLICY_TEXT_BYTES];

	(void)state;
	for (unsigned i = 0; i < RECOVERY_STEPS_MAX; i++)
		steps[i] = (struct manifest_recovery){ .step = RECOVERY_RESTART_DEPENDENTS,
						       .argument = UINT32_MAX };
	policy_write(steps, written);
	assert_int_equal(strlen(written), 6 * strlen("restart-dependents:4294967295") + 5);
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *text, *wrong;
	} mistakes[] = {
		{ "", "" },
		{ "log,", "" },
		{ "log,,log", "" },
		{ "log,explode:2", "explode:2" },
		{ "restart:", "restart:" },
		{ "restart:9999999999", "restart:9999999999" },
		{ "restart:-1", "restart:-1" },
		{ "end", "end" },
		{ "log,log,log,log,log,log,log", "" },
		{ "log,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		assert_false(policy_read(mistakes[i].text, steps, &count, wrong));
		assert_string_equal(wrong, mistakes[i].wrong);
	}
}

static void every_step_has_a_word(void **state)
{
	unsigned words = 0;

	(void)state;
	while (policy_step_word(words) != NULL)
		assert_true(policy_read(policy_step_word(words++), steps, &count, wrong));
	assert_int_equal(words, RECOVERY_CLEAN_START);
}

static void service_show_tells_policy_and_program(void **state)
{
	(void)state;
	world_init();
	world.manifest.services[WORLD_DS].recovery[0].step = RECOVERY_LOG;
	strcpy(world.kernel.update_id, "update-1");
	assert_non_null(strstr(world_run("service show ds"), "log (of the manifest)"));
	assert_non_null(strstr(world_run("service show ds"), "booted, build 1.0-test"));
	world.rs.services[WORLD_DS].policy.overridden = 1;
	world.rs.services[WORLD_DS].policy.steps[0].step = RECOVERY_GIVE_UP;
	world.kernel.services[WORLD_DS].updated = IMAGE_UPDATE;
	world.rs.services[WORLD_DS].program.trial_until_us = 1;
	assert_non_null(strstr(world_run("service show ds"), "give-up (set by the administrator)"));
	assert_non_null(strstr(world_run("service show ds"), "update, build update-1, on trial"));
	assert_non_null(strstr(world_run("service show ds json"),
			       "\"source\":\"update\",\"build_id\":\"update-1\",\"on_trial\":1"));
	assert_non_null(strstr(world_run("service show ds json"),
			       "\"policy\":\"give-up\",\"policy_of\":\"administrator\""));
}

static void quarantine_is_shown(void **state)
{
	struct quarantine_packet *packet = &world.quarantine.packets[1];

	(void)state;
	world_init();
	world.quarantine.magic = QUARANTINE_MAGIC;
	assert_non_null(strstr(world_run("show quarantine"), "no packet has killed"));
	world.quarantine.sequence = 1;
	*packet = (struct quarantine_packet){ .sequence = 1,
					      .dropped = 7,
					      .port = 1,
					      .length_bytes = UINT16_MAX };
	memcpy(packet->bytes, "\xde\xad", 2);
	assert_non_null(strstr(world_run("show quarantine"), "from port1, 1520 bytes"));
	assert_non_null(strstr(world_run("show quarantine"), "dropped 7 times since\r\n  dead00"));
	assert_non_null(strstr(world_run("show quarantine json"), "\"bytes\":\"dead00"));
	world.quarantine.sequence = UINT64_MAX; /* of nonsense */
	assert_non_null(strstr(world_run("show quarantine json"), "{\"packets\":[]}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(the_longest_policy_fits),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(every_step_has_a_word),
		cmocka_unit_test(quarantine_is_shown),
		cmocka_unit_test(service_show_tells_policy_and_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
