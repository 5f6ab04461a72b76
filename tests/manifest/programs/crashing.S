/* A program of an image for tests, with text, constants and data. */
	.globl _start, service_crash
_start:
	hlt
service_crash:
	ud2

	.section .rodata, "a"
	.ascii "constants"

	.data
	.long 1
	.bss
	.skip 8000
