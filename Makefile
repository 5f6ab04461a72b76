# Bulkhead's one Makefile. A folder adds a module.mk that names what it has:
#
#	services += rtl8139		-> build/services/rtl8139.elf
#	rtl8139_sources := ...		root-relative; runtime and picolibc are linked in
#	rtl8139_fpu := yes		only if it needs floating point
#	rtl8139_cflags, rtl8139_libraries, rtl8139_link
#	rtl8139_third		stamps of third-party parts beside libc; so have tests
#	unit_tests += ring		-> build/tests/unit/ring, with sanitizers and cmocka
#	ring_test_sources, ring_test_cflags, ring_test_libraries
#	fuzz_targets += frame		-> build/tests/fuzz/frame, with libFuzzer
#	frame_fuzz_sources, frame_fuzz_cflags, frame_fuzz_libraries	corpus in tests/fuzz/corpus/frame/
#	kernel_sources, runtime_sources
#
# Spin models are tests/model/*.pml. `make help` lists what can be made.

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
SHELL := /bin/sh

# Images for tests can crash their services on request; they are built beside the others.
out := $(if $(TEST_IMAGE),build/test,build)
variant_flags := $(if $(TEST_IMAGE),-DBULKHEAD_TEST_IMAGE)

CC := gcc
CLANG := clang
PYTHON := /usr/bin/python3
quiet := $(if $(V),,@)
version := $(shell GIT_OPTIONAL_LOCKS=0 git describe --always --abbrev=12 --dirty 2>/dev/null || echo unknown)

# Packages that are missing are installed before anything else, and make starts again.
ifeq ($(filter clean help,$(MAKECMDGOALS)),)
include build/setup.stamp
endif
build/setup.stamp: image/packages.txt image/setup
	$(quiet)image/setup
	$(quiet)mkdir -p build && : > $@

# $(call remember,FILE,TEXT): FILE contains TEXT, and is touched only when that changes.
# It is read by cat, since make 4.3 now and then reads a file wrongly itself.
remember = $(if $(call differs,$(strip $(2)),$(shell cat $(1) 2>/dev/null)),$(shell mkdir -p $(dir $(1)))$(file >$(1),$(strip $(2))))
differs = $(if $(and $(findstring x$(1)x,x$(2)x),$(findstring x$(2)x,x$(1)x)),,yes)

modules := $(sort $(shell find kernel services netstack drivers appliance config tests -name module.mk))
include $(modules)

warnings := -Wall -Wextra -Werror -Wshadow -Wconversion -Wsign-conversion -Wundef -Wvla \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough
common_flags := -std=gnu17 -g -I. -ffile-prefix-map=$(CURDIR)/=

# --- What the rules are made of ------------------------------------------

# $(call objects,PRODUCT,SOURCES)
objects = $(patsubst %,$(1)/%.o,$(2))

# $(call compile,FOLDER,SOURCES,COMPILER,FLAGS[,SHARED]): FOLDER/SOURCE.o of each source.
# FOLDER/flags changes with the flags and, if the folder is not SHARED by programs, with the list of
# sources. -MMD leaves out what a system header includes, as lwIP's include our lwipopts.h: such are
# named in NAME_indirect.
define compile
$(call remember,$(1)/flags,$(3) $(4) $(warnings) $(if $(5),,$(2)))
$(if $(strip $(2)),$(call objects,$(1),$(2)): )$(1)/%.o: % $(1)/flags
	$$(quiet)mkdir -p $$(@D)
	@$$(if $$(quiet),echo "  compile  $$@")
	$$(quiet)$(3) $(4) $$(if $$(filter build/third/%,$$<),-w,$(warnings)) -MMD -MP -c -o $$@ $$<
-include $(patsubst %.o,%.d,$(call objects,$(1),$(2)))
endef

# --- Third-party sources -------------------------------------------------

third := build/third
third_picolibc := $(third)/picolibc.stamp
third_lwip := $(third)/lwip.stamp
third_cjson := $(third)/cjson.stamp
third_mbedtls := $(third)/mbedtls.stamp
third_http_parser := $(third)/http-parser.stamp
third_lz4 := $(third)/lz4.stamp
third_stamps := $(third_picolibc) $(third_lwip) $(third_cjson)

.PHONY: third-picolibc third-lwip third-cjson third-mbedtls third-http-parser third-lz4
third-picolibc: $(third_picolibc)
third-lwip: $(third_lwip)
third-cjson: $(third_cjson)
third-mbedtls: $(third_mbedtls)
third-http-parser: $(third_http_parser)
third-lz4: $(third_lz4)

$(shell image/third/pins)
$(third)/%.stamp: image/third/% image/third/fetch $(third)/%.pin
	$(quiet)image/third/make $* $^

# Sources that a module.mk names appear when they are unpacked.
$(third)/lwip/%: $(third_lwip) ;
$(third)/cjson/%: $(third_cjson) ;
$(third)/lib/libcjson.a: $(third_cjson) ;
$(third)/http-parser/%: $(third_http_parser) ;
$(third)/lz4/%: $(third_lz4) ;
$(third)/lib/libmbedtls.a $(third)/lib/libmbedtls_host.a: $(third_mbedtls) ;
$(third_cjson): $(third_picolibc)
$(third_mbedtls): $(third_picolibc) image/third/mbedtls_config.h

# --- Kernel --------------------------------------------------------------

kernel_flags := $(common_flags) -O2 -ffreestanding -mgeneral-regs-only -mno-red-zone -mcmodel=kernel \
	-fno-pie -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -flto \
	$(variant_flags) $(kernel_cflags)
kernel_objects := $(call objects,$(out)/objects/kernel,$(kernel_sources))
kernel := $(out)/kernel.elf

$(eval $(call compile,$(out)/objects/kernel,$(kernel_sources),$(CC),$(kernel_flags)))

$(kernel): $(kernel_objects) kernel/kernel.ld $(out)/objects/kernel/flags
	@$(if $(quiet),echo "  link     $@")
	$(quiet)$(CC) $(kernel_flags) -nostdlib -static -no-pie -Wl,-z,max-page-size=4096,--build-id=none,--no-warn-rwx-segments \
		-T kernel/kernel.ld -o $@ $(kernel_objects)

# --- Services ------------------------------------------------------------

# picolibc stands there twice: `integer` contains nothing that needs an SSE register.
libc_integer := $(third)/picolibc/integer
libc_double := $(third)/picolibc/double
compiler_headers := $(shell $(CC) -print-file-name=include 2>/dev/null)
libgcc := $(shell $(CC) -print-libgcc-file-name 2>/dev/null)

service_flags := $(common_flags) -O2 -fno-pie -fno-pic -mno-red-zone -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fcf-protection=none -ffunction-sections -fdata-sections \
	-D__ASSERT_VERBOSE $(variant_flags)
service_link := -nostdlib -static -no-pie -T services/runtime/service.ld \
	-Wl,-z,max-page-size=4096,-z,noexecstack,--build-id=none,--gc-sections

# $(call libc_of,SERVICE), $(call flags_of,SERVICE)
libc_of = $(if $($(1)_fpu),$(libc_double),$(libc_integer))
flags_of = $(service_flags) $(if $($(1)_fpu),,-mgeneral-regs-only) \
	-nostdinc -isystem $(call libc_of,$(1))/include -isystem $(compiler_headers) $($(1)_cflags)

# $(call service,NAME)
define service
$(eval $(call compile,$(out)/objects/$(1),$($(1)_sources),$(CC),$(call flags_of,$(1))))
$(call objects,$(out)/objects/$(1),$($(1)_sources)): $(third_stamps) $($(1)_third) $($(1)_indirect)
$(out)/services/$(1).elf: $(call objects,$(out)/objects/$(1),$($(1)_sources)) $($(1)_libraries) \
		$(out)/runtime.a services/runtime/service.ld image/check_elf.py image/disassembly.py $(out)/objects/$(1)/flags
	$$(quiet)mkdir -p $$(@D)
	@$$(if $$(quiet),echo "  link     $$@")
	$$(quiet)$(CC) $(service_link) -o $$@ $(call objects,$(out)/objects/$(1),$($(1)_sources)) \
		$($(1)_link) $($(1)_libraries) -Wl,--start-group $(out)/runtime.a $(call libc_of,$(1))/lib/libc.a $(libgcc) -Wl,--end-group
	$$(quiet)$(PYTHON) -m image.check_elf $(if $($(1)_fpu),--fpu) $$@
endef

runtime_objects := $(call objects,$(out)/objects/runtime,$(runtime_sources))
$(eval $(call compile,$(out)/objects/runtime,$(runtime_sources),$(CC),$(call flags_of,runtime)))
$(runtime_objects): $(third_stamps)
$(out)/runtime.a: $(runtime_objects) $(out)/objects/runtime/flags
	$(quiet)rm -f $@
	$(quiet)ar rcsD $@ $(runtime_objects)

$(foreach name,$(services),$(eval $(call service,$(name))))
service_elfs := $(patsubst %,$(out)/services/%.elf,$(services))

# --- clang ---------------------------------------------------------------

# The second compiler only reads: what it says of our sources is an error, too.
clang_headers := $(shell $(CLANG) -print-resource-dir 2>/dev/null)/include
clang_flags = $(patsubst $(compiler_headers),$(clang_headers),$(1)) -Wno-unused-command-line-argument
# $(call read,FOLDER,SOURCES,FLAGS)
define read
$(1)/%.read: % $(1)/flags
	$$(quiet)mkdir -p $$(@D)
	$$(quiet)$(CLANG) $(call clang_flags,$(3)) $(warnings) -fsyntax-only -MMD -MP -MF $$@.d -MT $$@ $$<
	$$(quiet)touch $$@
read_by_clang += $(patsubst %,$(1)/%.read,$(filter-out build/third/% %.S,$(2)))
endef
$(eval $(call read,$(out)/objects/kernel,$(kernel_sources),$(kernel_flags)))
$(eval $(call read,$(out)/objects/runtime,$(runtime_sources),$(call flags_of,runtime)))
$(foreach name,$(services),$(eval $(call read,$(out)/objects/$(name),$($(name)_sources),$(call flags_of,$(name)))))

# --- Bundle and images ---------------------------------------------------

bundle := $(out)/bulkhead.bundle
iso := $(out)/bulkhead.iso
compiler := $(wildcard image/manifest/*.py)
driver_blocks := $(wildcard drivers/*/*/manifest.toml)

# The kernel as it is booted: who symbolises takes the other one.
boot_kernel := $(out)/boot/kernel.elf
$(boot_kernel): $(kernel)
	$(quiet)mkdir -p $(@D)
	$(quiet)strip --strip-debug -o $@ $<

# GRUB as it lies on a disk.
grub_cores := $(addprefix $(out)/grub/,boot.img core.img bootx64.efi modules.tar)
$(grub_cores) &: image/disk/cores
	$(quiet)image/disk/cores $(out)/grub

# What the installer needs besides the bundle it is in.
archive := $(grub_cores) image/disk/grub.cfg $(boot_kernel)

$(call remember,$(out)/objects/version,$(version) $(driver_blocks))
bundle_parts := $(driver_blocks) $(compiler) $(service_elfs) $(out)/objects/version $(archive)
bundle_words := $(addprefix --drivers ,$(driver_blocks)) --images $(out)/services \
	$(addprefix --archive ,$(archive)) --build-id "$(version)"
$(bundle): config/system.toml $(bundle_parts)
	@$(if $(quiet),echo "  manifest $@")
	$(quiet)$(PYTHON) -m image.manifest $< $(bundle_words) --picture $(out)/system -o $@

$(iso): $(boot_kernel) $(bundle) image/grub/build image/grub/grub.cfg
	@$(if $(quiet),echo "  iso      $@")
	$(quiet)image/grub/build $(out)

# What the installer writes to a disk, written by the same code to a file.
disk_maker := build/host/disk
disk_maker_sources := image/disk/disk.c $(install_plan)
disk_maker_flags := $(common_flags) -O2
$(eval $(call compile,build/host/objects,$(disk_maker_sources),$(CC),$(disk_maker_flags)))
$(eval $(call read,build/host/objects,$(disk_maker_sources),$(disk_maker_flags)))
$(disk_maker): $(call objects,build/host/objects,$(disk_maker_sources)) build/host/objects/flags
	@$(if $(quiet),echo "  link     $@")
	$(quiet)$(CC) $(disk_maker_flags) -o $@ $(call objects,build/host/objects,$(disk_maker_sources))

disk_image := $(out)/bulkhead.img
$(disk_image): $(disk_maker) $(archive) $(bundle)
	@$(if $(quiet),echo "  disk     $@")
	$(quiet)$(disk_maker) "$(version)" $(archive) $(bundle) $@

pxe := $(out)/pxe/boot.ipxe
$(pxe): $(boot_kernel) $(bundle) $(wildcard image/pxe/*)
	@$(if $(quiet),echo "  pxe      $(@D)")
	$(quiet)image/pxe/build $(out)

# The system in which single operations are counted; only tests and benchmarks start it.
$(bench_bundle): tests/bench/micro/micro.toml $(compiler) $(bench_programs)
	@$(if $(quiet),echo "  manifest $@")
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) -m image.manifest $< --images $(out)/services --build-id bench -o $@

# The product with larger tables, for a machine with more memory; only benchmarks start it.
$(large_bundle): config/system.toml tests/bench/large.toml tests/bench/overlay.py $(bundle_parts)
	@$(if $(quiet),echo "  manifest $@")
	$(quiet)mkdir -p $(@D)
	$(quiet)$(PYTHON) -m tests.bench.overlay $< tests/bench/large.toml > $(@D)/large.toml
	$(quiet)$(PYTHON) -m image.manifest $(@D)/large.toml $(bundle_words) -o $@

.PHONY: all image services test-image
all: $(iso) $(disk_image) $(pxe) $(if $(TEST_IMAGE),$(bench_bundle))

image: all
	$(quiet)image/sizes $(out)

services: $(service_elfs)

test-image:
	$(quiet)$(MAKE) $(jobs) TEST_IMAGE=1 image

# --- Host tests ----------------------------------------------------------

sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
unit_flags := $(common_flags) -O1 $(sanitizers) -DBULKHEAD_UNIT_TEST
fuzz_flags := $(common_flags) -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
unit_programs := $(patsubst %,build/tests/unit/%,$(unit_tests))
fuzz_programs := $(patsubst %,build/tests/fuzz/%,$(fuzz_targets))

# Programs with the same flags of their own share their objects, in a folder named by these.
nothing :=
flags_folder = build/tests/objects/$(1)/$(or $(subst $(nothing) ,_,$(subst /,.,$(subst =,.,$(strip $(2))))),plain)

# $(call host,NAME,unit or fuzz,FOLDER,SOURCES,COMPILER,FLAGS,LIBRARIES)
define host
shared_folders += $(3)
$(3)_sources += $(4)
$(3)_compiler := $(5)
$(3)_flags := $(6)
$(call remember,build/tests/objects/$(2)/$(1).sources,$(4))
$(call objects,$(3),$(4)): $(third_lwip) $(third_cjson) $($(1)_third) $($(1)_indirect)
build/tests/$(2)/$(1): $(call objects,$(3),$(4)) build/tests/objects/$(2)/$(1).sources $(3)/flags
	$$(quiet)mkdir -p $$(@D)
	@$$(if $$(quiet),echo "  link     $$@")
	$$(quiet)$(5) $(6) -o $$@ $(call objects,$(3),$(4)) $(7)
endef

$(foreach name,$(unit_tests),$(eval $(call host,$(name),unit,$(call flags_folder,unit,$($(name)_test_cflags)),$\
	$($(name)_test_sources),$(CC),$(unit_flags) $($(name)_test_cflags),$($(name)_test_libraries) -lcmocka)))
$(foreach name,$(fuzz_targets),$(eval $(call host,$(name),fuzz,$(call flags_folder,fuzz,$($(name)_fuzz_cflags)),$\
	$($(name)_fuzz_sources),$(CLANG),$(fuzz_flags) $($(name)_fuzz_cflags),$($(name)_fuzz_libraries))))
$(foreach folder,$(sort $(shared_folders)),$\
	$(eval $(call compile,$(folder),$(sort $($(folder)_sources)),$($(folder)_compiler),$($(folder)_flags),shared)))

-include $(addsuffix .d,$(read_by_clang))

# --- What a person asks for ----------------------------------------------

.PHONY: help setup run test unit fuzz model manifest-test system check clang gdb pcap clean unit-programs fuzz-programs

help:
	@echo "make run     set up, build and boot the router in QEMU"
	@echo "make test    set up, build and run every test"
	@echo "make         build/bulkhead.iso, build/bulkhead.img, build/pxe/; image: also says how large everything is"
	@echo "make services | test-image   only the services; the image for tests"
	@echo "make unit | fuzz | model | manifest-test | www-test | system   one stage of the tests"
	@echo "make www     the web console, in build/www; appliance/www/README.md: how to work on it"
	@echo "make fault-bench | soak | web-audit   campaigns of faults, figures to tests/fault/RESULTS.md; DURATION=s"
	@echo "make bench   beside a Linux router, figures to tests/bench/RESULTS.md"
	@echo "make bench-isolation   what separate address spaces cost, against a build without"
	@echo "make bench-check   guest instructions against tests/bench/reference.toml; UPDATE=1 writes it"
	@echo "make check   what clang says; who may include whom; draws build/dependencies.svg"
	@echo "make gdb     boots and waits for the debugger; SERVICE=name for one service"
	@echo "make pcap    as run, and captures PORT=port0 into build/port0.pcap"
	@echo "V=1 shows commands, TEST_IMAGE=1 builds into build/test"

setup:
	$(quiet)image/setup

jobs := -j$(shell nproc) --no-print-directory

# A second make, so that the first may run where there is no compiler yet.
run: setup
	$(quiet)$(MAKE) $(jobs) image
	$(quiet)image/qemu $(out)

gdb: setup
	$(quiet)$(MAKE) $(jobs) image
	$(quiet)image/gdb $(out) $(SERVICE) $(IMAGE)

pcap: setup
	$(quiet)$(MAKE) $(jobs) image
	$(quiet)image/qemu $(out) --pcap $(or $(PORT),port0)

test: setup
	$(quiet)$(PYTHON) tests/run

unit fuzz model manifest-test: setup
	$(quiet)$(PYTHON) tests/run $@

system: setup
	$(quiet)$(PYTHON) tests/run waiting $@

unit-programs: $(unit_programs)
	@echo "$(unit_tests)" > build/tests/unit.list
fuzz-programs: $(fuzz_programs)
	@echo "$(fuzz_targets)" > build/tests/fuzz.list

$(read_by_clang): $(third_stamps) $(third_mbedtls) $(third_http_parser) $(third_lz4)
clang: $(read_by_clang)

check: clang www-check
	$(quiet)$(PYTHON) -m image.dependencies --picture build/dependencies
	$(quiet)$(PYTHON) -m tests.fault.mechanisms --check

clean:
	rm -rf build
