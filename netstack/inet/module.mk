# INET: lwIP as a service. lwIP is compiled with INET's options, for the image
# and, with the sanitizers, for the unit tests.

lwip_directory := build/third/lwip/src
lwip_sources := \
	$(addprefix $(lwip_directory)/core/, \
		def.c inet_chksum.c init.c ip.c mem.c memp.c netif.c pbuf.c stats.c \
		tcp.c tcp_in.c tcp_out.c timeouts.c udp.c \
		ipv4/dhcp.c ipv4/icmp.c ipv4/ip4.c ipv4/ip4_addr.c ipv4/ip4_frag.c)
lwip_cflags := -Inetstack/inet/port -isystem $(lwip_directory)/include

services += inet
inet_own_sources := $(wildcard netstack/inet/*.c) services/runtime/crc32.c services/runtime/wanlease.c
inet_sources := $(inet_own_sources) $(lwip_sources)
inet_cflags := $(lwip_cflags)
# What lwIP's headers include of ours.
inet_indirect := netstack/inet/port/lwipopts.h netstack/inet/port/arch/cc.h netstack/inet/hooks.h

inet_tested := $(filter-out netstack/inet/inet.c, $(inet_own_sources)) tests/unit/inet_fixture.c \
	$(lwip_sources)

unit_tests += inet_random inet_hostq inet_netconf inet_socket inet_stream inet_netif inet_echo inet_preserved \
	inet_restore inet_time_wait inet_wan inet_wan_death inet_wan_nonsense
inet_random_test_sources := tests/unit/inet_random_test.c netstack/inet/random.c netstack/inet/siphash.c
inet_hostq_test_sources := tests/unit/inet_hostq_test.c netstack/inet/hostq.c
inet_netconf_test_sources := tests/unit/inet_netconf_test.c netstack/inet/netconf_reader.c
inet_socket_test_sources := tests/unit/inet_socket_test.c $(inet_tested)
inet_socket_test_cflags := $(lwip_cflags)
inet_stream_test_sources := tests/unit/inet_stream_test.c $(inet_tested)
inet_stream_test_cflags := $(lwip_cflags)
inet_netif_test_sources := tests/unit/inet_netif_test.c $(inet_tested)
inet_netif_test_cflags := $(lwip_cflags)
inet_echo_test_sources := tests/unit/inet_echo_test.c services/runtime/socket.c $(inet_tested)
inet_echo_test_cflags := $(lwip_cflags)
inet_preserved_test_sources := tests/unit/inet_preserved_test.c netstack/inet/preserved.c services/runtime/crc32.c
inet_restore_test_sources := tests/unit/inet_restore_test.c $(inet_tested)
inet_restore_test_cflags := $(lwip_cflags)
inet_time_wait_test_sources := tests/unit/inet_time_wait_test.c $(inet_tested)
inet_time_wait_test_cflags := $(lwip_cflags)
inet_wan_test_sources := tests/unit/inet_wan_test.c tests/unit/inet_wan_world.c $(inet_tested)
inet_wan_test_cflags := $(lwip_cflags)
inet_wan_death_test_sources := tests/unit/inet_wan_death_test.c tests/unit/inet_wan_world.c $(inet_tested)
inet_wan_death_test_cflags := $(lwip_cflags)
inet_wan_nonsense_test_sources := tests/unit/inet_wan_nonsense_test.c tests/unit/inet_wan_world.c $(inet_tested)
inet_wan_nonsense_test_cflags := $(lwip_cflags)
$(foreach name,$(filter inet_%,$(unit_tests)),$(eval $(name)_indirect := $(inet_indirect)))
