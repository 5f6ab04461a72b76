/* See complete.h. */
#include "services/console/complete.h"

#include "services/console/command.h"

#include <string.h>

struct search {
	struct completion *completion;
	struct text *out;
	const char *begun;      /* the word so far, maybe empty */
	char last[PLACE_BYTES]; /* the candidate listed last: equal ones follow each other */
};

static void search_narrow(struct search *search, const char *rest)
{
	char *extension = search->completion->extension;
	size_t common = 0;

	if (search->completion->count == 1) {
		strncpy(extension, rest, sizeof(search->completion->extension) - 1);
		search->completion->goes_on = rest[0] != '\0' && rest[strlen(rest) - 1] == '/';
		return;
	}
	search->completion->goes_on = false;
	while (extension[common] != '\0' && extension[common] == rest[common])
		common++;
	extension[common] = '\0';
}

static void search_offer(struct search *search, const char *word)
{
	size_t begun = strlen(search->begun);

	if (strncmp(word, search->begun, begun) != 0 || strcmp(word, search->last) == 0)
		return;
	strncpy(search->last, word, sizeof(search->last) - 1);
	if (search->completion->count++ > 0)
		text_string(search->out, "  ");
	text_string(search->out, word);
	search_narrow(search, word + begun);
}

/* "a|b|c" */
static void search_offer_alternatives(struct search *search, const char *alternatives)
{
	while (*alternatives != '\0') {
		char word[32] = "";
		size_t length = strcspn(alternatives, "|");

		memcpy(word, alternatives, length < 31 ? length : 31);
		search_offer(search, word);
		alternatives += length;
		alternatives += *alternatives == '|';
	}
}

/* By possibility, then by place: so equal words follow each other. */
static void search_offer_pointers(struct search *search, complete_source *source)
{
	char word[PLACE_BYTES];
	bool any = true;

	for (unsigned nth = 0; any; nth++) {
		any = false;
		for (unsigned i = 0; i < place_count; i++) {
			if (!place_word(&places[i], search->begun, nth, source, word))
				continue;
			any = true;
			search_offer(search, word);
		}
	}
}

/* What may stand at the place that the word before names. */
static void search_offer_values(struct search *search, const char *pointer)
{
	for (unsigned i = 0; i < place_count; i++)
		if (place_fits(&places[i], pointer, true))
			search_offer_alternatives(search, places[i].words);
}

static bool takes_pointer(const struct search *search, const char *kind, const char *arguments)
{
	return strstr(arguments, "POINTER") != NULL &&
	       (strcmp(kind, "POINTER") == 0 || search->begun[0] == '/');
}

static void search_offer_kind(struct search *search, const char *kind, complete_source *source)
{
	const char *word;

	if (strchr(kind, '|') != NULL) {
		search_offer_alternatives(search, kind);
		return;
	}
	for (unsigned nth = 0; (word = source(kind, nth)) != NULL; nth++)
		search_offer(search, word);
}

/* What `command` has at place `nth` of the line. */
static void search_offer_command(struct search *search, const struct command *command,
				 const struct words *typed, unsigned nth, complete_source *source)
{
	unsigned words = words_phrase_count(command->words);
	char word[32] = "";

	if (words_phrase_word(command->words, nth, word)) {
		search_offer(search, word);
		return;
	}
	bool there = words_phrase_word(command->arguments, nth - words, word);
	if (there && takes_pointer(search, word, command->arguments)) {
		search_offer_pointers(search, source);
		return;
	}
	if (there && strcmp(word, "VALUE...") == 0) {
		search_offer_values(search, typed->word[nth - 1]);
		return;
	}
	if (there && word[0] != '[') {
		search_offer_kind(search, word, source);
		return;
	}
	if (command->json && nth - words <= words_phrase_count(command->arguments))
		search_offer(search, "json");
}

static bool command_fits(const struct command *command, const struct words *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (i == words_phrase_count(command->words))
			return true;
		if (!words_phrase_has(command->words, i, words->word[i]))
			return false;
	}
	return true;
}

void complete(struct completion *completion, const char *line, size_t length,
	      complete_source *source, struct text *out)
{
	struct search search = { .completion = completion, .out = out, .begun = "" };
	struct words words;
	unsigned whole;

	memset(completion, 0, sizeof(*completion));
	words_split(&words, line, length);
	if (words.too_many)
		return;
	whole = words.count;
	if (length > 0 && line[length - 1] != ' ' && words.count > 0)
		search.begun = words.word[--whole];
	for (unsigned i = 0; i < command_count; i++)
		if (command_fits(&commands[i], &words, whole))
			search_offer_command(&search, &commands[i], &words, whole, source);
}
