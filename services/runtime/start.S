/* Where the kernel enters: rsp is the stack's end and aligned, all else is zero. */
	.text
	.globl _start
	.type _start, @function
_start:
	xorl %ebp, %ebp
	call main
	movl %eax, %edi
	call kernel_exit
	ud2
#ifdef BULKHEAD_TEST_IMAGE
	jmp service_crash		/* never; so that the linker keeps it */
#endif
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits
