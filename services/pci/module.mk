services += pci
pci_sources := $(addprefix services/pci/, pci.c config_space.c enumerate.c slots.c isa_probe.c)
