/* As much stack as a register says. */
	.globl _start
_start:
	sub %rax, %rsp
	hlt
