#include "drivers/watchdog/i6300esb/timer.h"

#include "drivers/watchdog/i6300esb/mmio.h"
#include "drivers/watchdog/i6300esb/registers.h"

static void unlock(void)
{
	mmio_write8(RELOAD, UNLOCK_1);
	mmio_write8(RELOAD, UNLOCK_2);
}

static void reload_write(uint16_t bits)
{
	unlock();
	mmio_write16(RELOAD, bits);
}

static void preload_write(unsigned offset, uint32_t units)
{
	unlock();
	mmio_write32(offset, units);
}

void timer_set(uint32_t timeout_ms)
{
	uint64_t units = (uint64_t)timeout_ms * (PCI_CLOCK_HZ / 1000) / TICKS_A_UNIT / 2;

	if (units == 0)
		units = 1;
	if (units > PRELOAD_MAX)
		units = PRELOAD_MAX;
	preload_write(PRELOAD_1, (uint32_t)units);
	preload_write(PRELOAD_2, (uint32_t)units);
	timer_kick();
}

void timer_kick(void)
{
	reload_write(RELOAD_COUNT);
}

bool timer_has_reset(void)
{
	if ((mmio_read16(RELOAD) & RELOAD_TIMED_OUT) == 0)
		return false;
	reload_write(RELOAD_TIMED_OUT | RELOAD_COUNT);
	return true;
}
