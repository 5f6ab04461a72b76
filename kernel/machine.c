/*
 * Multiboot2 information (specification 2.0, 3.6), reset and power-off. Soft
 * power-off needs two numbers of ACPI (ACPI 6.4, 4.8.3.2, 5.2.9, 7.4.2): the PM1
 * control port of the FADT and the sleep type in the DSDT's _S5_ package, which
 * is found by its name: no interpreter is worth two bytes.
 */
#include "kernel/machine.h"

#include "kernel/cpu.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/string.h"

#define MULTIBOOT2_LOADED 0x36d76289u
#define TAG_MODULE 3
#define TAG_MEMORY_MAP 6
#define TAG_ACPI_OLD 14
#define TAG_ACPI_NEW 15
#define INFORMATION_BYTES_MAX 0x100000u

#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET 0xfe
#define RESET_CONTROL 0xcf9 /* Intel chip sets since the PIIX3 */

#define SCREEN_CELLS 0xb8000ull
#define SCREEN_COLUMNS 80

struct tag {
	uint32_t type, size;
};

struct tag_module {
	struct tag tag;
	uint32_t start, end;
	char name[];
};

struct tag_memory_map {
	struct tag tag;
	uint32_t entry_size, entry_version;
};

struct memory_map_entry {
	uint64_t base, length;
	uint32_t type, reserved;
};

struct acpi_header {
	char signature[4];
	uint32_t length;
	uint8_t rest[28];
} __attribute__((packed));

struct machine machine;

extern const uint8_t kernel_start_physical[], kernel_end_physical[];

static void modules_reserve(void)
{
	memory_reserve(machine.bundle.start, machine.bundle.end);
	memory_reserve(machine.config.start, machine.config.end);
}

static void module_note(const struct tag_module *module)
{
	struct module place = { module->start, module->end };

	if (!memcmp(module->name, "bundle", 7))
		machine.bundle = place;
	else if (!memcmp(module->name, "config", 7))
		machine.config = place;
	else
		klog(LOG_WARNING, "a module of unknown name is ignored");
}

static void memory_note(const struct tag_memory_map *map)
{
	const uint8_t *entry = (const uint8_t *)(map + 1);
	const uint8_t *end = (const uint8_t *)map + map->tag.size;

	for (; entry + sizeof(struct memory_map_entry) <= end; entry += map->entry_size) {
		const struct memory_map_entry *e = (const void *)entry;
		if (e->type == 1 && e->base < MEMORY_END)
			memory_add(e->base, e->base + e->length);
	}
}

void machine_init(uint32_t magic, uint64_t information)
{
	if (magic != MULTIBOOT2_LOADED)
		halt("not started by a Multiboot2 boot loader");
	const uint32_t *head = physical_pointer((physical_t){ information });
	uint32_t bytes = head[0];

	if (bytes > INFORMATION_BYTES_MAX)
		halt("the boot loader's information is damaged");
	for (uint32_t offset = 8; offset + sizeof(struct tag) <= bytes;) {
		const struct tag *tag = (const void *)((const uint8_t *)head + offset);

		if (tag->type == 0 || tag->size < sizeof(*tag))
			break;
		if (tag->type == TAG_MODULE)
			module_note((const void *)tag);
		else if (tag->type == TAG_MEMORY_MAP)
			memory_note((const void *)tag);
		else if (tag->type == TAG_ACPI_OLD || tag->type == TAG_ACPI_NEW)
			machine.rsdp = physical_of(tag + 1).address;
		offset += (tag->size + 7) & ~7u;
	}
	memory_reserve((uint64_t)kernel_start_physical, (uint64_t)kernel_end_physical);
	memory_reserve(information, information + bytes);
	modules_reserve();
}

void machine_reboot(void)
{
	static const uint64_t no_table[2];

	out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
	out8(RESET_CONTROL, 6);
	/* With no interrupt table a fault is a triple fault, which resets. */
	__asm__ volatile("lidt %0; int3" : : "m"(no_table));
	for (;;)
		__asm__ volatile("cli; hlt");
}

static const struct acpi_header *acpi_table(uint64_t physical)
{
	if (!physical || physical >= MEMORY_END - PAGE_BYTES)
		return NULL;
	const struct acpi_header *header = physical_pointer((physical_t){ physical });
	return header->length < sizeof(*header) || header->length > 0x1000000 ? NULL : header;
}

static const struct acpi_header *fadt_find(void)
{
	const uint8_t *rsdp = physical_pointer((physical_t){ machine.rsdp });
	uint32_t root_address;

	memcpy(&root_address, rsdp + 16, 4);
	const struct acpi_header *root = acpi_table(root_address);
	for (uint32_t offset = sizeof(*root); root && offset + 4 <= root->length; offset += 4) {
		uint32_t address;

		memcpy(&address, (const uint8_t *)root + offset, 4);
		const struct acpi_header *table = acpi_table(address);
		if (table && !memcmp(table->signature, "FACP", 4))
			return table;
	}
	return NULL;
}

/* Sleep type of S5 from "_S5_", package opcode, length, count, [byte prefix], value; -1: none. */
static int sleep_type_find(const struct acpi_header *dsdt)
{
	const uint8_t *code = (const uint8_t *)dsdt;

	for (uint32_t i = sizeof(*dsdt); i + 12 < dsdt->length; i++) {
		if (memcmp(code + i, "_S5_\x12", 5))
			continue;
		const uint8_t *value = code + i + 5;
		value += (*value >> 6) + 2;
		return *value == 0x0a ? value[1] : *value;
	}
	return -1;
}

void machine_poweroff(void)
{
	const struct acpi_header *fadt = machine.rsdp ? fadt_find() : NULL, *dsdt;
	uint32_t dsdt_address, control_port;

	if (!fadt)
		return;
	memcpy(&dsdt_address, (const uint8_t *)fadt + 40, 4);
	memcpy(&control_port, (const uint8_t *)fadt + 64, 4);
	dsdt = acpi_table(dsdt_address);
	int sleep_type = dsdt ? sleep_type_find(dsdt) : -1;
	if (sleep_type >= 0)
		out16((uint16_t)control_port, (uint16_t)(sleep_type << 10 | 1 << 13));
}

void machine_screen_show(const char *text, size_t length)
{
	volatile uint16_t *cells = physical_pointer((physical_t){ SCREEN_CELLS });

	for (size_t i = 0; i < length && i < 4 * SCREEN_COLUMNS; i++)
		cells[i] = (uint16_t)(0x4f00 | (uint8_t)text[i]);
}
