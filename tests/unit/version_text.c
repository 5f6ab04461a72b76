#include "tests/unit/version_text.h"

#include "services/proto/config.h"

#include <stdio.h>
#include <string.h>

#define CHANGES 40 /* from one version to the next */

unsigned version_text_versions = VERSIONS_DEFAULT;

/* Kept, as it takes its time. */
static const char *noise_of(uint32_t generation)
{
	static char noise[CONFIG_DOCUMENT_BYTES];
	static uint32_t kept;
	uint32_t bits = generation * 2654435761u;

	for (size_t i = 0; kept != generation && i < sizeof(noise); i++) {
		bits ^= bits << 13;
		bits ^= bits >> 17;
		bits ^= bits << 5;
		noise[i] = (char)('!' + bits % 90);
	}
	kept = generation;
	return noise;
}

const char *version_text(unsigned number, size_t length)
{
	static char text[CONFIG_DOCUMENT_BYTES + 9];

	memcpy(text, noise_of(number / version_text_versions + 1), length);
	for (unsigned i = 0; i < CHANGES; i++)
		text[(number * 7919 + i * 1609) % length] = (char)('a' + number % 26);
	char digits[12];
	(void)snprintf(digits, sizeof(digits), "%08u", number);
	memcpy(text, digits, 9);
	return text;
}
