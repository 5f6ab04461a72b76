/* Documents for the tests of config's history: versions of texts that nothing compresses. */
#ifndef UNIT_VERSION_TEXT_H
#define UNIT_VERSION_TEXT_H

#include <stddef.h>

#define VERSIONS_DEFAULT 8u

/* Documents in a row that are versions of one; the next has nothing of it. Changed by tests. */
extern unsigned version_text_versions;

/*
 * A text of that length, at most CONFIG_DOCUMENT_BYTES, that no other number has; it begins with
 * the number in eight digits. Stays until the next call.
 */
const char *version_text(unsigned number, size_t length);

#endif
