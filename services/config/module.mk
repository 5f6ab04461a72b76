# The configuration service, the tables made of its schema, its tests and fuzz target.

config_tables := build/config/tables.c
$(config_tables): config/generate.py config/schema.json config/factory.json
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) $^ > $@

config_core := $(config_tables) $(addprefix services/config/, address.c compile.c compile_address.c compile_alerts.c \
	compile_dhcp.c compile_forward.c compile_host.c compile_recovery.c compile_rule.c document.c force.c format.c nearest.c refusal.c scan.c schema.c) services/runtime/crc32.c services/runtime/policy.c

services += config
config_sources := services/config/config.c $(config_core)
config_fpu := yes
config_cflags := -isystem build/third/cjson
config_libraries := build/third/lib/libcjson.a

config_host_cflags := -isystem build/third/cjson
config_tested := $(config_core) build/third/cjson/cJSON.c netstack/firewall/settings.c netstack/firewall/port_forward.c

unit_tests += config_refusal config_document
config_refusal_test_sources := tests/unit/config_refusal_test.c $(config_tested)
config_refusal_test_cflags := $(config_host_cflags)
config_document_test_sources := tests/unit/config_document_test.c $(config_tested)
config_document_test_cflags := $(config_host_cflags)

fuzz_targets += config
config_fuzz_sources := tests/fuzz/config_fuzz.c $(config_tested)
config_fuzz_cflags := $(config_host_cflags)
