/* Device memory: each call is one access of that width, in the order of the calls. */
#ifndef I6300ESB_MMIO_H
#define I6300ESB_MMIO_H

#include <stdint.h>

uint16_t mmio_read16(unsigned offset);
void mmio_write8(unsigned offset, uint8_t value);
void mmio_write16(unsigned offset, uint16_t value);
void mmio_write32(unsigned offset, uint32_t value);

#endif
