# The fault campaigns; tests/fault/README.md explains them.
#
#	make fault-bench [CAMPAIGNS="matrix silence"] [OPTIONS="--seed 7 --kills 10000"]
#	make soak [DURATION=7200] [OPTIONS="--seed 7"]
#	make power-cut [CUTS=200]
#	make web-audit

.PHONY: fault-bench soak power-cut web-audit

fault-bench: setup
	$(quiet)$(MAKE) $(jobs) test-image
	$(quiet)$(PYTHON) -m tests.fault $(CAMPAIGNS) $(OPTIONS)

soak: setup
	$(quiet)$(MAKE) $(jobs) test-image
	$(quiet)$(PYTHON) -m tests.fault soak --duration $(or $(DURATION),7200) $(OPTIONS)

power-cut: setup
	$(quiet)$(MAKE) $(jobs) test-image
	$(quiet)$(PYTHON) -m tests.fault power-cut --cuts $(or $(CUTS),200) $(OPTIONS)

web-audit: setup
	$(quiet)$(MAKE) $(jobs) test-image
	$(quiet)$(PYTHON) -m tests.fault web-audit $(OPTIONS)
