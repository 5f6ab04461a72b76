/*
 * The door into the kernel; kernel/abi/syscall.h has the convention. All other
 * files of the runtime go through kernel_call(), and unit tests replace it.
 */
#ifndef RUNTIME_SYSCALL_H
#define RUNTIME_SYSCALL_H

#include "kernel/abi/message.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"

#include <stdint.h>

struct kernel_result {
	enum status status;
	uint64_t value;
};

struct kernel_arguments {
	uint64_t word[5];
};

#ifdef BULKHEAD_UNIT_TEST
struct kernel_result kernel_call_with(enum syscall number, struct kernel_arguments arguments);
#else
/*
 * The kernel returns no register but rax and rdx as it got it, of those that a
 * function may use; and it reads and writes the IPC buffer.
 */
static inline __attribute__((always_inline)) struct kernel_result
kernel_call_with(enum syscall number, struct kernel_arguments arguments)
{
	uint64_t rax = number;
	uint64_t rdi = arguments.word[0], rsi = arguments.word[1], rdx = arguments.word[2];
	register uint64_t r10 __asm__("r10") = arguments.word[3];
	register uint64_t r8 __asm__("r8") = arguments.word[4];

	__asm__ volatile("syscall"
			 : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10), "+r"(r8)
			 :
			 : "rcx", "r9", "r11", "memory");
	return (struct kernel_result){ (enum status)rax, rdx };
}
#endif

/* kernel_call(SYS_..., up to five arguments) */
#define kernel_call(number, ...)                                                                   \
	kernel_call_with((number), (struct kernel_arguments){ { __VA_ARGS__ } })

static inline uint64_t endpoint_pack(endpoint_t endpoint)
{
	return endpoint.slot | (uint64_t)endpoint.generation << 32;
}

#endif
