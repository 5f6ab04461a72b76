/*
 * A pointer that is being typed, and a document to look it up in: the console's completion makes
 * words that fit its buffer and begin as was typed; what is found lies within the document.
 */
#include "services/console/place.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *name_of(const char *kind, unsigned nth)
{
	static const char *const names[] = { "port0", "webd" };

	(void)kind;
	return nth < 2 ? names[nth] : NULL;
}

static void completion_check(const char *typed)
{
	char word[PLACE_BYTES];

	for (unsigned i = 0; i < place_count; i++)
		for (unsigned nth = 0; place_word(&places[i], typed, nth, name_of, word); nth++) {
			assert(memchr(word, '\0', sizeof(word)) != NULL && word[0] == '/');
			assert(nth < 4);
			if (strchr(word + 1, '/') == NULL)
				assert(place_fits(&places[i], word, false));
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char typed[128];
	size_t length =
		strnlen((const char *)data, bytes < sizeof(typed) - 1 ? bytes : sizeof(typed) - 1);
	size_t begin = 0, end = 0;

	memcpy(typed, data, length);
	typed[length] = '\0';
	completion_check(typed);
	size_t skip = length < bytes ? length + 1 : length;
	const char *text = (const char *)data + skip;
	size_t left = bytes - skip;

	if (place_locate(text, left, typed, &begin, &end))
		assert(begin < end && end <= left);
	return 0;
}
