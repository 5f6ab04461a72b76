cmos_core := drivers/rtc/cmos/reading.c services/runtime/civil.c

services += cmos
cmos_sources := drivers/rtc/cmos/rtc.c drivers/rtc/cmos/chip.c $(cmos_core) \
	services/runtime/wallclock.c services/runtime/crc32.c

unit_tests += rtc
rtc_test_sources := tests/unit/rtc_test.c drivers/rtc/cmos/chip.c $(cmos_core) \
	services/runtime/wallclock.c services/runtime/crc32.c

fuzz_targets += rtc
rtc_fuzz_sources := tests/fuzz/rtc_fuzz.c $(cmos_core)
