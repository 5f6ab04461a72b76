/* See complete.h. */
#include "services/console/complete.h"

#include "services/console/command.h"

#include <string.h>

struct search {
	struct completion *completion;
	struct text *out;
	const char *begun; /* the word so far, maybe empty */
	char last[32];     /* the candidate listed last: equal ones follow each other */
};

static void search_narrow(struct search *search, const char *rest)
{
	char *extension = search->completion->extension;
	size_t common = 0;

	if (search->completion->count == 1) {
		strncpy(extension, rest, sizeof(search->completion->extension) - 1);
		return;
	}
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
static void search_offer_command(struct search *search, const struct command *command, unsigned nth,
				 complete_source *source)
{
	unsigned words = words_phrase_count(command->words);
	char word[32];

	if (words_phrase_word(command->words, nth, word)) {
		search_offer(search, word);
		return;
	}
	if (words_phrase_word(command->arguments, nth - words, word) && word[0] != '[') {
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
			search_offer_command(&search, &commands[i], whole, source);
}
