# The system disk: its plan makes bulkhead.img on the host, too.

install_plan := services/install/plan.c services/install/gpt.c services/install/fat.c services/runtime/crc32.c

unit_tests += install_plan
install_plan_test_sources := tests/unit/install_plan_test.c $(install_plan)
