services += rtl8139
rtl8139_sources := $(addprefix drivers/net/rtl8139/, main.c rtl8139.c ring.c transmitter.c) \
	$(nic_sources)
