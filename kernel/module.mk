kernel_sources := kernel/boot.S kernel/entry.S kernel/main.c kernel/cpu.c kernel/log.c kernel/string.c \
	kernel/memory.c kernel/paging.c kernel/time.c kernel/machine.c kernel/acpi.c kernel/crc.c kernel/bundle.c kernel/warm.c kernel/crash.c kernel/region.c \
	kernel/slot.c kernel/life.c kernel/schedule.c kernel/ipc.c kernel/grant.c kernel/usermem.c \
	kernel/port.c kernel/dma_guard.c kernel/irq.c kernel/device.c kernel/interrupt.c kernel/syscall.c

unit_tests += kernel_ipc kernel_grant kernel_port kernel_irq kernel_bundle
kernel_ipc_test_sources := tests/unit/kernel_ipc_test.c tests/unit/kernel_world.c kernel/ipc.c
kernel_grant_test_sources := tests/unit/kernel_grant_test.c tests/unit/kernel_world.c kernel/ipc.c \
	kernel/grant.c kernel/usermem.c kernel/dma_guard.c
kernel_port_test_sources := tests/unit/kernel_port_test.c tests/unit/kernel_world.c kernel/ipc.c \
	kernel/port.c kernel/dma_guard.c kernel/device.c kernel/usermem.c
kernel_irq_test_sources := tests/unit/kernel_irq_test.c tests/unit/kernel_world.c kernel/ipc.c kernel/irq.c
kernel_bundle_test_sources := tests/unit/kernel_bundle_test.c kernel/bundle.c kernel/crc.c
