/* The kernel maps the device's memory at USER_DEVICE_BASE, uncached. */
#include "drivers/watchdog/i6300esb/mmio.h"

#include "kernel/abi/layout.h"

uint16_t mmio_read16(unsigned offset)
{
	return *(volatile uint16_t *)(USER_DEVICE_BASE + offset);
}

void mmio_write8(unsigned offset, uint8_t value)
{
	*(volatile uint8_t *)(USER_DEVICE_BASE + offset) = value;
}

void mmio_write16(unsigned offset, uint16_t value)
{
	*(volatile uint16_t *)(USER_DEVICE_BASE + offset) = value;
}

void mmio_write32(unsigned offset, uint32_t value)
{
	*(volatile uint32_t *)(USER_DEVICE_BASE + offset) = value;
}
