#include "drivers/rtc/cmos/chip.h"

#include "drivers/rtc/cmos/registers.h"
#include "services/runtime/kernel.h"

#include <stddef.h>

struct list {
	struct port_access accesses[PORT_VECTOR_MAX];
	unsigned count;
};

static const struct {
	uint8_t number;
	uint8_t offset; /* in struct cmos_registers */
} dates[] = {
	{ CMOS_SECOND, offsetof(struct cmos_registers, second) },
	{ CMOS_MINUTE, offsetof(struct cmos_registers, minute) },
	{ CMOS_HOUR, offsetof(struct cmos_registers, hour) },
	{ CMOS_DAY, offsetof(struct cmos_registers, day) },
	{ CMOS_MONTH, offsetof(struct cmos_registers, month) },
	{ CMOS_YEAR, offsetof(struct cmos_registers, year) },
	{ CMOS_CENTURY, offsetof(struct cmos_registers, century) },
};
#define DATES (sizeof(dates) / sizeof(dates[0]))

static void add(struct list *list, uint16_t port, bool write, uint8_t value)
{
	list->accesses[list->count++] = (struct port_access){
		.port = port, .width_bytes = 1, .write = write, .value = value
	};
}

/* Returns where the value will be. */
static const struct port_access *add_read(struct list *list, uint8_t number)
{
	add(list, CMOS_INDEX, true, number);
	add(list, CMOS_DATA, false, 0);
	return &list->accesses[list->count - 1];
}

static void add_write(struct list *list, uint8_t number, uint8_t value)
{
	add(list, CMOS_INDEX, true, number);
	add(list, CMOS_DATA, true, value);
}

enum status chip_read(struct cmos_registers *registers)
{
	struct list list = { .count = 0 };
	const struct port_access *date[DATES];
	const struct port_access *first = add_read(&list, CMOS_A);
	const struct port_access *b = add_read(&list, CMOS_B), *d = add_read(&list, CMOS_D);

	for (size_t i = 0; i < DATES; i++)
		date[i] = add_read(&list, dates[i].number);
	const struct port_access *last = add_read(&list, CMOS_A);
	enum status status = port_vector(list.accesses, list.count);
	if (status != OK)
		return status;
	registers->a = (uint8_t)(first->value | (last->value & A_UPDATING));
	registers->b = (uint8_t)b->value;
	registers->d = (uint8_t)d->value;
	for (size_t i = 0; i < DATES; i++)
		((uint8_t *)registers)[dates[i].offset] = (uint8_t)date[i]->value;
	return OK;
}

enum status chip_write(const struct cmos_registers *registers)
{
	struct list list = { .count = 0 };

	add_write(&list, CMOS_B, registers->b | B_SET);
	for (size_t i = 0; i < DATES; i++)
		if (dates[i].number != CMOS_CENTURY || cmos_has_century(registers))
			add_write(&list, dates[i].number,
				  ((const uint8_t *)registers)[dates[i].offset]);
	add_write(&list, CMOS_B, registers->b & (uint8_t)~B_SET);
	return port_vector(list.accesses, list.count);
}

enum status chip_go(const struct cmos_registers *registers)
{
	struct list list = { .count = 0 };

	add_write(&list, CMOS_B, registers->b & (uint8_t)~B_SET);
	return port_vector(list.accesses, list.count);
}
