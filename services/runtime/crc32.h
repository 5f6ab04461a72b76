/* CRC-32 as in IEEE 802.3, reflected, zlib's. Pure. */
#ifndef RUNTIME_CRC32_H
#define RUNTIME_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const void *bytes, size_t count);
/* The CRC of what `crc` is that of (0: of nothing) and these bytes behind it. */
uint32_t crc32_more(uint32_t crc, const void *bytes, size_t count);

#endif
