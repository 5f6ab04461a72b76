/* Finds every network function on every PCI bus, in the order of their addresses. */
#ifndef PCI_ENUMERATE_H
#define PCI_ENUMERATE_H

#include "services/pci/config_space.h"

#include <stdbool.h>

#define PCI_NETWORK_MAX 32

struct pci_network {
	pci_function_t function;
	uint16_t vendor, device;
};

/* Fills at most PCI_NETWORK_MAX of `found`; the number there are in all. */
unsigned pci_network_find(struct pci_network found[PCI_NETWORK_MAX]);

/* What a driver needs of a function. */
struct pci_resources {
	uint16_t port_base, port_count; /* the first I/O range; 0: it has none */
	uint8_t irq_line; /* as the firmware set it; 0xff: none */
};

/* Decoding and bus mastering are switched off meanwhile, and stay off. */
struct pci_resources pci_resources_read(pci_function_t function);

/* Lets the function answer at its ports and, if `bus_master`, reach memory. */
void pci_function_enable(pci_function_t function, bool bus_master);

#endif
