/* The registers of a service while it does not run; offsets for the assembler. */
#ifndef KERNEL_FRAME_H
#define KERNEL_FRAME_H

#define FRAME_R15    0
#define FRAME_R14    8
#define FRAME_R13    16
#define FRAME_R12    24
#define FRAME_RBP    32
#define FRAME_RBX    40
#define FRAME_RAX    80
#define FRAME_RDX    96
#define FRAME_VECTOR 120
#define FRAME_RIP    136
#define FRAME_CS     144
#define FRAME_RFLAGS 152
#define FRAME_RSP    160
#define FRAME_BYTES  176

/* Any vector but 0: all registers are restored, by IRETQ. */
#define FRAME_RESTORE_ALL 0x100

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(offsetof(struct frame, rbx) == FRAME_RBX, "as the assembler has it");
static_assert(offsetof(struct frame, rax) == FRAME_RAX, "as the assembler has it");
static_assert(offsetof(struct frame, rdx) == FRAME_RDX, "as the assembler has it");
static_assert(offsetof(struct frame, vector) == FRAME_VECTOR, "as the assembler has it");
static_assert(offsetof(struct frame, rip) == FRAME_RIP, "as the assembler has it");
static_assert(offsetof(struct frame, rsp) == FRAME_RSP, "as the assembler has it");
static_assert(sizeof(struct frame) == FRAME_BYTES, "as the assembler has it");
#endif

#endif
