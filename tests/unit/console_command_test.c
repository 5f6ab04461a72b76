/* From a typed line to a command: parsing, help, mistakes, completion. */
#include "services/console/candidate.h"
#include "services/console/complete.h"
#include "services/console/nearest.h"
#include "tests/unit/console_world.h"
#include "tests/unit/unit.h"

#include <string.h>

static int begin(void **state)
{
	(void)state;
	world_init();
	return 0;
}

static void check_says(const char *line, const char *expected)
{
	const char *printed = world_run(line);

	if (strstr(printed, expected) == NULL)
		fail_msg("'%s' said '%s', not '%s'", line, printed, expected);
}

static void words_of_a_command_may_have_blanks_around(void **state)
{
	(void)state;
	world_run("   service    restart  port0  ");
	assert_string_equal(world.acted, "service restart");
}

static void empty_line_says_nothing(void **state)
{
	(void)state;
	assert_string_equal(world_run(""), "");
	assert_string_equal(world_run("     "), "");
}

static void help_names_every_command(void **state)
{
	(void)state;
	for (unsigned i = 0; i < command_count; i++)
		check_says("help", commands[i].words);
	check_says("help show", "show ports");
	assert_null(strstr(world_run("help show"), "service crash"));
	check_says("help nosuch", "error: no command begins with 'nosuch'");
}

static void unknown_command_is_named_with_the_nearest(void **state)
{
	(void)state;
	check_says("frobnicate the router", "unknown command 'frobnicate");
	check_says("shwo ports", "nearest: show ports");
	check_says("rebot", "unknown command 'rebot'; nearest: reboot");
	check_says("show neighbors", "nearest: show neighbours");
	check_says("service lsit", "nearest: service list");
}

static void unfinished_command_says_how_it_goes_on(void **state)
{
	(void)state;
	check_says("show", "it goes on with: ports, connections");
	check_says("service", "it goes on with: list, show");
}

static void arguments_are_counted(void **state)
{
	(void)state;
	check_says("service show", "error: NAME is missing; usage: service show NAME [json]");
	check_says("service crash port0", "error: HOW is missing");
	check_says("show ports now", "error: 'now' is one word too many");
	check_says("reboot now", "usage: reboot");
	check_says("a b c d e f g h i j k l", "unknown command");
	assert_null(world.acted);
}

static void json_is_a_word_only_where_it_means_something(void **state)
{
	(void)state;
	check_says("reboot json", "error: 'json' is one word too many");
	check_says("service show json", "error: NAME is missing");
	assert_int_equal(world_run("service show nosuch json")[0], '{');
}

static void what_was_typed_cannot_drive_the_terminal(void **state)
{
	(void)state;
	assert_null(strchr(world_run("\033[2J\007boo"), '\033'));
	assert_null(strchr(world_run("service show \033[2J"), '\033'));
}

static void distances_are_those_of_levenshtein(void **state)
{
	(void)state;
	assert_int_equal(nearest_distance("", ""), 0);
	assert_int_equal(nearest_distance("", "abc"), 3);
	assert_int_equal(nearest_distance("kitten", "sitting"), 3);
	assert_int_equal(nearest_distance("sitting", "kitten"), 3);
	assert_int_equal(nearest_distance("flaw", "lawn"), 2);
}

/* What completion adds to `line`, and how many words fit. */
static const char *completed(const char *line, unsigned count, const char *list)
{
	static struct completion completion;
	char bytes[1024];
	struct text words;

	text_init(&words, bytes, sizeof(bytes));
	complete(&completion, line, strlen(line), candidate_word, &words);
	assert_int_equal(completion.count, count);
	if (list != NULL) {
		assert_int_equal(words.length, strlen(list));
		assert_memory_equal(words.bytes, list, words.length);
	}
	return completion.extension;
}

static void completion_adds_what_is_certain(void **state)
{
	(void)state;
	assert_string_equal(completed("reb", 1, "reboot"), "oot");
	assert_string_equal(completed("service res", 1, NULL), "tart");
	assert_string_equal(completed("service s", 3, "show  stop  start"), "");
	assert_string_equal(completed("service st", 2, "stop  start"), "");
	assert_string_equal(completed("show co", 3, "connections  counters  config"), "");
	assert_string_equal(completed("nosuch", 0, ""), "");
	assert_string_equal(completed("nosuch thing", 0, ""), "");
}

static void completion_knows_arguments(void **state)
{
	(void)state;
	assert_string_equal(completed("service show po", 3, "port0  port1  port2"), "rt");
	assert_string_equal(completed("service show fi", 1, "firewall"), "rewall");
	assert_string_equal(completed("service crash ds ex", 2, "exception  exit"), "");
	assert_string_equal(completed("service crash ds p", 1, NULL), "anic");
	assert_string_equal(completed("log f", 1, NULL), "ollow");
	assert_string_equal(completed("show ports j", 1, NULL), "son");
	assert_string_equal(completed("service show ds ", 1, "json"), "json");
	assert_string_equal(completed("reboot ", 0, ""), "");
}

static void completion_knows_the_places_of_a_configuration(void **state)
{
	(void)state;
	assert_string_equal(completed("config set /ho", 1, "/hostname"), "stname");
	assert_string_equal(completed("config set /lan/dhcp/fi", 1, NULL), "rst");
	assert_string_equal(completed("config delete /la", 1, "/lan/"), "n/");
	assert_string_equal(completed("config set /lan/", 2, "/lan/address  /lan/dhcp/"), "");
	assert_string_equal(completed("config set /rules/", 2, "/rules/0/  /rules/-/"), "");
	assert_string_equal(completed("config set /rules/12/act", 1, NULL), "ion");
	assert_string_equal(completed("config set /rules/12", 1, "/rules/12/"), "/");
	assert_string_equal(completed("config set /rules/x/act", 0, ""), "");
	assert_string_equal(completed("config set /recovery/po", 3, NULL), "rt");
	assert_string_equal(completed("config show /dns/d", 1, NULL), "omain");
	assert_string_equal(completed("config show candidate /dns/d", 1, NULL), "omain");
	assert_string_equal(completed("config help /na", 1, "/nat"), "t");
	assert_string_equal(completed("config set /nosuch", 0, ""), "");
	completed("config set ", 13, NULL);
	completed("config set /", 13, NULL);
}

static void completion_knows_what_a_setting_may_be(void **state)
{
	(void)state;
	assert_string_equal(completed("config set /wan/mode ", 2, "static  dhcp"), "");
	assert_string_equal(completed("config set /wan/mode d", 1, "dhcp"), "hcp");
	assert_string_equal(completed("config set /rules/3/action d", 1, "deny"), "eny");
	assert_string_equal(completed("config set /nat t", 1, "true"), "rue");
	assert_string_equal(completed("config set /hostname ", 0, ""), "");
	assert_string_equal(completed("config set /wan/modes ", 0, ""), "");
}

struct locating {
	const char *text, *pointer, *found; /* NULL: nothing there */
};

static const struct locating locatings[] = {
	{ "{\"a\":1}", "", "{\"a\":1}" },
	{ "{\"a\":1,\"b\":\"x,}\"}", "/a", "1" },
	{ "{\"a\":1,\"b\":\"x,}\"}", "/b", "\"x,}\"" },
	{ "{\"a\":{\"b\":[1,{\"c\":true},[]]}}", "/a/b/1/c", "true" },
	{ "{\"a\":{\"b\":[1,{\"c\":true},[]]}}", "/a/b/2", "[]" },
	{ "{\"a\":{\"b\":[1,{\"c\":true},[]]}}", "/a/b/3", NULL },
	{ "{\"a\":[]}", "/a/0", NULL },
	{ "{\"a\":[1]}", "/a/-", NULL },
	{ "{\"a\":[1]}", "/a/x", NULL },
	{ "{\"a\":1}", "/a/b", NULL },
	{ "{\"a\":1}", "/b", NULL },
	{ "{\"a\":1}", "a", NULL },
	{ "{\"a/b\":{\"~\":7}}", "/a~1b/~0", "7" },
	{ "{\"a\\\"\":1,\"b\":2}", "/b", "2" },
	{ "{\"a\":1", "/a", "1" },
	{ "{\"a\"", "/a", NULL },
	{ "{\"a\":\"x", "/a", NULL },
	{ "{\"a\":[1", "/a", NULL },
	{ "", "", NULL },
};

static void a_place_is_found_in_a_document(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(locatings) / sizeof(locatings[0]); i++) {
		const struct locating *one = &locatings[i];
		size_t begin = 0, end = 0;
		bool found = place_locate(one->text, strlen(one->text), one->pointer, &begin, &end);

		if (found != (one->found != NULL) ||
		    (found && (end - begin != strlen(one->found) ||
			       memcmp(one->text + begin, one->found, end - begin) != 0)))
			fail_msg("%s in %s: %.*s", one->pointer, one->text, (int)(end - begin),
				 one->text + begin);
	}
}

static void completion_of_nothing_lists_the_first_words(void **state)
{
	(void)state;
	completed("", 10, "help  service  show  config  store  alert  install  log  reboot  poweroff");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(words_of_a_command_may_have_blanks_around),
		TEST(empty_line_says_nothing),
		TEST(help_names_every_command),
		TEST(unknown_command_is_named_with_the_nearest),
		TEST(unfinished_command_says_how_it_goes_on),
		TEST(arguments_are_counted),
		TEST(json_is_a_word_only_where_it_means_something),
		TEST(what_was_typed_cannot_drive_the_terminal),
		TEST(distances_are_those_of_levenshtein),
		TEST(completion_adds_what_is_certain),
		TEST(completion_knows_arguments),
		TEST(completion_knows_the_places_of_a_configuration),
		TEST(completion_knows_what_a_setting_may_be),
		TEST(a_place_is_found_in_a_document),
		TEST(completion_of_nothing_lists_the_first_words),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
