/* See civil.h. */
#include "services/runtime/civil.h"

#include <stdio.h>

#define SECONDS_A_DAY 86400
#define UNIX_S_MAX    253402300799 /* 9999-12-31 23:59:59 */
#define DAYS_BY_1970  719162       /* from 0001-01-01 */
#define FIRST_WEEKDAY 4            /* 1970-01-01 was a Thursday */
#define US_A_SECOND   1000000

static const uint16_t days_before[] = {
	0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
};

static bool is_leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Of `year`, counted from 1970-01-01. */
static int32_t first_day(int32_t year)
{
	int32_t past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400 - DAYS_BY_1970;
}

/* Of `month`, counted from the year's first day; month 13 is the next year. */
static int32_t month_day(int32_t year, uint32_t month)
{
	return days_before[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

bool civil_of_unix(int64_t unix_s, struct civil *civil)
{
	*civil = (struct civil){
		.year = CIVIL_YEAR_FIRST, .month = 1, .day = 1, .weekday = FIRST_WEEKDAY
	};
	if (unix_s < 0 || unix_s > UNIX_S_MAX)
		return false;
	int32_t days = (int32_t)(unix_s / SECONDS_A_DAY);
	int32_t seconds = (int32_t)(unix_s % SECONDS_A_DAY);
	int32_t year =
		CIVIL_YEAR_FIRST + days / 366; /* never too late, at most 16 years too early */
	uint32_t month = 1;

	while (first_day(year + 1) <= days)
		year++;
	int32_t day = days - first_day(year);
	while (month_day(year, month + 1) <= day)
		month++;
	*civil = (struct civil){ .year = year,
				 .month = (uint8_t)month,
				 .day = (uint8_t)(day - month_day(year, month) + 1),
				 .hour = (uint8_t)(seconds / 3600),
				 .minute = (uint8_t)(seconds / 60 % 60),
				 .second = (uint8_t)(seconds % 60),
				 .weekday = (uint8_t)((days + FIRST_WEEKDAY) % 7) };
	return true;
}

bool civil_to_unix(const struct civil *civil, int64_t *unix_s)
{
	if (civil->year < CIVIL_YEAR_FIRST || civil->year > CIVIL_YEAR_LAST || civil->month < 1 ||
	    civil->month > 12 || civil->day < 1 || civil->hour > 23 || civil->minute > 59 ||
	    civil->second > 59)
		return false;
	int32_t before = month_day(civil->year, civil->month);

	if (civil->day > month_day(civil->year, civil->month + 1u) - before)
		return false;
	int64_t days = first_day(civil->year) + before + civil->day - 1;
	*unix_s = days * SECONDS_A_DAY + civil->hour * 3600 + civil->minute * 60 + civil->second;
	return true;
}

unsigned civil_format(int64_t unix_us, int32_t offset_minutes, unsigned digits,
		      char text[CIVIL_TEXT_BYTES])
{
	static const uint32_t parts[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
	bool known = unix_us >= 0 && offset_minutes > -24 * 60 && offset_minutes < 24 * 60;
	struct civil at;

	if (!known || !civil_of_unix(unix_us / US_A_SECOND + offset_minutes * 60, &at))
		return (unsigned)snprintf(text, CIVIL_TEXT_BYTES, "-");
	digits = digits < 6 ? digits : 6;
	unsigned used =
		(unsigned)snprintf(text, CIVIL_TEXT_BYTES, "%04d-%02u-%02uT%02u:%02u:%02u",
				   (int)at.year, at.month, at.day, at.hour, at.minute, at.second);
	if (digits != 0)
		used += (unsigned)snprintf(text + used, CIVIL_TEXT_BYTES - used, ".%0*u",
					   (int)digits,
					   (unsigned)(unix_us % US_A_SECOND) / parts[digits]);
	unsigned away = (unsigned)(offset_minutes < 0 ? -offset_minutes : offset_minutes);
	if (away == 0)
		return used + (unsigned)snprintf(text + used, CIVIL_TEXT_BYTES - used, "Z");
	return used + (unsigned)snprintf(text + used, CIVIL_TEXT_BYTES - used, "%c%02u:%02u",
					 offset_minutes < 0 ? '-' : '+', away / 60, away % 60);
}
