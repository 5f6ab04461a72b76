/* SipHash-2-4: a keyed hash of short inputs that cannot be foreseen without the key. */
#ifndef INET_SIPHASH_H
#define INET_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t low, high;
};

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length_bytes);

#endif
