#include "services/config/format.h"

#include "services/config/address.h"
#include "services/runtime/policy.h"

#include <stdbool.h>
#include <string.h>

#define LABEL_MAX 63u /* RFC 1035, 2.3.4 */

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_letter_or_digit(char character)
{
	return is_digit(character) || (character >= 'a' && character <= 'z') ||
	       (character >= 'A' && character <= 'Z');
}

static bool is_label(const char *text, size_t length)
{
	if (length == 0 || length > LABEL_MAX || text[0] == '-' || text[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_letter_or_digit(text[i]) && text[i] != '-')
			return false;
	return true;
}

/* Labels with dots between; a last label of digits is no domain (RFC 3696, 2). */
static bool is_domain(const char *text)
{
	for (;;) {
		size_t length = strcspn(text, ".");

		if (!is_label(text, length))
			return false;
		if (text[length] == 0)
			return strspn(text, "0123456789") != length;
		text += length + 1;
	}
}

const char *format_host(const char *text)
{
	uint32_t address;

	if (address_parse(text, &address) == NULL || is_domain(text))
		return NULL;
	return "is neither an address such as 192.168.1.1 nor a name such as ntp.example.net";
}

/* RFC 5321, 4.1.2, without quoted local parts and address literals. */
const char *format_email(const char *text)
{
	static const char wrong[] = "is no mail address such as owner@example.net";
	const char *at = strchr(text, '@');

	if (at == NULL || at == text || at - text > 64 || text[0] == '.' || at[-1] == '.')
		return wrong;
	for (const char *byte = text; byte < at; byte++)
		if (!is_letter_or_digit(*byte) && strchr(".!#$%&'*+-/=?^_`{|}~", *byte) == NULL)
			return wrong;
	return is_domain(at + 1) ? NULL : wrong;
}

const char *format_line(const char *text)
{
	for (; *text != 0; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return "has a character that cannot be printed";
	return NULL;
}

const char *format_token(const char *text)
{
	if (strlen(text) < 16)
		return "is too short to be a secret: 16 characters at least";
	for (; *text != 0; text++)
		if (!is_letter_or_digit(*text) && strchr("-._~+/=", *text) == NULL)
			return "has a character that is none of letters, digits and -._~+/=";
	return NULL;
}

const char *format_step(const char *text)
{
	struct manifest_recovery step;

	return policy_step_read(text, &step) ? NULL : "is no step such as log or restart:1000";
}
