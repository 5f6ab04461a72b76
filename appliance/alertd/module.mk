# alertd: mail when something breaks, with the authorities that vouch for mail servers in it.

alertd_test_authority := $(if $(TEST_IMAGE),$(out)/alertd/authority.crt)
$(out)/alertd/authority.crt: tests/harness/authority
	$(quiet)tests/harness/authority $(@D)

alertd_authorities := $(out)/alertd/authorities_table.c
$(alertd_authorities): appliance/alertd/authorities.py $(alertd_test_authority)
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) $< /usr/share/ca-certificates/mozilla/*.crt $(alertd_test_authority) > $@

alertd_core := $(addprefix appliance/alertd/, archive.c base64.c history.c intake.c message.c pace.c queue.c smtp.c \
	wan.c) \
	$(addprefix services/runtime/, civil.c crc32.c event_kind.c page.c wallclock.c)

services += alertd
alertd_sources := $(addprefix appliance/alertd/, alertd.c mailer.c shelf.c sources.c transport.c) $(alertd_core) $(alertd_authorities) \
	$(addprefix services/runtime/, alertconf_copy.c dnsname.c entropy.c netconf_copy.c random.c resolver.c \
	tls_port.c wanlease.c)
alertd_cflags := -isystem build/third/mbedtls/include
alertd_link := -Wl,--wrap=mbedtls_mpi_mul_mpi
alertd_libraries := build/third/lib/libmbedtls.a
alertd_third = $(third_mbedtls)

unit_tests += alertd_smtp alertd_queue alertd_intake alertd_history
alertd_history_test_sources := tests/unit/alertd_history_test.c appliance/alertd/history.c services/runtime/crc32.c
alertd_intake_test_sources := tests/unit/alertd_intake_test.c $(addprefix appliance/alertd/, history.c intake.c pace.c queue.c \
	wan.c) \
	$(addprefix services/runtime/, crc32.c wallclock.c)
alertd_smtp_test_sources := tests/unit/alertd_smtp_test.c $(addprefix appliance/alertd/, smtp.c base64.c)
alertd_queue_test_sources := tests/unit/alertd_queue_test.c $(addprefix appliance/alertd/, queue.c message.c pace.c wan.c) \
	$(addprefix services/runtime/, civil.c crc32.c event_kind.c page.c)
unit_tests += alertd_mailer alertd_shelf
alertd_mailer_test_sources := tests/unit/alertd_mailer_test.c $(addprefix appliance/alertd/, base64.c mailer.c smtp.c)
alertd_shelf_test_sources := tests/unit/alertd_shelf_test.c \
	$(addprefix appliance/alertd/, archive.c pace.c queue.c shelf.c wan.c) \
	tests/unit/store_fake.c $(addprefix services/runtime/, crc32.c wear.c writeback.c)

fuzz_targets += alertd_smtp
alertd_smtp_fuzz_sources := tests/fuzz/alertd_smtp_fuzz.c $(addprefix appliance/alertd/, smtp.c base64.c)
