kernel_sources := kernel/boot.S kernel/entry.S kernel/main.c kernel/cpu.c kernel/log.c kernel/string.c \
	kernel/memory.c kernel/paging.c kernel/time.c kernel/machine.c kernel/acpi.c kernel/bundle.c kernel/region.c \
	kernel/slot.c kernel/life.c kernel/schedule.c kernel/ipc.c kernel/grant.c kernel/usermem.c \
	kernel/port.c kernel/dma_guard.c kernel/irq.c kernel/device.c kernel/interrupt.c kernel/syscall.c
