/* Members of a checked document, by key. Pure. */
#ifndef CONFIG_MEMBER_H
#define CONFIG_MEMBER_H

#include <cJSON.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline const cJSON *member_of(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* NULL: it is not there. */
static inline const char *member_text(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(member_of(object, key));
}

/* These leave *out as it is if the key is not there. */
static inline void member_flag_take(const cJSON *object, const char *key, uint32_t *out)
{
	const cJSON *flag = member_of(object, key);

	if (flag != NULL)
		*out = cJSON_IsTrue(flag) ? 1 : 0;
}

static inline void member_number_take(const cJSON *object, const char *key, int32_t *out)
{
	const cJSON *number = member_of(object, key);

	if (cJSON_IsNumber(number))
		*out = (int32_t)number->valuedouble;
}

static inline void member_text_take(const cJSON *object, const char *key, char *out,
				    size_t out_bytes)
{
	const char *text = member_text(object, key);

	if (text == NULL)
		return;
	memset(out, 0, out_bytes);
	memcpy(out, text, strnlen(text, out_bytes - 1));
}

/* A host's name in lower case: names are compared so (RFC 1035, 2.3.3). */
static inline void member_label_take(const cJSON *object, const char *key, char *out,
				     size_t out_bytes)
{
	if (member_text(object, key) == NULL)
		return;
	member_text_take(object, key, out, out_bytes);
	for (; *out != 0; out++)
		if (*out >= 'A' && *out <= 'Z')
			*out = (char)(*out - 'A' + 'a');
}

/* Which of `words` the text is; `otherwise` if it is not there. */
static inline unsigned member_word(const cJSON *object, const char *key, const char *const *words,
				   unsigned count, unsigned otherwise)
{
	const char *text = member_text(object, key);

	for (unsigned i = 0; text != NULL && i < count; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	return otherwise;
}

#endif
