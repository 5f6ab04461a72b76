/* The least of a program. */
	.globl _start
_start:
	hlt
