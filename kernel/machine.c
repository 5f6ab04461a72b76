/* Multiboot2 information (specification 2.0, 3.6), reset, and the screen. */
#include "kernel/machine.h"

#include "kernel/cpu.h"
#include "kernel/log.h"
#include "kernel/memory.h"
#include "kernel/string.h"

#define MULTIBOOT2_LOADED     0x36d76289u
#define TAG_MODULE            3
#define TAG_MEMORY_MAP        6
#define TAG_ACPI_OLD          14
#define TAG_ACPI_NEW          15
#define INFORMATION_BYTES_MAX 0x100000u

#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET   0xfe
#define RESET_CONTROL    0xcf9 /* Intel chip sets since the PIIX3 */

#define SCREEN_CELLS   0xb8000ull
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

struct machine machine;

extern const uint8_t kernel_start_physical[], kernel_end_physical[];

static void modules_reserve(void)
{
	memory_reserve(machine.bundle.start, machine.bundle.end);
	memory_reserve(machine.config.start, machine.config.end);
	memory_reserve(machine.update.start, machine.update.end);
}

static void module_note(const struct tag_module *module)
{
	struct module place = { module->start, module->end };

	if (!memcmp(module->name, "bundle", 7))
		machine.bundle = place;
	else if (!memcmp(module->name, "config", 7))
		machine.config = place;
	else if (!memcmp(module->name, "update", 7))
		machine.update = place;
	else
		klog(LOG_WARNING, "a module of unknown name is ignored");
}

static void memory_note(const struct tag_memory_map *map)
{
	const uint8_t *entry = (const uint8_t *)(map + 1);
	const uint8_t *end = (const uint8_t *)map + map->tag.size;

	if (map->entry_size < sizeof(struct memory_map_entry))
		halt("the boot loader's memory map is damaged");
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

void machine_screen_show(const char *text, size_t length)
{
	volatile uint16_t *cells = physical_pointer((physical_t){ SCREEN_CELLS });

	for (size_t i = 0; i < length && i < 4 * SCREEN_COLUMNS; i++)
		cells[i] = (uint16_t)(0x4f00 | (uint8_t)text[i]);
}
