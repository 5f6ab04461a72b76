/*
 * PCI configuration space through configuration mechanism 1.
 * PCI Local Bus Specification 3.0: 3.2.2.3.2 the mechanism, 6 the registers.
 */
#ifndef PCI_CONFIG_SPACE_H
#define PCI_CONFIG_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_BUSES     256u
#define PCI_DEVICES   32u
#define PCI_FUNCTIONS 8u

#define PCI_ID          0x00u /* vendor, device */
#define PCI_ABSENT      0xffffu
#define PCI_COMMAND     0x04u
#define COMMAND_IO      0x0001u
#define COMMAND_MEMORY  0x0002u
#define COMMAND_MASTER  0x0004u
#define PCI_CLASS       0x08u /* revision, interface, subclass, class */
#define CLASS_NETWORK   0x02u
#define PCI_HEADER      0x0cu     /* header type in bits 16 to 23 */
#define HEADER_MULTI    0x800000u /* the device has more functions than one */
#define HEADER_TYPE     0x7fu
#define HEADER_NORMAL   0u
#define HEADER_BRIDGE   1u
#define PCI_BAR0        0x10u
#define PCI_BARS        6u
#define BAR_IO          0x1u
#define BAR_IO_MASK     0xfffcu
#define BAR_MEMORY_MASK 0xfffffff0u
#define BAR_TYPE        0x6u  /* of a memory BAR */
#define BAR_TYPE_64     0x4u  /* the next one is its upper half */
#define PCI_BUS_NUMBER  0x18u /* bridges: primary, secondary, subordinate bus */
#define PCI_INTERRUPT   0x3cu /* line, pin */

/* bus << 8 | device << 3 | function, as in struct device_info. */
typedef uint16_t pci_address_t;

static inline pci_address_t pci_address(unsigned bus, unsigned device, unsigned function)
{
	return (pci_address_t)(bus << 8 | device << 3 | function);
}

/* Is there a PCI host that this mechanism reaches? */
bool config_present(void);
/* The four bytes at `offset`, a multiple of 4; all ones if nobody answers. */
uint32_t config_read(pci_address_t address, unsigned offset);
void config_write(pci_address_t address, unsigned offset, uint32_t value);
/* `width_bytes` of 1, 2 or 4 at a multiple of that: some registers take only their own width. */
void config_write_narrow(pci_address_t address, unsigned offset, unsigned width_bytes,
			 uint32_t value);
/* The command register alone: a write to the status beside it would clear bits. */
void config_command_set(pci_address_t address, uint32_t clear, uint32_t set);
/*
 * What of the BAR at `offset` takes a one. The function decodes nothing
 * meanwhile, and all of it is one kernel call: our death cannot leave it half done.
 */
uint32_t config_bar_probe(pci_address_t address, unsigned offset);

#endif
