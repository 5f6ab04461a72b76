# What every network driver is built from.
nic_sources := $(addprefix drivers/net/, nic.c notes.c rx_queue.c tx_queue.c multicast.c) \
	services/runtime/crc32.c
