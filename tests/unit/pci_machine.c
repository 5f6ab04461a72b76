#include "tests/unit/pci_machine.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <string.h>

struct machine machine;
struct manifest manifest;
struct kernel_table table;
struct assignment assignment;

/* --- Configuration space -------------------------------------------------------- */

static struct function *function_selected(void)
{
	for (unsigned i = 0; i < machine.function_count; i++)
		if (machine.functions[i].address == (machine.selector >> 8 & 0xffff))
			return &machine.functions[i];
	return NULL;
}

static void config_data_write(struct function *function, unsigned index, uint32_t value)
{
	if (index == PCI_BAR0 / 4) {
		uint32_t kind = function->registers[index] & BAR_IO;

		if (value == UINT32_MAX) {
			assert_int_equal(function->registers[1] & (COMMAND_IO | COMMAND_MEMORY), 0);
			machine.sized++;
		}
		value = (value & function->bar_mask) | kind;
	}
	if (index == PCI_COMMAND / 4)
		assert_int_equal(value >> 16, 0); /* ones would clear status bits */
	function->registers[index] = value;
}

/* A register of the function's own, of any width. */
static void config_own_write(struct function *function, const struct port_access *access)
{
	unsigned lane = access->port - 0xcfcu;
	unsigned index = machine.selector >> 2 & 63u;

	assert_in_range(index, 16, 63);
	assert_int_equal(lane % access->width_bytes, 0);
	memcpy((uint8_t *)&function->registers[index] + lane, &access->value, access->width_bytes);
	function->own_writes++;
}

static void config_do(struct port_access *access)
{
	struct function *function = function_selected();
	unsigned index = machine.selector >> 2 & 63u;

	if (access->width_bytes != 4) {
		assert_int_equal(access->write, 1);
		config_own_write(function, access);
		return;
	}
	machine.config_accesses++;
	if (access->port == 0xcf8) {
		if (access->write != 0)
			machine.selector = access->value;
		else
			access->value = machine.host ? machine.selector : UINT32_MAX;
		return;
	}
	assert_int_equal(access->port, 0xcfc);
	if (access->write == 0)
		access->value = function != NULL ? function->registers[index] : UINT32_MAX;
	else if (function != NULL)
		config_data_write(function, index, access->value);
}

/* --- ISA ------------------------------------------------------------------------- */

static uint32_t isa_read(unsigned offset)
{
	static const uint8_t prom[16] = { 2, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0x57, 0x57 };

	machine.isa_reads++;
	if (machine.isa == ISA_NOTHING)
		return 0xff;
	if (machine.isa == ISA_READS_ZERO)
		return 0;
	if (offset == 0x10) {
		unsigned index = machine.isa_stream++ % 16;

		return machine.isa == ISA_NE2000 ? prom[index] * 0x101u : 0x4242u;
	}
	return offset == 7 ? 0x80 : offset == 0 ? 0x21 : 0;
}

static void access_do(struct port_access *access)
{
	if (access->port >= 0xcf8 && access->port < 0xd00) {
		config_do(access);
		return;
	}
	assert_in_range(access->port, ISA_BASE, ISA_BASE + ISA_COUNT - 1);
	if (access->write != 0)
		machine.isa_writes++;
	else
		access->value = isa_read(access->port - ISA_BASE);
}

/* --- The kernel -------------------------------------------------------------------- */

enum status port_vector(struct port_access *accesses, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		access_do(&accesses[i]);
	return OK;
}

enum status port_read(uint16_t port, unsigned width_bytes, uint32_t *value)
{
	struct port_access access = { .port = port, .width_bytes = (uint8_t)width_bytes };

	access_do(&access);
	*value = access.value;
	return OK;
}

enum status port_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
	struct port_access access = {
		.port = port, .width_bytes = (uint8_t)width_bytes, .write = 1, .value = value
	};

	access_do(&access);
	return OK;
}

enum status device_assign(uint32_t slot, const struct device_info *device)
{
	assert_true((slot >= 1 && slot <= SLOTS) || slot == WATCHDOG_SLOT);
	assert_int_equal(table.services[slot].device.bus, DEVICE_NONE);
	if (machine.refusal != OK)
		return machine.refusal;
	table.services[slot].device = *device;
	return OK;
}

void log_at(enum log_level level, const char *format, ...)
{
	size_t used = strlen(machine.log);
	va_list arguments;

	(void)level;
	va_start(arguments, format);
	(void)vsnprintf(machine.log + used, LOG_BYTES - used, format, arguments);
	va_end(arguments);
	used = strlen(machine.log);
	(void)snprintf(machine.log + used, LOG_BYTES - used, "\n");
}

/* --- Machines ------------------------------------------------------------------------- */

struct function *function_add(pci_address_t address, uint32_t id, uint32_t class)
{
	struct function *function = &machine.functions[machine.function_count++];

	assert_true(machine.function_count <= FUNCTIONS_MAX);
	function->address = address;
	function->registers[PCI_ID / 4] = id;
	function->registers[PCI_CLASS / 4] = class << 24;
	return function;
}

struct function *card_add(pci_address_t address, uint32_t id, uint32_t base)
{
	struct function *function = function_add(address, id, CLASS_NETWORK);

	function->registers[PCI_COMMAND / 4] = COMMAND_IO | COMMAND_MASTER;
	function->bar_mask = 0xffffff00u;
	function->registers[PCI_BAR0 / 4] = base | BAR_IO;
	function->registers[PCI_INTERRUPT / 4] = 0x010bu;
	return function;
}

struct function *watchdog_add(pci_address_t address, uint32_t base)
{
	struct function *function = function_add(address, ESB, 0x08);

	function->registers[PCI_COMMAND / 4] = COMMAND_MEMORY;
	function->bar_mask = 0xfffffff0u;
	function->registers[PCI_BAR0 / 4] = base;
	return function;
}

struct function *bridge_add(pci_address_t address, uint32_t secondary)
{
	struct function *function = function_add(address, 0x12378086u, 0x06);

	function->registers[PCI_HEADER / 4] = HEADER_BRIDGE << 16;
	function->registers[PCI_BUS_NUMBER / 4] = secondary << 8;
	return function;
}

static void manifest_add_watchdog(void)
{
	struct manifest_image *image = &manifest.images[2];
	struct manifest_service *service = &manifest.services[WATCHDOG_SLOT];

	strcpy(image->name, "i6300esb");
	image->pci_id_count = 1;
	image->pci_ids[0] = (struct manifest_pci_id){ 0x8086, 0x25ab };
	image->pci_write_count = 2;
	image->pci_writes[0] = (struct manifest_pci_write){ 0x60, 2, 0, 0x0003 };
	image->pci_writes[1] = (struct manifest_pci_write){ 0x6a, 1, 0, 0x12 };
	strcpy(service->name, "watchdog");
	service->flags = SERVICE_DEVICE;
	service->image_count = 1;
	service->images[0] = 2;
}

static void manifest_make(void)
{
	struct manifest_image *rtl8139 = &manifest.images[0], *ne2k = &manifest.images[1];

	memset(&manifest, 0, sizeof manifest);
	strcpy(rtl8139->name, "rtl8139");
	rtl8139->pci_id_count = 1;
	rtl8139->pci_ids[0] = (struct manifest_pci_id){ 0x10ec, 0x8139 };
	rtl8139->dma_rule_count = 1;
	strcpy(ne2k->name, "ne2k");
	ne2k->pci_id_count = 1;
	ne2k->pci_ids[0] = (struct manifest_pci_id){ 0x10ec, 0x8029 };
	ne2k->isa_count = 1;
	ne2k->isa[0] = (struct manifest_isa){ ISA_BASE, ISA_COUNT, 9 };
	manifest.image_count = 3;
	manifest.service_count = table.service_count = WATCHDOG_SLOT + 1;
	manifest_add_watchdog();
	for (unsigned slot = 1; slot <= SLOTS; slot++) {
		struct manifest_service *service = &manifest.services[slot];

		(void)snprintf(service->name, NAME_BYTES, "port%u", slot - 1);
		service->flags = SERVICE_DEVICE;
		service->image_count = 2;
		service->images[1] = 1;
	}
	manifest.services[SELF].port_count = 1;
	manifest.services[SELF].ports[0] = (struct manifest_ports){ ISA_BASE, ISA_COUNT, 1 };
}

int machine_setup(void **state)
{
	(void)state;
	memset(&machine, 0, sizeof machine);
	memset(&table, 0, sizeof table);
	manifest_make();
	machine.host = true;
	function_add(0, 0x12378086u, 0x06);
	return 0;
}

void machine_run(void)
{
	memset(&assignment, 0, sizeof assignment);
	assignment.manifest = &manifest;
	assignment.table = &table;
	assignment.self = SELF;
	assignment_make(&assignment);
}

const struct device_info *device_of(unsigned port)
{
	return &table.services[1 + port].device;
}

void assert_logged(const char *text)
{
	if (strstr(machine.log, text) == NULL)
		fail_msg("no \"%s\" in:\n%s", text, machine.log);
}
