# The data store and its unit tests.

ds_core := $(addprefix services/ds/, backup.c cell.c crc32.c name.c store.c subscription.c)

services += ds
ds_sources := services/ds/ds.c $(ds_core)
