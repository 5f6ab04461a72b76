# The reincarnation server and its unit tests.

rs_core := $(addprefix services/rs/, heartbeat.c misdeeds.c obituary.c recovery.c \
	supervise.c supervise_adopt.c supervise_checkpoint.c supervise_death.c supervise_policy.c supervise_request.c \
	supervise_rest.c supervise_start.c supervise_update.c) services/runtime/crc32.c

services += rs
rs_sources := services/rs/rs.c $(rs_core)

unit_tests += rs_recovery rs_supervise rs_adopt rs_update rs_sequences rs_rest
rs_recovery_test_sources := tests/unit/rs_recovery_test.c services/rs/recovery.c services/rs/heartbeat.c
rs_supervise_test_sources := tests/unit/rs_supervise_test.c tests/unit/rs_world.c $(rs_core)
rs_adopt_test_sources := tests/unit/rs_adopt_test.c tests/unit/rs_world.c $(rs_core)
rs_update_test_sources := tests/unit/rs_update_test.c tests/unit/rs_world.c $(rs_core)
rs_sequences_test_sources := tests/unit/rs_sequences_test.c tests/unit/rs_world.c $(rs_core)
rs_rest_test_sources := tests/unit/rs_rest_test.c tests/unit/rs_world.c $(rs_core)
