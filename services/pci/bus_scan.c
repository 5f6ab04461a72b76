/*
 * Buses in the order of their numbers, which firmware gives depth first; a bus
 * is scanned if a bridge on a lower one leads to it. So no bridge, however it
 * lies, makes the scan go round in circles.
 */
#include "services/pci/bus_scan.h"

#include <string.h>

struct walk {
	struct bus_scan *scan;
	bool reachable[PCI_BUSES];
};

static void ranges_add(struct bus_scan *scan, pci_address_t address)
{
	if ((config_read(address, PCI_COMMAND) & COMMAND_IO) == 0)
		return;
	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint32_t bar = config_read(address, PCI_BAR0 + 4 * i);

		if ((bar & BAR_IO) != 0 && (bar & BAR_IO_MASK) != 0 &&
		    scan->range_count < SCAN_RANGES_MAX)
			scan->ranges[scan->range_count++] = (uint16_t)(bar & BAR_IO_MASK);
	}
}

static void nic_add(struct bus_scan *scan, pci_address_t address, uint32_t id)
{
	if (scan->nic_count == SCAN_NICS_MAX) {
		scan->nics_left_out++;
		return;
	}
	scan->nics[scan->nic_count++] = (struct pci_nic){
		.address = address,
		.vendor = (uint16_t)id,
		.device = (uint16_t)(id >> 16),
		.irq_line = (uint8_t)config_read(address, PCI_INTERRUPT),
	};
}

static void bridge_follow(struct walk *walk, pci_address_t address)
{
	unsigned secondary = config_read(address, PCI_BUS_NUMBER) >> 8 & 0xffu;

	if (secondary > address >> 8)
		walk->reachable[secondary] = true;
}

static void function_scan(struct walk *walk, pci_address_t address, uint32_t id, uint32_t header)
{
	unsigned type = header >> 16 & HEADER_TYPE;

	walk->scan->functions++;
	if (type == HEADER_BRIDGE)
		bridge_follow(walk, address);
	if (type != HEADER_NORMAL)
		return;
	ranges_add(walk->scan, address);
	if (config_read(address, PCI_CLASS) >> 24 == CLASS_NETWORK)
		nic_add(walk->scan, address, id);
}

static void device_scan(struct walk *walk, unsigned bus, unsigned device)
{
	unsigned functions = 1;

	for (unsigned function = 0; function < functions; function++) {
		pci_address_t address = pci_address(bus, device, function);
		uint32_t id = config_read(address, PCI_ID), header;

		if ((id & 0xffffu) == PCI_ABSENT) {
			if (function == 0)
				return;
			continue;
		}
		header = config_read(address, PCI_HEADER);
		if ((header & HEADER_MULTI) != 0 && function == 0)
			functions = PCI_FUNCTIONS;
		function_scan(walk, address, id, header);
	}
}

void bus_scan(struct bus_scan *scan)
{
	static struct walk walk;

	memset(scan, 0, sizeof *scan);
	memset(&walk, 0, sizeof walk);
	walk.scan = scan;
	if (!config_present())
		return;
	walk.reachable[0] = true;
	for (unsigned bus = 0; bus < PCI_BUSES; bus++)
		for (unsigned device = 0; walk.reachable[bus] && device < PCI_DEVICES; device++)
			device_scan(&walk, bus, device);
}

bool bus_scan_claims(const struct bus_scan *scan, uint16_t port, uint16_t count)
{
	for (unsigned i = 0; i < scan->range_count; i++)
		if (port < scan->ranges[i] + SCAN_RANGE_PORTS && scan->ranges[i] < port + count)
			return true;
	return false;
}

/* The bits that take a one are the address; the lowest of them is the size. */
static uint16_t bar_count(pci_address_t address, unsigned offset)
{
	uint32_t taken = config_bar_probe(address, offset) & BAR_IO_MASK;

	return (uint16_t)(taken & (0u - taken));
}

bool bus_function_ports(pci_address_t address, uint16_t *base, uint16_t *count)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		unsigned offset = PCI_BAR0 + 4 * i;
		uint32_t bar = config_read(address, offset);

		if ((bar & BAR_IO) == 0 || (bar & BAR_IO_MASK) == 0)
			continue;
		*base = (uint16_t)(bar & BAR_IO_MASK);
		*count = bar_count(address, offset);
		return *count != 0;
	}
	return false;
}
