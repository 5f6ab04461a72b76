services += ne2k
ne2k_sources := $(addprefix drivers/net/ne2k/, main.c ne2k.c ring.c transmitter.c remote_dma.c) \
	$(nic_sources)
