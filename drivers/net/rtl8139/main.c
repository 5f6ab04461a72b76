/* The RTL8139 driver: one image, started once for each port that has such a device. */
#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"
#include "services/runtime/crash.h"
#include "services/runtime/kernel.h"

static struct nic nic;

static enum status start(void)
{
	nic_start(&nic, &rtl8139_ops);
	return OK;
}

/* Frames to send, or another receive mode: the work that follows sees to it. */
static void notified(uint64_t sources)
{
	(void)sources;
}

static void interrupt(unsigned lines)
{
	(void)lines;
	nic_interrupt(&nic);
}

static uint64_t work(uint64_t now_us)
{
	return nic_work(&nic, now_us);
}

static const struct service service = {
	.start = start,
	.notified = notified,
	.interrupt = interrupt,
	.work = work,
};

#ifdef BULKHEAD_TEST_IMAGE

/* Where the kernel lies, and one byte beyond what a frame may be read from. */
void service_crash_bad_dma(void)
{
	const struct start_map *tx = region_find("tx");
	const struct {
		unsigned offset;
		uint32_t value;
	} attempts[] = {
		{ RTL_RBSTART, 0x100000u },
		{ RTL_RBSTART, (uint32_t)tx->physical },
		{ RTL_TSAD0, 0x100000u },
		{ RTL_TSAD0 + 4,
		  (uint32_t)(tx->physical + tx->size_bytes - NETQ_TX_SLOT_BYTES + 1) },
	};

	for (unsigned i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
		uint16_t port = (uint16_t)(service_info()->device.port_base + attempts[i].offset);
		enum status status = port_write(port, 4, attempts[i].value);

		if (status == OK)
			service_panic("DMA register %#x took %#x", attempts[i].offset,
				      (unsigned)attempts[i].value);
		log_notice("DMA register %#x refused %#x: %s", attempts[i].offset,
			   (unsigned)attempts[i].value, status_text(status));
	}
}

#endif

int main(void)
{
	return service_run(&service);
}
