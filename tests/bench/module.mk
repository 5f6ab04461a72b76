services += bench_ping bench_pong
bench_ping_sources := tests/bench/ipc_client.c
bench_pong_sources := tests/bench/ipc_server.c

# Bulkhead beside a Linux router, figures to tests/bench/RESULTS.md:
#	make bench [OPTIONS="--rounds 5 --nics ne2k_pci,ne2k_pci"]
.PHONY: bench
bench: setup
	$(quiet)$(MAKE) $(jobs) image
	$(quiet)$(PYTHON) -m tests.bench $(OPTIONS)
