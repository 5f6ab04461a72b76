services += rtl8139
rtl8139_sources := $(addprefix drivers/net/rtl8139/, main.c rtl8139.c ring.c transmitter.c) \
	$(nic_sources)

rtl8139_tested := $(addprefix tests/unit/, rtl8139_device.c net_world.c) \
	$(addprefix drivers/net/rtl8139/, rtl8139.c ring.c transmitter.c) $(nic_sources) services/runtime/wish.c

unit_tests += rtl8139_receive rtl8139_send rtl8139_life
rtl8139_receive_test_sources := tests/unit/rtl8139_receive_test.c $(rtl8139_tested)
rtl8139_send_test_sources := tests/unit/rtl8139_send_test.c $(rtl8139_tested)
rtl8139_life_test_sources := tests/unit/rtl8139_life_test.c $(rtl8139_tested)
