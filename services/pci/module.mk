services += pci
pci_sources := $(addprefix services/pci/, pci.c assignment.c bus_scan.c config_space.c isa_probe.c)
