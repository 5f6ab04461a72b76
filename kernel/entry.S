/*
 * The doors into the kernel and the one way out.
 *
 * A service's registers are kept in the struct frame at the head of its slot.
 * An interrupt or exception from user mode pushes straight into it, because the
 * task state segment's rsp0 points at its end; a kernel call stores there what
 * the convention preserves. The kernel itself has one stack and is never
 * interrupted, but for the idle loop, which runs with `current` unset.
 */
#include "kernel/frame.h"

	.text

/* SYSCALL: rip in rcx, flags in r11, interrupts off (SFMASK). */
	.globl entry_syscall
entry_syscall:
	movq %rsp, entry_user_rsp(%rip)
	movq current(%rip), %rsp
	movq %rbx, FRAME_RBX(%rsp)
	movq %rbp, FRAME_RBP(%rsp)
	movq %r12, FRAME_R12(%rsp)
	movq %r13, FRAME_R13(%rsp)
	movq %r14, FRAME_R14(%rsp)
	movq %r15, FRAME_R15(%rsp)
	movq %rcx, FRAME_RIP(%rsp)
	movq %r11, FRAME_RFLAGS(%rsp)
	movq entry_user_rsp(%rip), %rcx
	movq %rcx, FRAME_RSP(%rsp)
	movq $0, FRAME_VECTOR(%rsp)		/* leave by SYSRET */
	leaq kernel_stack_top(%rip), %rsp
	movq %r10, %rcx
	movq %rax, %r9
	call syscall_dispatch			/* (a1, a2, a3, a4, a5, number) */

/* To whom the scheduler chooses; waits there if nobody is ready. */
	.globl entry_leave
entry_leave:
	call schedule_next			/* -> rax: the slot, its memory in force */
	movq %rax, %rsp
	cmpq $0, FRAME_VECTOR(%rsp)
	jne restore_all
	movq FRAME_RBX(%rsp), %rbx
	movq FRAME_RBP(%rsp), %rbp
	movq FRAME_R12(%rsp), %r12
	movq FRAME_R13(%rsp), %r13
	movq FRAME_R14(%rsp), %r14
	movq FRAME_R15(%rsp), %r15
	movq FRAME_RIP(%rsp), %rcx
	movq FRAME_RFLAGS(%rsp), %r11
	movq FRAME_RAX(%rsp), %rax
	movq FRAME_RDX(%rsp), %rdx
	xorl %edi, %edi				/* nothing of the kernel's leaves with them */
	xorl %esi, %esi
	xorl %r8d, %r8d
	xorl %r9d, %r9d
	xorl %r10d, %r10d
	movq FRAME_RSP(%rsp), %rsp
	sysretq

restore_all:
	.irp register, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
	popq %\register
	.endr
	addq $16, %rsp				/* vector, error code */
	iretq

/* Vector and error code are on the stack, be it the slot's frame or the kernel's. */
entry_common:
	cld
	.irp register, rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
	pushq %\register
	.endr
	movq %rsp, %rdi
	testb $3, FRAME_CS(%rsp)
	jz 1f
	leaq kernel_stack_top(%rip), %rsp
	call interrupt_from_user		/* (frame) */
	jmp entry_leave
1:	call interrupt_from_kernel		/* (frame): idle, or our own fault */
	jmp restore_all

/* Stubs for vectors 0 to 63, 16 bytes apart; those of exceptions 8, 10 to 14, 17, 21 bring an error code. */
	.balign 16
	.globl entry_vectors
entry_vectors:
	.set vector, 0
	.rept 64
	.balign 16
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21)
	pushq $0
	.endif
	pushq $vector
	jmp entry_common
	.set vector, vector + 1
	.endr

	.bss
	.balign 8
entry_user_rsp:
	.quad 0

	.section .note.GNU-stack, "", @progbits
