services += i6300esb
i6300esb_sources := $(addprefix drivers/watchdog/i6300esb/, watchdog.c timer.c pulse.c mmio.c)

unit_tests += i6300esb watchdog
watchdog_test_sources := tests/unit/watchdog_test.c drivers/watchdog/i6300esb/pulse.c
i6300esb_test_sources := tests/unit/i6300esb_test.c \
	$(addprefix drivers/watchdog/i6300esb/, timer.c pulse.c)
