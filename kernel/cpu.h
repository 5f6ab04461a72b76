/* The processor's instructions and registers that C has no words for. */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <stdint.h>

/* Segment selectors, in the order that SYSCALL and SYSRET demand (SDM vol. 3, 5.8.8). */
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA   (0x18 | 3)
#define SELECTOR_USER_CODE   (0x20 | 3)
#define SELECTOR_TSS         0x28

#define RFLAGS_INTERRUPT 0x202ull

/* Vectors: exceptions 0 to 31, the 16 lines of the PICs, the timer, spurious. */
#define VECTOR_NMI          2
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PAGE_FAULT   14
#define VECTOR_IRQ          32
#define VECTOR_TIMER        48
#define VECTOR_SPURIOUS     63
#define VECTOR_COUNT        64

#ifdef BULKHEAD_UNIT_TEST
/* On the host the test is the hardware. */
void out8(uint16_t port, uint8_t value);
void out16(uint16_t port, uint16_t value);
void out32(uint16_t port, uint32_t value);
uint8_t in8(uint16_t port);
uint16_t in16(uint16_t port);
uint32_t in32(uint16_t port);
#else
#define CPU_PORT(bits, suffix)                                                                     \
	static inline void out##bits(uint16_t port, uint##bits##_t value)                          \
	{                                                                                          \
		__asm__ volatile("out" suffix " %0, %1" : : "a"(value), "Nd"(port));               \
	}                                                                                          \
	static inline uint##bits##_t in##bits(uint16_t port)                                       \
	{                                                                                          \
		uint##bits##_t value;                                                              \
		__asm__ volatile("in" suffix " %1, %0" : "=a"(value) : "Nd"(port));                \
		return value;                                                                      \
	}

CPU_PORT(8, "b")
CPU_PORT(16, "w")
CPU_PORT(32, "l")
#endif

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline void cpuid(uint32_t leaf, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	__asm__ volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "a"(leaf), "c"(0));
}

#define CPU_REGISTER(name)                                                                         \
	static inline uint64_t name##_read(void)                                                   \
	{                                                                                          \
		uint64_t value;                                                                    \
		__asm__ volatile("movq %%" #name ", %0" : "=r"(value));                            \
		return value;                                                                      \
	}                                                                                          \
	static inline void name##_write(uint64_t value)                                            \
	{                                                                                          \
		__asm__ volatile("movq %0, %%" #name : : "r"(value) : "memory");                   \
	}

CPU_REGISTER(cr0)
CPU_REGISTER(cr3)
CPU_REGISTER(cr4)

static inline uint64_t cr2_read(void)
{
	uint64_t value;
	__asm__ volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

/* Descriptor tables, SYSCALL, protection features; returns CPU_* of table.h. */
uint32_t cpu_init(void);

/* Task state segment (SDM vol. 3, 8.7). */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_bitmap;
	uint8_t closed[65536 / 8 + 1]; /* a bit a port; the last byte ends the bitmap */
} __attribute__((packed));

extern struct tss cpu_tss;

/* Where the next interrupt from user mode pushes its frame. */
static inline void cpu_frame_end_set(uint64_t address)
{
	cpu_tss.rsp[0] = address;
}

/* May SSE be used from now on? */
void cpu_fpu_allow(int allowed);

#endif
