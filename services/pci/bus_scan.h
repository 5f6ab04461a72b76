/*
 * Every network device on every PCI bus, and every other that a driver is
 * there for; the I/O ports and the memory that others use.
 */
#ifndef PCI_BUS_SCAN_H
#define PCI_BUS_SCAN_H

#include "services/pci/config_space.h"

#define SCAN_DEVICES_MAX 32u
#define SCAN_PAGES_MAX   128u
#define SCAN_RANGES_MAX  64u
#define SCAN_RANGE_PORTS 256u /* the most that a PCI device may claim in one piece */

struct pci_device {
	pci_address_t address;
	uint16_t vendor, device;
	uint8_t irq_line; /* IRQ_LINE_NONE: it has no interrupt pin */
	bool network;
};

/* Is there a driver for that device, whatever its class? */
typedef bool scan_wants(const void *context, uint16_t vendor, uint16_t device);

struct bus_scan {
	unsigned functions; /* seen, of all kinds */
	scan_wants *wants;
	const void *wants_context;
	unsigned device_count, nics_left_out;
	struct pci_device devices[SCAN_DEVICES_MAX]; /* in PCI order */
	unsigned range_count;
	uint16_t ranges[SCAN_RANGES_MAX]; /* first ports of what PCI devices decode */
	unsigned page_count;
	bool pages_left_out;
	struct {
		pci_address_t address;
		uint32_t page;
	} pages[SCAN_PAGES_MAX]; /* first pages of the memory that they decode */
};

/* Bounded: each bus once, whatever bridges say. */
void bus_scan(struct bus_scan *scan, scan_wants *wants, const void *wants_context);

/* May [port, port + count) belong to a PCI device? Their lengths are not asked for here. */
bool bus_scan_claims(const struct bus_scan *scan, uint16_t port, uint16_t count);

/* The I/O ports of a function that nobody uses yet: the first I/O BAR. False: it has none. */
bool bus_function_ports(pci_address_t address, uint16_t *base, uint16_t *count);

/*
 * The memory of a function that nobody uses yet, in whole pages: the first
 * memory BAR below 4 GiB. A smaller one gets the page it lies in, if nobody
 * else's begins there. False: it has none that it could be given; *why says so.
 */
bool bus_function_memory(const struct bus_scan *scan, pci_address_t address, uint32_t *base,
			 uint32_t *bytes, const char **why);

#endif
