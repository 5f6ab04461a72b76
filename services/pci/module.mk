services += pci
pci_sources := $(addprefix services/pci/, pci.c assignment.c bus_scan.c config_space.c isa_probe.c)

unit_tests += pci
pci_test_sources := tests/unit/pci_test.c tests/unit/pci_machine.c \
	$(addprefix services/pci/, assignment.c bus_scan.c config_space.c isa_probe.c)
