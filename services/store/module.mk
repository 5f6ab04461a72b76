# The store's records: their format and the order of writes, with their tests.

store_core := services/store/record.c services/store/vault.c services/runtime/crc32.c

services += store
store_sources := $(addprefix services/store/, store.c carry.c outage.c serve.c show.c opening.c volume.c life.c changes.c) \
	services/runtime/event.c $(store_core)

unit_tests += store_vault store_cut
store_vault_test_sources := tests/unit/store_vault_test.c tests/unit/store_disk.c $(store_core)
store_cut_test_sources := tests/unit/store_cut_test.c tests/unit/store_disk.c $(store_core)

unit_tests += store_service store_failure
store_world := tests/unit/store_world.c tests/unit/store_disk.c $(filter-out %/store.c %/event.c, $(store_sources))
store_service_test_sources := tests/unit/store_service_test.c $(store_world)
store_failure_test_sources := tests/unit/store_failure_test.c $(store_world)

fuzz_targets += store
store_fuzz_sources := tests/fuzz/store_fuzz.c $(store_core)
