# The configuration service, the tables made of its schema, its tests and fuzz target.

config_tables := build/config/tables.c
$(config_tables): config/generate.py config/schema.json config/factory.json
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) $^ > $@

# Every field, in words, for people.
config_reference := build/config/reference.md
$(config_reference): config/generate.py config/schema.json
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) $< --reference config/schema.json > $@
check: $(config_reference)

config_pure := $(addprefix services/config/, answer.c compare.c desk.c ledger.c ledger_change.c pack.c persist.c texts.c tree.c)

config_core := $(config_tables) $(addprefix services/config/, address.c compile.c compile_address.c compile_alerts.c \
	compile_dhcp.c compile_forward.c compile_host.c compile_recovery.c compile_rule.c document.c force.c format.c nearest.c refusal.c scan.c schema.c) \
	$(addprefix services/runtime/, crc32.c policy.c rule_kinds.c rule_lists.c)

services += config
config_sources := $(addprefix services/config/, apply.c archive.c boot_document.c config.c request.c) $(config_core) $(config_pure) \
	services/runtime/event.c services/runtime/wallclock.c build/third/lz4/lz4.c
config_third = $(third_lz4)
config_fpu := yes
config_cflags := -isystem build/third/cjson -isystem build/third/lz4
config_libraries := build/third/lib/libcjson.a

config_host_cflags := -isystem build/third/cjson
config_tested := $(config_core) build/third/cjson/cJSON.c \
	$(addprefix netstack/firewall/, settings.c rule_index.c rule_table.c port_forward.c)

unit_tests += config_refusal config_document config_constraint config_lists
config_lists_test_sources := tests/unit/config_lists_test.c $(config_tested)
config_lists_test_cflags := $(config_host_cflags)
config_constraint_test_sources := tests/unit/config_constraint_test.c services/config/tree.c $(config_tested)
config_constraint_test_cflags := $(config_host_cflags)
config_refusal_test_sources := tests/unit/config_refusal_test.c $(config_tested)
config_refusal_test_cflags := $(config_host_cflags)
config_document_test_sources := tests/unit/config_document_test.c $(config_tested)
config_document_test_cflags := $(config_host_cflags)

fuzz_targets += config
config_fuzz_sources := tests/fuzz/config_fuzz.c $(config_tested)
config_fuzz_cflags := $(config_host_cflags)

unit_tests += config_ledger config_boot config_tree config_answer
config_answer_test_sources := tests/unit/config_answer_test.c services/config/answer.c
config_packed := $(addprefix services/config/, ledger.c ledger_change.c pack.c persist.c) build/third/lz4/lz4.c
config_ledger_tested := tests/unit/ledger_store.c tests/unit/version_text.c $(config_packed) services/runtime/crc32.c
config_ledger_test_sources := tests/unit/config_ledger_test.c $(config_ledger_tested)
config_ledger_test_cflags := -isystem build/third/lz4
config_ledger_third = $(third_lz4)
config_boot_test_sources := tests/unit/config_boot_test.c $(config_ledger_tested)
config_boot_test_cflags := -isystem build/third/lz4
config_boot_third = $(third_lz4)
unit_tests += config_archive
config_archive_test_sources := tests/unit/config_archive_test.c tests/unit/store_fake.c tests/unit/version_text.c \
	services/config/archive.c $(config_packed) services/runtime/crc32.c
config_archive_test_cflags := -isystem build/third/lz4
config_archive_third = $(third_lz4)
unit_tests += config_cut
config_cut_test_sources := tests/unit/config_cut_test.c tests/unit/version_text.c tests/unit/store_disk.c $(config_packed) \
	services/store/record.c services/store/vault.c services/runtime/crc32.c
config_cut_test_cflags := -DDISK_CELLS=44u -isystem build/third/lz4
config_cut_third = $(third_lz4)
config_tree_test_sources := tests/unit/config_tree_test.c services/config/compare.c services/config/desk.c \
	services/config/tree.c $(config_tested)
config_tree_test_cflags := $(config_host_cflags)

# Editing by pointer, uploads in chunks; packed documents.
fuzz_targets += config_edit config_pack
config_edit_fuzz_sources := tests/fuzz/config_edit_fuzz.c services/config/desk.c services/config/tree.c $(config_tested)
config_edit_fuzz_cflags := $(config_host_cflags)
config_pack_fuzz_sources := tests/fuzz/config_pack_fuzz.c services/config/pack.c build/third/lz4/lz4.c
config_pack_fuzz_cflags := -isystem build/third/lz4
config_pack_third = $(third_lz4)
