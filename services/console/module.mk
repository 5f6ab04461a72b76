# The console: a command line on the serial port and on the screen.

console_pure := $(addprefix services/console/, \
	address.c command.c complete.c feed.c history.c json.c line.c nearest.c \
	show_config.c show_connections.c show_count.c show_crashes.c show_disks.c show_firewall.c show_install.c show_log.c \
	show_store.c \
	show_memory.c show_policy.c show_port.c show_quarantine.c show_service.c show_version.c terminal.c text.c \
	view_crash.c view_log.c view_netconf.c view_service.c words.c) services/runtime/crc32.c services/runtime/policy.c services/runtime/utf8.c

console_pure += services/console/show_clock.c services/runtime/civil.c services/runtime/wallclock.c
console_pure += services/console/show_wan.c services/runtime/wanlease.c

# The places of a configuration, for completion and help.
console_places := build/config/places.c
$(console_places): config/generate.py config/schema.json
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) $< --places config/schema.json > $@
console_pure += services/console/place.c services/console/place_locate.c $(console_places)

services += console
console_sources := $(console_pure) $(addprefix services/console/, \
	act.c act_install.c act_store.c alert.c candidate.c config_commands.c config_show.c console.c session.c show_names.c) services/runtime/config.c

unit_tests += console_line console_command console_show console_crashes console_session tty_queue
console_line_test_sources := tests/unit/console_line_test.c drivers/video/vga/screen.c \
	$(addprefix services/console/, history.c line.c text.c) services/runtime/utf8.c
console_command_test_sources := tests/unit/console_command_test.c tests/unit/console_world.c \
	services/console/candidate.c $(console_pure)
console_document := $(addprefix tests/unit/, console_document.c console_world.c) \
	$(console_pure) build/third/cjson/cJSON.c
console_show_test_sources := tests/unit/console_show_test.c $(console_document)
console_show_test_cflags := -isystem build/third/cjson
console_crashes_test_sources := tests/unit/console_crashes_test.c $(console_document)
console_crashes_test_cflags := -isystem build/third/cjson
console_session_test_sources := tests/unit/console_session_test.c tests/unit/console_world.c \
	services/console/candidate.c services/console/session.c $(console_pure)
tty_queue_test_sources := tests/unit/tty_queue_test.c
unit_tests += console_policy
console_policy_test_sources := tests/unit/console_policy_test.c tests/unit/console_world.c $(console_pure)

fuzz_targets += console_place
console_place_fuzz_sources := tests/fuzz/console_place_fuzz.c services/console/place.c \
	services/console/place_locate.c $(console_places)
