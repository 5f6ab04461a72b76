#include "drivers/rtc/cmos/reading.h"

#include "drivers/rtc/cmos/registers.h"
#include "services/runtime/civil.h"

#include <string.h>

/* Nobody runs this before it was written: such a clock was never set. */
#define YEAR_FIRST     2025
#define YEAR_LAST      2099
#define CENTURY_FIRST  19
#define CENTURY_LAST   21
#define CENTURY_OF_OLD 20 /* where no register says which */
#define NO_NUMBER      0xffu

/* NO_NUMBER: not BCD. */
static uint8_t number(uint8_t raw, bool binary)
{
	if (binary)
		return raw;
	if ((raw & 15) > 9 || raw >> 4 > 9)
		return NO_NUMBER;
	return (uint8_t)((raw >> 4) * 10 + (raw & 15));
}

static uint8_t raw_of(unsigned value, bool binary)
{
	return (uint8_t)(binary ? value : value / 10 << 4 | value % 10);
}

/* NO_NUMBER: none. Some boards keep it in BCD whatever the chip's format is. */
static uint8_t century_of(const struct cmos_registers *registers)
{
	uint8_t bcd = number(registers->century, false);

	if (bcd >= CENTURY_FIRST && bcd <= CENTURY_LAST)
		return bcd;
	if ((registers->b & B_BINARY) && registers->century >= CENTURY_FIRST &&
	    registers->century <= CENTURY_LAST)
		return registers->century;
	return NO_NUMBER;
}

bool cmos_has_century(const struct cmos_registers *registers)
{
	return century_of(registers) != NO_NUMBER;
}

static uint8_t hour_of(const struct cmos_registers *registers)
{
	bool binary = registers->b & B_BINARY;

	if (registers->b & B_24_HOUR)
		return number(registers->hour, binary);
	uint8_t hour = number(registers->hour & (uint8_t)~HOUR_PM, binary);
	if (hour < 1 || hour > 12)
		return NO_NUMBER;
	return (uint8_t)(hour % 12 + (registers->hour & HOUR_PM ? 12 : 0));
}

static uint8_t raw_hour(unsigned hour, uint8_t b)
{
	bool binary = b & B_BINARY;

	if (b & B_24_HOUR)
		return raw_of(hour, binary);
	return (uint8_t)(raw_of(hour % 12 == 0 ? 12 : hour % 12, binary) |
			 (hour >= 12 ? HOUR_PM : 0));
}

static bool is_all_ones(const struct cmos_registers *registers)
{
	struct cmos_registers ones;

	memset(&ones, 0xff, sizeof(ones));
	return memcmp(registers, &ones, sizeof(ones)) == 0;
}

enum cmos_reading cmos_decode(const struct cmos_registers *registers, int64_t *unix_s)
{
	bool binary = registers->b & B_BINARY;
	uint8_t century = century_of(registers), year = number(registers->year, binary);

	if (is_all_ones(registers))
		return CMOS_NO_CHIP;
	if (registers->a & A_UPDATING)
		return CMOS_UPDATING;
	if (!(registers->d & D_VALID) || (registers->b & B_SET) || year > 99)
		return CMOS_IMPLAUSIBLE;
	struct civil civil = {
		.year = (century == NO_NUMBER ? CENTURY_OF_OLD : century) * 100 + year,
		.month = number(registers->month, binary),
		.day = number(registers->day, binary),
		.hour = hour_of(registers),
		.minute = number(registers->minute, binary),
		.second = number(registers->second, binary),
	};
	if (civil.year < YEAR_FIRST || civil.year > YEAR_LAST || !civil_to_unix(&civil, unix_s))
		return CMOS_IMPLAUSIBLE;
	return CMOS_GOOD;
}

bool cmos_encode(int64_t unix_s, struct cmos_registers *registers)
{
	bool binary = registers->b & B_BINARY;
	struct civil civil;

	if (!civil_of_unix(unix_s, &civil) || civil.year < YEAR_FIRST || civil.year > YEAR_LAST)
		return false;
	/* As it is kept there: see century_of. */
	bool century_is_bcd = number(registers->century, false) >= CENTURY_FIRST &&
			      number(registers->century, false) <= CENTURY_LAST;
	if (cmos_has_century(registers))
		registers->century = raw_of((unsigned)civil.year / 100, !century_is_bcd);
	registers->year = raw_of((unsigned)civil.year % 100, binary);
	registers->month = raw_of(civil.month, binary);
	registers->day = raw_of(civil.day, binary);
	registers->hour = raw_hour(civil.hour, registers->b);
	registers->minute = raw_of(civil.minute, binary);
	registers->second = raw_of(civil.second, binary);
	return true;
}
