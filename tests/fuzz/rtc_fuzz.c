/* Whatever stands in the clock's registers: a plausible time that goes there and back, or none. */
#include "drivers/rtc/cmos/reading.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct cmos_registers registers = { 0 };
	int64_t unix_s, again_s;

	memcpy(&registers, bytes, size < sizeof(registers) ? size : sizeof(registers));
	if (cmos_decode(&registers, &unix_s) != CMOS_GOOD)
		return 0;
	if (unix_s < 1735689600 || unix_s >= 4102444800 || !cmos_encode(unix_s, &registers) ||
	    cmos_decode(&registers, &again_s) != CMOS_GOOD || again_s != unix_s)
		abort();
	return 0;
}
