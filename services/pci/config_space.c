#include "services/pci/config_space.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#define CONFIG_ADDRESS 0xcf8u
#define CONFIG_DATA    0xcfcu
#define CONFIG_ENABLE  0x80000000u

static uint32_t selector(pci_address_t address, unsigned offset)
{
	return CONFIG_ENABLE | (uint32_t)address << 8 | (offset & 0xfcu);
}

/* A list of accesses for one kernel call: each selects, then reads or writes. */
static void access_add(struct port_access list[2], pci_address_t address, unsigned offset,
		       bool write, uint32_t value)
{
	list[0] = (struct port_access){ .port = CONFIG_ADDRESS,
					.width_bytes = 4,
					.write = 1,
					.value = selector(address, offset) };
	list[1] = (struct port_access){
		.port = CONFIG_DATA, .width_bytes = 4, .write = write, .value = value
	};
}

static uint32_t config_access(pci_address_t address, unsigned offset, bool write, uint32_t value)
{
	struct port_access list[2];

	access_add(list, address, offset, write, value);
	return port_vector(list, 2) == OK ? list[1].value : UINT32_MAX;
}

bool config_present(void)
{
	struct port_access accesses[] = {
		{ .port = CONFIG_ADDRESS, .width_bytes = 4, .write = 1, .value = CONFIG_ENABLE },
		{ .port = CONFIG_ADDRESS, .width_bytes = 4 },
	};

	return port_vector(accesses, 2) == OK && accesses[1].value == CONFIG_ENABLE;
}

uint32_t config_read(pci_address_t address, unsigned offset)
{
	return config_access(address, offset, false, 0);
}

void config_write(pci_address_t address, unsigned offset, uint32_t value)
{
	(void)config_access(address, offset, true, value);
}

void config_write_narrow(pci_address_t address, unsigned offset, unsigned width_bytes,
			 uint32_t value)
{
	struct port_access list[2];

	access_add(list, address, offset, true, value);
	list[1].port = (uint16_t)(CONFIG_DATA + (offset & 3u));
	list[1].width_bytes = (uint8_t)width_bytes;
	if (port_vector(list, 2) != OK)
		log_error("register %#x of PCI function %04x cannot be written", offset, address);
}

/* The upper half is the status register, in which ones clear and zeros change nothing. */
void config_command_set(pci_address_t address, uint32_t clear, uint32_t set)
{
	uint32_t command = config_read(address, PCI_COMMAND) & 0xffffu;

	config_write(address, PCI_COMMAND, (command & ~clear) | set);
}

/* PCI 3.0, 6.2.5.1. */
uint32_t config_bar_probe(pci_address_t address, unsigned offset)
{
	uint32_t command = config_read(address, PCI_COMMAND) & 0xffffu;
	uint32_t bar = config_read(address, offset);
	struct port_access list[10];

	access_add(list, address, PCI_COMMAND, true, command & ~(COMMAND_IO | COMMAND_MEMORY));
	access_add(list + 2, address, offset, true, UINT32_MAX);
	access_add(list + 4, address, offset, false, 0);
	access_add(list + 6, address, offset, true, bar);
	access_add(list + 8, address, PCI_COMMAND, true, command);
	return port_vector(list, 10) == OK ? list[5].value : 0;
}
