/*
 * Registers: National Semiconductor DP8390D datasheet, 10 "Internal Registers";
 * the card around it: "Writing Drivers for the DP8390 NIC Family", AN-874. The
 * driver has the whole of it, in drivers/net/ne2k/registers.h; these few lines
 * are what a probe needs, as a service does not include a driver.
 */
#include "services/pci/isa_probe.h"

#include "services/runtime/kernel.h"

#define COMMAND           0x00u
#define CR_STOP_ABORT     0x21u /* stopped, remote DMA aborted, page 0 */
#define CR_READ           0x0au /* started, remote read */
#define RSAR0             0x08u
#define RBCR0             0x0au
#define RCR               0x0cu
#define RCR_MONITOR       0x20u
#define TCR               0x0du
#define TCR_LOOPBACK      0x02u
#define DCR               0x0eu
#define DCR_WORD          0x49u /* words, normal operation, FIFO threshold 8 bytes */
#define IMR               0x0fu
#define ISR               0x07u
#define ISR_RST           0x80u
#define ISR_CLEAR         0xffu
#define DATA              0x10u
#define RESET             0x1fu
#define RESET_READS_MAX   1000u /* of about 1 us each; the chip needs two of its frames at most */
#define PROM_WORDS        16u
#define PROM_SIGNATURE    0x57u /* 'W', twice: a card with 16 data lines */
#define PROM_SIGNATURE_AT 14u
#define ABSENT            0xffu

static bool reads_as(uint16_t base, unsigned offset, uint32_t *value)
{
	return port_read((uint16_t)(base + offset), 1, value) == OK;
}

/* Only reads: an empty place reads as ones, also where a DP8390 never does. */
static bool somebody_there(uint16_t base)
{
	uint32_t command, status;

	return reads_as(base, COMMAND, &command) && reads_as(base, ISR, &status) &&
	       command != ABSENT && (command & 0xc0u) != 0xc0u && status != ABSENT;
}

/* Reading the reset port resets the chip, which then says so. Bounded by RESET_READS_MAX. */
static bool reset_works(uint16_t base)
{
	uint32_t value;

	if (!reads_as(base, RESET, &value) || port_write((uint16_t)(base + RESET), 1, value) != OK)
		return false;
	for (unsigned i = 0; i < RESET_READS_MAX; i++)
		if (!reads_as(base, ISR, &value) || (value & ISR_RST) != 0)
			return value != ABSENT && (value & ISR_RST) != 0;
	return false;
}

/* Stopped, deaf and silent; then a remote read of the PROM. */
static bool prom_select(uint16_t base)
{
	static const struct {
		uint8_t offset, value;
	} writes[] = {
		{ COMMAND, CR_STOP_ABORT },
		{ DCR, DCR_WORD },
		{ RCR, RCR_MONITOR },
		{ TCR, TCR_LOOPBACK },
		{ IMR, 0 },
		{ ISR, ISR_CLEAR },
		{ RSAR0, 0 },
		{ RSAR0 + 1, 0 },
		{ RBCR0, 2 * PROM_WORDS },
		{ RBCR0 + 1, 0 },
		{ COMMAND, CR_READ },
	};
	struct port_access list[sizeof writes / sizeof writes[0]];

	for (unsigned i = 0; i < sizeof writes / sizeof writes[0]; i++)
		list[i] = (struct port_access){ .port = (uint16_t)(base + writes[i].offset),
						.width_bytes = 1,
						.write = 1,
						.value = writes[i].value };
	return port_vector(list, sizeof writes / sizeof writes[0]) == OK;
}

static bool prom_is_ne2000(uint16_t base)
{
	uint32_t word[PROM_WORDS];

	for (unsigned i = 0; i < PROM_WORDS; i++)
		if (port_read((uint16_t)(base + DATA), 2, &word[i]) != OK)
			return false;
	return (word[PROM_SIGNATURE_AT] & 0xffu) == PROM_SIGNATURE &&
	       (word[PROM_SIGNATURE_AT + 1] & 0xffu) == PROM_SIGNATURE;
}

bool isa_probe_ne2000(uint16_t base)
{
	bool found = somebody_there(base) && reset_works(base) && prom_select(base) &&
		     prom_is_ne2000(base);

	if (found)
		found = port_write((uint16_t)(base + COMMAND), 1, CR_STOP_ABORT) == OK;
	return found;
}
