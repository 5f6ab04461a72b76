/* See command.h: the table, the parser, and help, which is made from the table. */
#include "services/console/command.h"

#include "services/console/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct command commands[] = {
#define X(words, arguments, json, function, help) { words, arguments, json, function, help },
	COMMAND_TABLE(X)
#undef X
};
const unsigned command_count = sizeof(commands) / sizeof(commands[0]);

bool job_fail(struct job *job, struct text *out, const char *format, ...)
{
	char reason[160];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_word(&job->json, out, "error", reason);
		json_object_end(&job->json, out);
	} else {
		text_string(out, "error: ");
		text_foreign(out, reason, sizeof(reason));
	}
	text_string(out, "\r\n");
	return false;
}

/* How many of the command's words stand at the beginning of the line. */
static unsigned command_words_matched(const struct command *command, const struct words *words)
{
	unsigned matched = 0;

	while (matched < words->count &&
	       words_phrase_has(command->words, matched, words->word[matched]))
		matched++;
	return matched;
}

static const struct command *command_find(const struct words *words)
{
	for (unsigned i = 0; i < command_count; i++)
		if (command_words_matched(&commands[i], words) ==
		    words_phrase_count(commands[i].words))
			return &commands[i];
	return NULL;
}

/* "show": the words that can follow, if the line is the beginning of commands. */
static bool command_explain_unfinished(const struct words *words, struct text *out)
{
	const char *lead = "; it goes on with: ";
	char next[32];
	bool any = false;

	for (unsigned i = 0; i < command_count; i++) {
		if (command_words_matched(&commands[i], words) != words->count ||
		    !words_phrase_word(commands[i].words, words->count, next))
			continue;
		if (!any)
			text_printf(out, "error: '%s' is not a whole command", words->word[0]);
		text_printf(out, "%s%s", any ? ", " : lead, next);
		any = true;
	}
	if (any)
		text_string(out, "\r\n");
	return any;
}

/* As many of the typed words as the longest command has. */
static void command_explain_unknown(const struct words *words, struct text *out)
{
	char typed[64] = "";
	const char *nearest;

	for (unsigned i = 0; i < words->count && i < 2; i++) {
		if (i > 0)
			strncat(typed, " ", sizeof(typed) - strlen(typed) - 1);
		strncat(typed, words->word[i], sizeof(typed) - strlen(typed) - 1);
	}
	nearest = nearest_command(typed);
	text_string(out, "error: unknown command '");
	text_foreign(out, words_phrase_count(nearest) == 1 ? words->word[0] : typed, LINE_BYTES);
	text_printf(out, "'; nearest: %s\r\n", nearest);
}

static void command_usage(const struct command *command, struct text *out)
{
	text_printf(out, "; usage: %s%s%s%s\r\n", command->words,
		    command->arguments[0] != '\0' ? " " : "", command->arguments,
		    command->json ? " [json]" : "");
}

/* Is the last argument the rest of the line? Then its first word's place among the arguments. */
static bool command_takes_rest(const struct command *command, unsigned *place)
{
	unsigned count = words_phrase_count(command->arguments);
	size_t length = strlen(command->arguments);

	*place = count - 1;
	return strstr(command->arguments, "...") != NULL && count > 0 && length > 3;
}

/* Makes one word of the rest of the line. */
static unsigned command_rest(struct job *job, unsigned first, unsigned last)
{
	unsigned place;

	if (!command_takes_rest(job->command, &place) || last <= first + place)
		return last;
	if (job->as_json) /* "json" itself is no part of it */
		job->words.length = (size_t)(job->words.word[last] - job->words.bytes);
	words_join(&job->words, first + place);
	job->words.too_many = false;
	return first + place + 1;
}

/* Takes "json" off the end, and checks that there are not too few or too many words. */
static bool command_arguments(struct job *job, struct text *out)
{
	unsigned first = words_phrase_count(job->command->words);
	unsigned last = job->words.count;
	unsigned wanted = words_phrase_count(job->command->arguments);
	char kind[32];

	if (job->command->json && last > first && strcmp(job->words.word[last - 1], "json") == 0) {
		job->as_json = true;
		last--;
	}
	last = command_rest(job, first, last);
	if (job->words.too_many || last - first > wanted) {
		text_string(out, "error: '");
		text_foreign(out, job->words.word[first + wanted], LINE_BYTES);
		text_string(out, "' is one word too many");
		return false;
	}
	for (unsigned i = first; i < last; i++)
		job->arguments[job->argument_count++] = job->words.word[i];
	if (words_phrase_word(job->command->arguments, job->argument_count, kind) &&
	    kind[0] != '[') {
		text_printf(out, "error: %s is missing", kind);
		return false;
	}
	return true;
}

bool command_parse(struct job *job, const char *line, struct text *out)
{
	void *snapshot = job->snapshot;
	enum log_mode mode = job->log_mode;

	*job = (struct job){ .snapshot = snapshot, .log_mode = mode };
	words_split(&job->words, line, strlen(line));
	if (job->words.count == 0)
		return false;
	job->command = command_find(&job->words);
	if (job->command == NULL) {
		if (!command_explain_unfinished(&job->words, out))
			command_explain_unknown(&job->words, out);
		return false;
	}
	if (!command_arguments(job, out)) {
		command_usage(job->command, out);
		return false;
	}
	return true;
}

static void help_row(const struct command *command, struct text *out)
{
	char usage[40];

	(void)snprintf(usage, sizeof(usage), "%s %s", command->words, command->arguments);
	text_printf(out, "  %-30s %s\r\n", usage, command->help);
}

bool help(struct job *job, struct text *out)
{
	const char *prefix = job->argument_count > 0 ? job->arguments[0] : "";
	bool any = false;

	for (unsigned i = 0; i < command_count; i++) {
		if (strncmp(commands[i].words, prefix, strlen(prefix)) != 0)
			continue;
		help_row(&commands[i], out);
		any = true;
	}
	if (!any)
		return job_fail(job, out, "no command begins with '%s'", prefix);
	text_string(out,
		    "Each 'show', and 'service list' and 'show', takes 'json' as last word.\r\n"
		    "Tab completes, arrows recall, control-C cancels.\r\n");
	return false;
}
