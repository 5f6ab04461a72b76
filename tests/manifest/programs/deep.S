/* Three frames; the path over `second` is the deeper one: 8 + 4000 + 8 + 400. */
	.globl _start
_start:
	call first
	call second
	hlt
first:
	sub $100, %rsp
	call leaf
	add $100, %rsp
	ret
second:
	push %rbp
	mov %rsp, %rbp
	sub $3992, %rsp
	test %eax, %eax
	je 1f
	call leaf
1:	leave
	ret
leaf:
	sub $400, %rsp
	add $400, %rsp
	ret
