/* CRC-32 as in IEEE 802.3, reflected, zlib's. Pure. */
#ifndef DS_CRC32_H
#define DS_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t ds_crc32(const void *bytes, size_t count);

#endif
