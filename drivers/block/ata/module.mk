services += ata
ata_pure := $(addprefix drivers/block/ata/, identify.c taskfile.c gpt.c order.c) services/runtime/crc32.c
ata_sources := $(addprefix drivers/block/ata/, ata.c scan.c transfer.c engine.c) $(ata_pure)

unit_tests += ata ata_failed
ata_tested := tests/unit/ata_world.c tests/unit/ata_device.c \
	$(addprefix drivers/block/ata/, scan.c transfer.c engine.c) $(ata_pure)
ata_test_sources := tests/unit/ata_test.c $(ata_tested)
ata_failed_test_sources := tests/unit/ata_failed_test.c $(ata_tested)

fuzz_targets += ata
ata_fuzz_sources := tests/fuzz/ata_fuzz.c $(ata_pure)
