/*
 * Where random numbers begin: everything that a machine may have of it goes
 * through SHA-512. Not fast; for seeds only.
 *
 * What is guaranteed. With RDRAND, 512 bits of the processor's own generator go
 * in. Without it there are (1) the caller's seed record, which holds what an
 * earlier boot drew: if nobody else has read it, all of that boot's entropy is
 * carried over; (2) the jitter of the time stamp counter against memory and
 * interrupts, of which we claim nothing more than a bit in sixteen samples, so 256
 * bits; (3) times and generation, which differ but are no secret. On a first boot
 * without RDRAND the jitter is all there is.
 */
#ifndef RUNTIME_ENTROPY_H
#define RUNTIME_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENTROPY_BYTES          64u
#define ENTROPY_JITTER_SAMPLES 4096u

/* `seed` may be NULL. Takes a few milliseconds; needs no kernel call. */
void entropy_gather(const void *seed, size_t seed_bytes, uint8_t out[ENTROPY_BYTES]);
/* Has this processor RDRAND? */
bool entropy_has_rdrand(void);

#endif
