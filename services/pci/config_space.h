/*
 * PCI configuration space by mechanism 1 (PCI Local Bus Specification 3.0,
 * 3.2.2.3.2): an address to port 0xcf8, then the data at 0xcfc.
 */
#ifndef PCI_CONFIG_SPACE_H
#define PCI_CONFIG_SPACE_H

#include <stdint.h>

/* bus << 8 | device << 3 | function */
typedef struct pci_function {
	uint16_t address;
} pci_function_t;

/* Registers (PCI 3.0, 6.1), offsets in bytes. */
#define PCI_ID 0x00 /* vendor, device << 16 */
#define PCI_COMMAND 0x04 /* and status, which ignores zeros, in the upper half */
#define PCI_COMMAND_IO 0x1u
#define PCI_COMMAND_MEMORY 0x2u
#define PCI_COMMAND_BUS_MASTER 0x4u
#define PCI_CLASS 0x08 /* class << 24, subclass << 16 */
#define PCI_HEADER 0x0c /* header type << 16 */
#define PCI_HEADER_MULTIFUNCTION 0x800000u
#define PCI_HEADER_TYPE_MASK 0x7f0000u
#define PCI_HEADER_TYPE_BRIDGE 0x010000u
#define PCI_BAR0 0x10
#define PCI_BAR_COUNT 6
#define PCI_BAR_IO 0x1u
#define PCI_BAR_IO_MASK 0xfffffffcu
#define PCI_BRIDGE_BUSES 0x18 /* secondary bus << 8 */
#define PCI_INTERRUPT 0x3c /* line, pin << 8 */

#define PCI_CLASS_NETWORK 0x02u
#define PCI_NO_DEVICE 0xffffu /* vendor read where nothing is */

/* `offset` is a multiple of 4. A refused port is our own mistake and panics. */
uint32_t pci_config_read(pci_function_t function, unsigned offset);
void pci_config_write(pci_function_t function, unsigned offset, uint32_t value);

#endif
