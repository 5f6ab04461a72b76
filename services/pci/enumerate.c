/*
 * A walk over the buses that the firmware has numbered. Each bus is looked at
 * once, whatever a bridge says leads to it, so a lying bridge ends nothing but
 * its own branch.
 */
#include "services/pci/enumerate.h"

#include <stdbool.h>

#define BUSES 256
#define DEVICES 32
#define FUNCTIONS 8

struct walk {
	bool reached[BUSES]; /* by a bridge */
	struct pci_network *found;
	unsigned count;
};

static void function_look(struct walk *walk, pci_function_t function, uint32_t id, uint32_t header)
{
	uint32_t class = pci_config_read(function, PCI_CLASS);

	if ((header & PCI_HEADER_TYPE_MASK) == PCI_HEADER_TYPE_BRIDGE) {
		uint32_t buses = pci_config_read(function, PCI_BRIDGE_BUSES);
		walk->reached[buses >> 8 & 0xff] = true;
	}
	if (class >> 24 != PCI_CLASS_NETWORK)
		return;
	if (walk->count < PCI_NETWORK_MAX)
		walk->found[walk->count] =
			(struct pci_network){ function, (uint16_t)id, (uint16_t)(id >> 16) };
	walk->count++;
}

static void device_look(struct walk *walk, unsigned bus, unsigned device)
{
	unsigned functions = 1;

	for (unsigned number = 0; number < functions; number++) {
		pci_function_t function = { (uint16_t)(bus << 8 | device << 3 | number) };
		uint32_t id = pci_config_read(function, PCI_ID);

		if ((id & 0xffff) == PCI_NO_DEVICE)
			continue;
		uint32_t header = pci_config_read(function, PCI_HEADER);

		if (number == 0 && (header & PCI_HEADER_MULTIFUNCTION))
			functions = FUNCTIONS;
		function_look(walk, function, id, header);
	}
}

unsigned pci_network_find(struct pci_network found[PCI_NETWORK_MAX])
{
	struct walk walk = { .found = found };

	/* Firmware numbers a bus behind a bridge higher than the bridge's own. */
	walk.reached[0] = true;
	for (unsigned bus = 0; bus < BUSES; bus++)
		for (unsigned device = 0; walk.reached[bus] && device < DEVICES; device++)
			device_look(&walk, bus, device);
	return walk.count;
}

static void command_set(pci_function_t function, uint32_t clear, uint32_t set)
{
	uint32_t command = pci_config_read(function, PCI_COMMAND) & 0xffff;

	pci_config_write(function, PCI_COMMAND, (command & ~clear) | set);
}

/* The size of an I/O range: the bits that stay zero (PCI 3.0, 6.2.5.1). */
static uint16_t range_size(pci_function_t function, unsigned offset, uint32_t bar)
{
	pci_config_write(function, offset, UINT32_MAX);
	uint32_t bits = pci_config_read(function, offset) & PCI_BAR_IO_MASK;

	pci_config_write(function, offset, bar);
	return (uint16_t)(~bits + 1);
}

struct pci_resources pci_resources_read(pci_function_t function)
{
	struct pci_resources resources = { .irq_line = (uint8_t)pci_config_read(function, PCI_INTERRUPT) };

	command_set(function, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_BUS_MASTER, 0);
	for (unsigned i = 0; i < PCI_BAR_COUNT; i++) {
		unsigned offset = PCI_BAR0 + 4 * i;
		uint32_t bar = pci_config_read(function, offset);

		if (!(bar & PCI_BAR_IO) || !(bar & PCI_BAR_IO_MASK))
			continue;
		resources.port_base = (uint16_t)(bar & PCI_BAR_IO_MASK);
		resources.port_count = range_size(function, offset, bar);
		break;
	}
	return resources;
}

void pci_function_enable(pci_function_t function, bool bus_master)
{
	command_set(function, 0, PCI_COMMAND_IO | (bus_master ? PCI_COMMAND_BUS_MASTER : 0));
}
