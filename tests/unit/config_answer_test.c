/* Answers that came too late for their asker: services/config/answer.*. */
#include "services/config/answer.h"
#include "tests/unit/unit.h"

#include <string.h>

static const struct answer committed = {
	.to = { .token = 77, .slot = 3, .op = CONFIG_COMMIT, .edition = 5 },
	.status = OK,
	.reply = { .serial = 9 },
};

static void the_same_question_gets_it(void **state)
{
	(void)state;
	assert_true(answer_fits(&committed, &committed.to));
}

static void any_other_question_does_not(void **state)
{
	struct question others[5];

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		others[i] = committed.to;
	others[0].token++;
	others[1].slot++;
	others[2].op = CONFIG_CHECK;
	others[3].offset_bytes = 16384;
	others[4].edition++; /* something has changed since */
	for (unsigned i = 0; i < 5; i++)
		assert_false(answer_fits(&committed, &others[i]));
}

static void without_a_token_nothing_is_the_same(void **state)
{
	struct answer answer = committed;

	(void)state;
	answer.to.token = 0;
	assert_false(answer_lasts(&answer));
	assert_false(answer_fits(&answer, &answer.to));
}

/* A grant that was taken back with the time-out must not be the answer to the next question. */
static void only_what_took_work_lasts(void **state)
{
	struct answer answer = committed;

	(void)state;
	assert_true(answer_lasts(&answer));
	answer.status = E_GRANT;
	assert_false(answer_lasts(&answer));
	answer.status = E_ARGUMENT;
	assert_false(answer_lasts(&answer));
	strcpy(answer.refusal.reason, "there is nothing of that name");
	assert_true(answer_lasts(&answer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_question_gets_it),
		cmocka_unit_test(any_other_question_does_not),
		cmocka_unit_test(without_a_token_nothing_is_the_same),
		cmocka_unit_test(only_what_took_work_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
