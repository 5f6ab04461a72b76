/* CRC-32 of IEEE 802.3, reflected: zlib's. */
#ifndef KERNEL_CRC_H
#define KERNEL_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc`; the first is CRC_BEGIN, and the sum is the complement of the last. */
#define CRC_BEGIN UINT32_MAX
uint32_t crc_update(uint32_t crc, const void *bytes, size_t length);

#endif
