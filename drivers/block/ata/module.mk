services += ata
ata_pure := $(addprefix drivers/block/ata/, identify.c taskfile.c gpt.c order.c) services/runtime/crc32.c
ata_sources := $(addprefix drivers/block/ata/, ata.c scan.c transfer.c engine.c) $(ata_pure)

unit_tests += ata
ata_test_sources := tests/unit/ata_test.c tests/unit/ata_device.c \
	$(addprefix drivers/block/ata/, scan.c transfer.c engine.c) $(ata_pure)

fuzz_targets += ata
ata_fuzz_sources := tests/fuzz/ata_fuzz.c $(ata_pure)
