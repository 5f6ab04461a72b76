services += bench_meter bench_peer bench_line bench_idle
bench_meter_sources := $(addprefix tests/bench/micro/, meter.c kernel_costs.c net_costs.c) \
	drivers/net/rx_queue.c $(fw_core)
bench_peer_sources := tests/bench/micro/peer.c
bench_line_sources := tests/bench/micro/line.c
bench_idle_sources := tests/bench/micro/idle.c
