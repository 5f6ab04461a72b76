# webd: the web console's server, with the files of appliance/www in it.

webd_files := $(out)/webd/files_table.c
$(webd_files): appliance/webd/files.py build/www.stamp
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) appliance/webd/files.py build/www > $@

webd_pure := $(addprefix appliance/webd/, alerts.c api_account.c api_alert_test.c api_alerts.c api_authority.c api_config.c api_crashes.c api_events.c \
	api_logs.c api_metrics.c api_network.c api_overview.c api_ports.c api_services.c app.c authority.c certificate.c \
	crl.c der.c events.c files.c issue.c json.c keypair.c login.c password.c request.c response.c session.c state.c validity.c \
	world_service.c) \
	services/runtime/civil.c services/runtime/crc32.c services/runtime/logring.c services/runtime/netconf_copy.c \
	services/runtime/page.c services/runtime/utf8.c services/runtime/wallclock.c services/runtime/wanlease.c build/third/http-parser/http_parser.c
webd_headers := -isystem build/third/http-parser -isystem build/third/mbedtls/include -isystem build/third/cjson

services += webd
webd_sources := $(addprefix appliance/webd/, act.c conn.c conn_answer.c conns.c identity.c keep.c tls.c webd.c) $(webd_pure) $(webd_files) \
	services/runtime/entropy.c services/runtime/event.c services/runtime/event_kind.c services/runtime/tls_port.c
webd_fpu := yes # cJSON keeps numbers as doubles
webd_cflags := $(webd_headers)
webd_link := -Wl,--wrap=mbedtls_mpi_mul_mpi
webd_libraries := build/third/lib/libmbedtls.a build/third/lib/libcjson.a
webd_sources += services/runtime/store.c \
	services/runtime/config.c
webd_third = $(third_mbedtls) $(third_http_parser)

webd_tested := tests/unit/webd_world.c tests/unit/webd_config.c $(webd_pure) $(webd_files) build/third/cjson/cJSON.c
webd_host_library := build/third/lib/libmbedtls_host.a
unit_tests += webd_app webd_authority webd_conn webd_identity webd_parts webd_later webd_keep webd_conns
webd_app_test_sources := tests/unit/webd_app_test.c $(webd_tested)
webd_conn_test_sources := tests/unit/webd_conn_test.c $(addprefix appliance/webd/, conn.c conn_answer.c conns.c) $(webd_tested)
webd_authority_test_sources := tests/unit/webd_authority_test.c $(webd_tested)
webd_identity_test_sources := tests/unit/webd_identity_test.c appliance/webd/identity.c $(webd_tested)
webd_parts_test_sources := tests/unit/webd_parts_test.c $(webd_tested)
webd_later_test_sources := tests/unit/webd_later_test.c $(webd_tested)
webd_conns_test_sources := tests/unit/webd_conns_test.c appliance/webd/conns.c
webd_keep_test_sources := tests/unit/webd_keep_test.c tests/unit/store_fake.c appliance/webd/keep.c
fuzz_targets += webd
webd_fuzz_sources := tests/fuzz/webd_fuzz.c $(webd_tested)
webd_app_test_cflags := $(webd_headers)
webd_conn_test_cflags := $(webd_headers)
webd_authority_test_cflags := $(webd_headers)
webd_identity_test_cflags := $(webd_headers)
webd_parts_test_cflags := $(webd_headers)
webd_later_test_cflags := $(webd_headers)
webd_keep_test_cflags := $(webd_headers)
webd_conns_test_cflags := $(webd_headers)
webd_fuzz_cflags := $(webd_headers)
webd_app_test_libraries := $(webd_host_library)
webd_conn_test_libraries := $(webd_host_library)
webd_authority_test_libraries := $(webd_host_library)
webd_identity_test_libraries := $(webd_host_library)
webd_parts_test_libraries := $(webd_host_library)
webd_later_test_libraries := $(webd_host_library)
webd_fuzz_libraries := $(webd_host_library)
webd_app_third = $(webd_third)
webd_conn_third = $(webd_third)
webd_authority_third = $(webd_third)
webd_identity_third = $(webd_third)
webd_parts_third = $(webd_third)
webd_later_third = $(webd_third)
webd_keep_third = $(webd_third)
webd_conns_third = $(webd_third)
