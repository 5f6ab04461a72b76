# The system disk: its plan makes bulkhead.img on the host, too.

install_plan := services/install/plan.c services/install/gpt.c services/install/fat.c services/runtime/crc32.c
install_core := $(install_plan) $(addprefix services/install/, archive.c cell.c inspect.c job.c progress.c)

services += install
install_sources := services/install/install.c $(install_core)

unit_tests += install_plan install_job install_archive
install_plan_test_sources := tests/unit/install_plan_test.c $(install_plan)
install_job_test_sources := tests/unit/install_job_test.c $(install_core)
install_archive_test_sources := tests/unit/install_archive_test.c services/install/archive.c services/runtime/crc32.c

fuzz_targets += install
install_fuzz_sources := tests/fuzz/install_fuzz.c $(install_core)
