# The data store and its unit tests.

ds_core := $(addprefix services/ds/, alert.c backup.c cell.c checkpoint.c name.c store.c subscription.c) \
	services/runtime/crc32.c

services += ds
ds_sources := services/ds/ds.c $(ds_core)

unit_tests += ds_store ds_torn ds_service ds_flip
ds_flip_test_sources := tests/unit/ds_flip_test.c $(ds_core)
ds_store_test_sources := tests/unit/ds_store_test.c $(ds_core)
ds_torn_test_sources := tests/unit/ds_torn_test.c tests/unit/stepped.c $(filter-out %/crc32.c, $(ds_core))
ds_service_test_sources := tests/unit/ds_service_test.c services/ds/ds.c services/runtime/ds.c $(ds_core)
ds_service_test_cflags := -Dmain=ds_main -include tests/unit/ds_service_test.h
