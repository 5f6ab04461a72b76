/*
 * A machine made up for each test of the pci service: configuration space of
 * several buses, ISA ports, a manifest with two network drivers and three
 * ports, and a watchdog's driver and service.
 */
#ifndef UNIT_PCI_MACHINE_H
#define UNIT_PCI_MACHINE_H

#include "kernel/abi/status.h"
#include "services/pci/assignment.h"
#include "tests/unit/unit.h"

#define RTL8139 0x813910ecu
#define NE2K    0x802910ecu
#define E1000   0x100e8086u
#define ESB     0x25ab8086u

#define FUNCTIONS_MAX 300u
#define SLOTS         3u
#define SELF          4u /* the pci service's slot, behind rs and the ports */
#define WATCHDOG_SLOT 5u
#define ISA_BASE      0x300u
#define ISA_COUNT     0x20u
#define LOG_BYTES     8192u

struct function {
	pci_address_t address;
	uint32_t registers[64];
	uint32_t bar_mask;   /* bits of the first BAR that take a one */
	unsigned own_writes; /* to registers from 0x40 on */
};

/* What stands at the ISA place. */
enum isa_card { ISA_NOTHING, ISA_NE2000, ISA_NO_SIGNATURE, ISA_READS_ZERO };

extern struct machine {
	bool host; /* there is a PCI host at all */
	unsigned function_count;
	struct function functions[FUNCTIONS_MAX];
	uint32_t selector;
	unsigned config_accesses, sized; /* BARs sized while they were decoded fail the test */
	enum isa_card isa;
	unsigned isa_reads, isa_writes, isa_stream;
	enum status refusal; /* of device_assign; OK: none */
	char log[LOG_BYTES];
} machine;

extern struct manifest manifest;
extern struct kernel_table table;
extern struct assignment assignment;

/* An empty machine. A cmocka set-up. */
int machine_setup(void **state);
struct function *function_add(pci_address_t address, uint32_t id, uint32_t class);
/* A network card with its I/O ports at `base`, as the firmware leaves it. */
struct function *card_add(pci_address_t address, uint32_t id, uint32_t base);
/* A watchdog with its registers in memory at `base`. */
struct function *watchdog_add(pci_address_t address, uint32_t base);
struct function *bridge_add(pci_address_t address, uint32_t secondary);

/* The service's life begins. */
void machine_run(void);
/* What port0, port1, ... were given. */
const struct device_info *device_of(unsigned port);
void assert_logged(const char *text);

#endif
