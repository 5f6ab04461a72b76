/*
 * Buses in the order of their numbers, which firmware gives depth first; a bus
 * is scanned if a bridge on a lower one leads to it. So no bridge, however it
 * lies, makes the scan go round in circles.
 */
#include "services/pci/bus_scan.h"

#include "kernel/abi/table.h"

#include <string.h>

#define PAGE_MASK ((uint32_t) ~(PAGE_BYTES - 1))

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

static void page_add(struct bus_scan *scan, pci_address_t address, uint32_t page)
{
	if (scan->page_count == SCAN_PAGES_MAX) {
		scan->pages_left_out = true;
		return;
	}
	scan->pages[scan->page_count].address = address;
	scan->pages[scan->page_count++].page = page;
}

static void pages_add(struct bus_scan *scan, pci_address_t address)
{
	if ((config_read(address, PCI_COMMAND) & COMMAND_MEMORY) == 0)
		return;
	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint32_t bar = config_read(address, PCI_BAR0 + 4 * i);

		if ((bar & BAR_IO) == 0 && (bar & BAR_MEMORY_MASK) != 0)
			page_add(scan, address, bar & PAGE_MASK);
		if ((bar & (BAR_IO | BAR_TYPE)) == BAR_TYPE_64)
			i++;
	}
}

/* PCI 3.0, 6.2.4: without a pin the line means nothing. */
static uint8_t irq_line(pci_address_t address)
{
	uint32_t interrupt = config_read(address, PCI_INTERRUPT);

	return (interrupt >> 8 & 0xffu) != 0 ? (uint8_t)interrupt : IRQ_LINE_NONE;
}

static void device_add(struct bus_scan *scan, pci_address_t address, uint32_t id, bool network)
{
	if (scan->device_count == SCAN_DEVICES_MAX) {
		scan->nics_left_out += network;
		return;
	}
	scan->devices[scan->device_count++] = (struct pci_device){
		.address = address,
		.vendor = (uint16_t)id,
		.device = (uint16_t)(id >> 16),
		.irq_line = irq_line(address),
		.network = network,
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
	bool network;

	walk->scan->functions++;
	if (type == HEADER_BRIDGE)
		bridge_follow(walk, address);
	if (type != HEADER_NORMAL)
		return;
	ranges_add(walk->scan, address);
	pages_add(walk->scan, address);
	network = config_read(address, PCI_CLASS) >> 24 == CLASS_NETWORK;
	if (network ||
	    walk->scan->wants(walk->scan->wants_context, (uint16_t)id, (uint16_t)(id >> 16)))
		device_add(walk->scan, address, id, network);
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

void bus_scan(struct bus_scan *scan, scan_wants *wants, const void *wants_context)
{
	static struct walk walk;

	memset(scan, 0, sizeof *scan);
	scan->wants = wants;
	scan->wants_context = wants_context;
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

/* Does memory of another function begin in these pages? */
static bool pages_are_shared(const struct bus_scan *scan, pci_address_t address, uint32_t base,
			     uint32_t bytes)
{
	if (scan->pages_left_out)
		return true;
	for (unsigned i = 0; i < scan->page_count; i++)
		if (scan->pages[i].address != address && scan->pages[i].page - base < bytes)
			return true;
	return false;
}

/* The first memory BAR that 32 bits reach; PCI_BARS: there is none. */
static unsigned memory_bar(pci_address_t address)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint32_t bar = config_read(address, PCI_BAR0 + 4 * i);
		bool wide = (bar & (BAR_IO | BAR_TYPE)) == BAR_TYPE_64;
		uint32_t upper = wide ? config_read(address, PCI_BAR0 + 4 * (i + 1)) : 0;

		if ((bar & BAR_IO) == 0 && (bar & BAR_MEMORY_MASK) != 0 && upper == 0)
			return i;
		i += wide;
	}
	return PCI_BARS;
}

bool bus_function_memory(const struct bus_scan *scan, pci_address_t address, uint32_t *base,
			 uint32_t *bytes, const char **why)
{
	unsigned bar = memory_bar(address);
	uint32_t place, taken, size;

	*why = "it has neither I/O ports nor memory";
	if (bar == PCI_BARS)
		return false;
	place = config_read(address, PCI_BAR0 + 4 * bar) & BAR_MEMORY_MASK;
	taken = config_bar_probe(address, PCI_BAR0 + 4 * bar) & BAR_MEMORY_MASK;
	size = taken & (0u - taken);
	*base = place & PAGE_MASK;
	*bytes = size < PAGE_BYTES ? (uint32_t)PAGE_BYTES : size;
	if (size != 0 && !pages_are_shared(scan, address, *base, *bytes))
		return true;
	*why = "its memory shares a page with another device's";
	return false;
}
