/*
 * A DP8390 tells itself by a tally counter that reading clears (DP8390D
 * datasheet, 10.3: CNTR0), behind a page switch in the command register. An
 * empty ISA place reads as all ones and is written to never.
 */
#include "services/pci/isa_probe.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#define COMMAND 0x00
#define COMMAND_STOP 0x21 /* stopped, no remote DMA, page 0 */
#define COMMAND_STOP_PAGE1 0x61
#define COUNTER0 0x0d /* page 0, read: frame alignment errors */
#define MULTICAST5 0x0d /* page 1, write */
#define NOTHING 0xff

static bool access_port(uint16_t port, bool write, uint32_t *value)
{
	enum status status = write ? port_write(port, 1, *value) : port_read(port, 1, value);

	return status == OK;
}

static bool put(uint16_t base, unsigned port, uint32_t value)
{
	return access_port((uint16_t)(base + port), true, &value);
}

static bool get(uint16_t base, unsigned port, uint32_t *value)
{
	return access_port((uint16_t)(base + port), false, value);
}

bool isa_ne2000_probe(uint16_t base)
{
	uint32_t command, counter;

	if (!get(base, COMMAND, &command) || command == NOTHING)
		return false;
	/* What is written to page 1 must not be seen in the counter of page 0. */
	if (!put(base, COMMAND, COMMAND_STOP_PAGE1) || !put(base, MULTICAST5, NOTHING) ||
	    !put(base, COMMAND, COMMAND_STOP) || !get(base, COUNTER0, &counter) ||
	    !get(base, COUNTER0, &counter))
		return false;
	if (counter == 0 && get(base, COMMAND, &command) && (command & 0x3f) == COMMAND_STOP)
		return true;
	(void)put(base, COMMAND, command);
	return false;
}
