/* Two that call each other. */
	.globl _start
_start:
	call even
	hlt
even:
	sub $16, %rsp
	call odd
	add $16, %rsp
	ret
odd:
	sub $32, %rsp
	call even
	add $32, %rsp
	ret
