/* The machine as a whole: what GRUB said of it, power, and the screen for last words. */
#ifndef KERNEL_MACHINE_H
#define KERNEL_MACHINE_H

#include <stddef.h>
#include <stdint.h>

struct module {
	uint64_t start, end; /* physical; 0, 0 if GRUB brought none */
};

struct machine {
	struct module bundle, config, update;
	uint64_t rsdp; /* physical address of ACPI's root pointer; 0: none */
};

extern struct machine machine;

/* Reads Multiboot2's information; memory_add and memory_reserve are done. */
void machine_init(uint32_t magic, uint64_t information);

_Noreturn void machine_reboot(void);
void machine_poweroff(void); /* returns if ACPI does not say how */
void machine_screen_show(const char *text, size_t length);

#endif
