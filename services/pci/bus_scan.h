/* Every network device on every PCI bus, and the I/O ports that others use. */
#ifndef PCI_BUS_SCAN_H
#define PCI_BUS_SCAN_H

#include "services/pci/config_space.h"

#define SCAN_NICS_MAX    32u
#define SCAN_RANGES_MAX  64u
#define SCAN_RANGE_PORTS 256u /* the most that a PCI device may claim in one piece */

struct pci_nic {
	pci_address_t address;
	uint16_t vendor, device;
	uint8_t irq_line;
};

struct bus_scan {
	unsigned functions; /* seen, of all kinds */
	unsigned nic_count, nics_left_out;
	struct pci_nic nics[SCAN_NICS_MAX]; /* in PCI order */
	unsigned range_count;
	uint16_t ranges[SCAN_RANGES_MAX]; /* first ports of what PCI devices decode */
};

/* Bounded: each bus once, whatever bridges say. */
void bus_scan(struct bus_scan *scan);

/* May [port, port + count) belong to a PCI device? Their lengths are not asked for here. */
bool bus_scan_claims(const struct bus_scan *scan, uint16_t port, uint16_t count);

/* The I/O ports of a function that nobody uses yet: the first I/O BAR. False: it has none. */
bool bus_function_ports(pci_address_t address, uint16_t *base, uint16_t *count);

#endif
