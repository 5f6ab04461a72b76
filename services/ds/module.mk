# The data store and its unit tests.

ds_core := $(addprefix services/ds/, backup.c cell.c name.c store.c subscription.c) \
	services/runtime/crc32.c

services += ds
ds_sources := services/ds/ds.c $(ds_core)
