/*
 * Processor set-up: segments, the interrupt table, the SYSCALL door and every
 * protection the processor offers.
 * Source: Intel 64 and IA-32 Architectures SDM, vol. 3, chapters 2 to 6.
 */
#include "kernel/cpu.h"

#include "kernel/abi/table.h"
#include "kernel/string.h"

#define MSR_EFER   0xc0000080u
#define MSR_STAR   0xc0000081u
#define MSR_LSTAR  0xc0000082u
#define MSR_SFMASK 0xc0000084u

#define EFER_SYSCALL    1ull
#define EFER_NO_EXECUTE (1ull << 11)

#define CR0_MONITOR       0x2ull
#define CR0_EMULATE       0x4ull
#define CR0_TASK_SWITCHED 0x8ull
#define CR0_WRITE_PROTECT 0x10000ull
#define CR4_PAGE_GLOBAL   (1ull << 7)
#define CR4_FXSR          (3ull << 9)
#define CR4_UMIP          (1ull << 11)
#define CR4_SMEP          (1ull << 20)
#define CR4_SMAP          (1ull << 21)

/* Cleared on entry: trap, interrupt, direction, IOPL, nested task, alignment check. */
#define SYSCALL_FLAG_MASK 0x47700ull

#define IST_DOUBLE_FAULT 1
#define IST_NMI          2

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

struct gate {
	uint16_t offset_low, selector, flags, offset_middle;
	uint32_t offset_high, reserved;
};

extern const uint8_t entry_vectors[];
void entry_syscall(void);

static uint64_t gdt[7];
static struct gate idt[VECTOR_COUNT];
struct tss cpu_tss;
static uint8_t double_fault_stack[4096] __attribute__((aligned(16)));
static uint8_t nmi_stack[4096] __attribute__((aligned(16)));

static void gdt_load(void)
{
	uint64_t base = (uint64_t)&cpu_tss;

	gdt[1] = 0x00209a0000000000; /* kernel code, 64-bit */
	gdt[2] = 0x0000920000000000; /* kernel data */
	gdt[3] = 0x0000f20000000000; /* user data */
	gdt[4] = 0x0020fa0000000000; /* user code, 64-bit */
	gdt[5] = (sizeof(cpu_tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
		 (base >> 24 & 0xff) << 56;
	gdt[6] = base >> 32;
	cpu_tss.io_bitmap = __builtin_offsetof(struct tss, closed);
	memset(cpu_tss.closed, 0xff, sizeof(cpu_tss.closed));
	cpu_tss.ist[IST_DOUBLE_FAULT - 1] =
		(uint64_t)(double_fault_stack + sizeof(double_fault_stack));
	cpu_tss.ist[IST_NMI - 1] = (uint64_t)(nmi_stack + sizeof(nmi_stack));

	struct table_pointer pointer = { sizeof(gdt) - 1, (uint64_t)gdt };
	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\tmovl %2, %%eax\n\t"
			 "movl %%eax, %%ss\n\t"
			 "ltr %3"
			 :
			 : "m"(pointer), "i"(SELECTOR_KERNEL_CODE), "i"(SELECTOR_KERNEL_DATA),
			   "r"((uint16_t)SELECTOR_TSS)
			 : "rax", "memory");
}

static void idt_load(void)
{
	for (unsigned vector = 0; vector < VECTOR_COUNT; vector++) {
		uint64_t target = (uint64_t)(entry_vectors + 16 * vector);
		unsigned ist = vector == VECTOR_DOUBLE_FAULT ? IST_DOUBLE_FAULT
			       : vector == VECTOR_NMI        ? IST_NMI
							     : 0;
		idt[vector] = (struct gate){
			.offset_low = (uint16_t)target,
			.selector = SELECTOR_KERNEL_CODE,
			.flags = (uint16_t)(0x8e00 |
					    ist), /* interrupt gate, for the hardware only */
			.offset_middle = (uint16_t)(target >> 16),
			.offset_high = (uint32_t)(target >> 32),
		};
	}
	struct table_pointer pointer = { sizeof(idt) - 1, (uint64_t)idt };
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

static void syscall_door_open(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SYSCALL | EFER_NO_EXECUTE);
	/* SYSRET takes its selectors 8 and 16 behind the upper half of STAR. */
	wrmsr(MSR_STAR, (uint64_t)SELECTOR_KERNEL_CODE << 32 | (uint64_t)(SELECTOR_KERNEL_DATA | 3)
								       << 48);
	wrmsr(MSR_LSTAR, (uint64_t)entry_syscall);
	wrmsr(MSR_SFMASK, SYSCALL_FLAG_MASK);
}

static uint32_t protection_enable(void)
{
	uint32_t a, b, c, d, features = CPU_NX;
	uint64_t cr4 = cr4_read() | CR4_PAGE_GLOBAL | CR4_FXSR;

	cpuid(1, &a, &b, &c, &d);
	if (d & 1u << 9)
		features |= CPU_APIC;
	cpuid(0, &a, &b, &c, &d);
	if (a >= 7) {
		cpuid(7, &a, &b, &c, &d);
		if (b & 1u << 7) {
			cr4 |= CR4_SMEP;
			features |= CPU_SMEP;
		}
		if (b & 1u << 20) {
			cr4 |= CR4_SMAP;
			features |= CPU_SMAP;
		}
		if (c & 1u << 2) {
			cr4 |= CR4_UMIP;
			features |= CPU_UMIP;
		}
	}
	cr4_write(cr4);
	cr0_write((cr0_read() & ~CR0_EMULATE) | CR0_MONITOR | CR0_TASK_SWITCHED |
		  CR0_WRITE_PROTECT);
	return features;
}

uint32_t cpu_init(void)
{
	gdt_load();
	idt_load();
	syscall_door_open();
	return protection_enable();
}

void cpu_fpu_allow(int allowed)
{
	if (allowed)
		__asm__ volatile("clts");
	else
		cr0_write(cr0_read() | CR0_TASK_SWITCHED);
}
