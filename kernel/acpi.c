/*
 * Soft power-off needs two numbers of ACPI (ACPI 6.4, 4.8.3.2, 5.2.9, 7.4.2):
 * the PM1 control port of the FADT and the sleep type in the DSDT's _S5_
 * package, which is found by its name: no interpreter is worth two bytes.
 */
#include "kernel/cpu.h"
#include "kernel/machine.h"
#include "kernel/memory.h"
#include "kernel/string.h"

#define POST_PORT          0x80     /* reading it takes about 1 us */
#define POWEROFF_POLLS_MAX 1000000u /* the power goes a moment after the command */

struct acpi_header {
	char signature[4];
	uint32_t length;
	uint8_t rest[28];
} __attribute__((packed));

static const struct acpi_header *acpi_table(uint64_t physical)
{
	if (!physical || physical >= MEMORY_END - PAGE_BYTES)
		return NULL;
	const struct acpi_header *header = physical_pointer((physical_t){ physical });
	return header->length < sizeof(*header) || header->length > 0x1000000 ? NULL : header;
}

static uint32_t word_at(const void *table, uint32_t offset)
{
	uint32_t word;

	memcpy(&word, (const uint8_t *)table + offset, 4);
	return word;
}

static const struct acpi_header *fadt_find(void)
{
	const void *rsdp = physical_pointer((physical_t){ machine.rsdp });
	const struct acpi_header *root = acpi_table(word_at(rsdp, 16));

	for (uint32_t offset = sizeof(*root); root && offset + 4 <= root->length; offset += 4) {
		const struct acpi_header *table = acpi_table(word_at(root, offset));

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
	const struct acpi_header *fadt = machine.rsdp ? fadt_find() : NULL;
	const struct acpi_header *dsdt = fadt ? acpi_table(word_at(fadt, 40)) : NULL;
	int sleep_type = dsdt ? sleep_type_find(dsdt) : -1;

	if (sleep_type < 0)
		return;
	out16((uint16_t)word_at(fadt, 64), (uint16_t)(sleep_type << 10 | 1 << 13));
	for (unsigned polls = 0; polls < POWEROFF_POLLS_MAX; polls++)
		in8(POST_PORT);
}
