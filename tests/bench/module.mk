# Bulkhead beside a Linux router, figures to tests/bench/RESULTS.md:
#	make bench [OPTIONS="--rounds 5 --nics ne2k_pci,ne2k_pci"]
# What it costs that drivers and firewall have address spaces of their own:
#	make bench-isolation [OPTIONS="--rounds 3"]
# Guest instructions against those of tests/bench/reference.toml; UPDATE=1 writes that file:
#	make bench-check [UPDATE=1]
.PHONY: bench bench-isolation bench-check
bench: setup
	$(quiet)$(MAKE) $(jobs) image
	$(quiet)$(PYTHON) -m tests.bench $(OPTIONS)

bench-isolation: setup
	$(quiet)$(MAKE) $(jobs) image
	$(quiet)$(PYTHON) -m tests.bench.isolation $(OPTIONS)

bench-check: setup
	$(quiet)$(MAKE) $(jobs) image $(bench_bundle) $(large_bundle)
	$(quiet)$(PYTHON) -m tests.bench.check $(if $(UPDATE),--update) $(OPTIONS)

# The system in which single operations are counted; it is in no image of the product.
bench_bundle := $(out)/bench/micro.bundle
large_bundle := $(out)/bench/large.bundle
bench_programs := $(patsubst %,$(out)/services/%.elf,rs bench_meter bench_peer bench_line bench_idle)
