/*
 * From GRUB (Multiboot2 specification 2.0, 3.3: 32-bit protected mode, paging
 * off, eax = magic, ebx = information) to kernel_main in long mode at the upper
 * end of the address space. The page tables made here last until paging_init.
 */
#define MULTIBOOT2_MAGIC 0xe85250d6
#define KERNEL_VIRTUAL 0xffffffff80000000

	.section .multiboot, "a"
	.balign 8
header:
	.long MULTIBOOT2_MAGIC
	.long 0					/* i386 protected mode */
	.long header_end - header
	.long -(MULTIBOOT2_MAGIC + (header_end - header))
	.balign 8
	.short 6, 0				/* modules on page boundaries */
	.long 8
	.balign 8
	.short 0, 0				/* end of tags */
	.long 8
header_end:

	.section .boot.text, "ax"
	.code32
	.globl boot_entry
boot_entry:
	cli
	cld
	movl %eax, %esi				/* keep magic and information */
	movl %ebx, %edi

	/* The time of GRUB's hand-over: the origin of all our times. */
	rdtsc
	movl %eax, boot_tsc_low
	movl %edx, boot_tsc_high

	movl $0x80000000, %eax			/* long mode there? */
	cpuid
	cmpl $0x80000001, %eax
	jb no_long_mode
	movl $0x80000001, %eax
	cpuid
	testl $1 << 29, %edx
	jz no_long_mode

	/* The first 4 GiB, each as itself and the first GiB at -2 GiB: 2 MiB pages. */
	movl $boot_pd, %ebx
	movl $0x83, %eax			/* present, writable, large */
	movl $2048, %ecx
1:	movl %eax, (%ebx)
	movl $0, 4(%ebx)
	addl $0x200000, %eax
	addl $8, %ebx
	loop 1b

	movl $boot_pml4, %eax
	movl %eax, %cr3
	movl %cr4, %eax
	orl $1 << 5, %eax			/* PAE */
	movl %eax, %cr4
	movl $0xc0000080, %ecx			/* EFER: long mode, no-execute */
	rdmsr
	orl $(1 << 8) | (1 << 11), %eax
	wrmsr
	movl %cr0, %eax
	orl $0x80010001, %eax			/* paging, write protection, protection */
	movl %eax, %cr0
	lgdt boot_gdt_pointer
	ljmp $8, $long_mode

no_long_mode:
	movl $no_long_mode_text, %esi
1:	lodsb
	testb %al, %al
	jz 2f
	movw $0x3f8, %dx
	outb %al, %dx
	jmp 1b
2:	hlt
	jmp 2b

	.code64
long_mode:
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl %eax, %fs
	movl %eax, %gs
	movq $kernel_stack_top, %rsp
	xorl %ebp, %ebp
	movl %edi, %edi
	movl %esi, %esi
	xchgq %rdi, %rsi			/* kernel_main(magic, information, tsc) */
	movl boot_tsc_low, %edx
	movl boot_tsc_high, %eax
	shlq $32, %rax
	orq %rax, %rdx
	movabsq $kernel_main, %rax
	jmp *%rax

	.section .boot.data, "aw"
	.balign 4096
boot_pml4:
	.quad boot_pdpt + 3
	.fill 510, 8, 0
	.quad boot_pdpt_high + 3
boot_pdpt:
	.quad boot_pd + 3, boot_pd + 0x1003, boot_pd + 0x2003, boot_pd + 0x3003
	.fill 508, 8, 0
boot_pdpt_high:
	.fill 510, 8, 0
	.quad boot_pd + 3, 0
boot_pd:
	.fill 2048, 8, 0
boot_gdt:
	.quad 0
	.quad 0x00209a0000000000		/* 64-bit code */
boot_gdt_pointer:
	.short boot_gdt_pointer - boot_gdt - 1
	.long boot_gdt
	.long 0
boot_tsc_low:
	.long 0
boot_tsc_high:
	.long 0
no_long_mode_text:
	.asciz "bulkhead: this processor has no 64-bit mode\r\n"

	.section .bss
	.balign 4096
	.globl kernel_stack_bottom, kernel_stack_top
kernel_stack_bottom:
	.skip 16384
kernel_stack_top:

	.section .note.GNU-stack, "", @progbits
