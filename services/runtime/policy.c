/* See policy.h. */
#include "services/runtime/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENT_DIGITS_MAX 9u

static const struct {
	enum recovery_step step;
	const char *word;
} known[] = {
#define X(name, text) { RECOVERY_##name, text },
	RECOVERY_STEP_TABLE(X)
#undef X
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

const char *policy_step_word(unsigned nth)
{
	return nth < KNOWN ? known[nth].word : NULL;
}

/* "name" or "name:123"; `word` is changed. */
static bool step_read(char *word, struct manifest_recovery *step)
{
	char *argument = strchr(word, ':');

	*step = (struct manifest_recovery){ 0 };
	if (argument != NULL) {
		*argument++ = '\0';
		size_t digits = strspn(argument, "0123456789");
		if (digits == 0 || digits > ARGUMENT_DIGITS_MAX || argument[digits] != '\0')
			return false;
		step->argument = (uint32_t)strtoul(argument, NULL, 10);
	}
	for (unsigned i = 0; i < KNOWN; i++)
		if (strcmp(known[i].word, word) == 0)
			step->step = (uint16_t)known[i].step;
	return step->step != RECOVERY_END;
}

bool policy_step_read(const char *word, struct manifest_recovery *step)
{
	char copy[POLICY_STEP_BYTES] = "";

	if (strlen(word) >= sizeof(copy))
		return false;
	memcpy(copy, word, strlen(word));
	return step_read(copy, step);
}

bool policy_read(const char *words, struct manifest_recovery steps[RECOVERY_STEPS_MAX],
		 unsigned *count, char wrong[32])
{
	*count = 0;
	wrong[0] = '\0';
	for (;;) {
		size_t length = strcspn(words, ",");
		char word[32] = "";

		memcpy(word, words, length < sizeof(word) ? length : sizeof(word) - 1);
		memcpy(wrong, word, sizeof(word));
		if (!step_read(word, &steps[*count]))
			return false;
		wrong[0] = '\0';
		(*count)++;
		if (words[length] == '\0')
			return true;
		if (*count == RECOVERY_STEPS_MAX)
			return false;
		words += length + 1;
	}
}

static const char *step_word(uint16_t step)
{
	for (unsigned i = 0; i < KNOWN; i++)
		if (known[i].step == step)
			return known[i].word;
	return "unknown";
}

void policy_write(const struct manifest_recovery steps[RECOVERY_STEPS_MAX],
		  char text[POLICY_TEXT_BYTES])
{
	size_t length = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < RECOVERY_STEPS_MAX && steps[i].step != RECOVERY_END; i++) {
		char argument[16] = "";

		if (steps[i].argument != 0)
			(void)snprintf(argument, sizeof(argument), ":%u",
				       (unsigned)steps[i].argument);
		length += (size_t)snprintf(text + length, POLICY_TEXT_BYTES - length, "%s%s%s",
					   i == 0 ? "" : ",", step_word(steps[i].step), argument);
	}
}
