services += ne2k
ne2k_sources := $(addprefix drivers/net/ne2k/, main.c ne2k.c ring.c transmitter.c remote_dma.c) \
	$(nic_sources)

ne2k_tested := $(addprefix tests/unit/, ne2k_device.c net_world.c) \
	$(addprefix drivers/net/ne2k/, ne2k.c ring.c transmitter.c remote_dma.c) $(nic_sources) services/runtime/wish.c

unit_tests += ne2k_receive ne2k_life
ne2k_receive_test_sources := tests/unit/ne2k_receive_test.c $(ne2k_tested)
ne2k_life_test_sources := tests/unit/ne2k_life_test.c $(ne2k_tested)
