# The configuration service, the tables made of its schema, its tests and fuzz target.

config_tables := build/config/tables.c
$(config_tables): config/generate.py config/schema.json config/factory.json
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) $^ > $@

config_core := $(config_tables) $(addprefix services/config/, address.c compile.c compile_rule.c \
	document.c force.c nearest.c refusal.c scan.c schema.c) services/runtime/crc32.c

services += config
config_sources := services/config/config.c $(config_core)
config_fpu := yes
config_cflags := -isystem build/third/cjson
config_libraries := build/third/lib/libcjson.a
