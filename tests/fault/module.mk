# The fault campaigns; tests/fault/README.md explains them.
#
#	make fault-bench [CAMPAIGNS="matrix silence"] [OPTIONS="--seed 7 --kills 10000"]
#	make soak [DURATION=7200] [OPTIONS="--seed 7"]

.PHONY: fault-bench soak

fault-bench: setup
	$(quiet)$(MAKE) $(jobs) test-image
	$(quiet)$(PYTHON) -m tests.fault $(CAMPAIGNS) $(OPTIONS)

soak: setup
	$(quiet)$(MAKE) $(jobs) test-image
	$(quiet)$(PYTHON) -m tests.fault soak --duration $(or $(DURATION),7200) $(OPTIONS)
