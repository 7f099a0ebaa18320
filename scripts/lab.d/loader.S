/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The Intel machine's boot sector: reads an uncompressed kernel and its initrd
 * from the second disk, the initrd's last part from this one, and enters the
 * kernel by its 64-bit boot protocol.
 *
 * Decompressing the kernel and reading it through the BIOS take Bochs longer
 * than everything after it, so neither happens: the host decompresses, and
 * `rep insl` is one of the few things that Bochs does fast.
 *
 * Defined on the command line: KERNEL_SECTORS and INITRD_SECTORS on the second
 * disk, KERNEL_ENTRY, FILES_LBA and FILES_SECTORS on this one, MEMORY in bytes.
 *
 *      7c00  this, SECTORS long        1000000  the kernel, where it was linked to
 *     20000  page tables                INITRD  the initrd
 */
	.set	KERNEL, 0x1000000
	.set	INITRD, 0x10000000
	.set	PAGES, 0x20000
	.set	SECTORS, 24
	.set	BIOS_ACPI, MEMORY - 0x10000	/* where Bochs' BIOS puts its tables */

	.globl	_start
	.code16
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$_start, %sp
	inb	$0x92, %al			/* A20 */
	orb	$2, %al
	outb	%al, $0x92
	lgdtl	gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x08, $protected

	.code32
protected:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss

	movl	$0xe0, %ebx			/* first disk */
	movl	$1, %esi
	movl	$SECTORS - 1, %ecx
	movl	$_start + 512, %edi
	call	read_disk
	movl	$0xf0, %ebx			/* second disk */
	xorl	%esi, %esi
	movl	$KERNEL_SECTORS, %ecx
	movl	$KERNEL, %edi
	call	read_disk
	movl	$KERNEL_SECTORS, %esi
	movl	$INITRD_SECTORS, %ecx
	movl	$INITRD, %edi
	call	read_disk
	movl	$0xe0, %ebx			/* edi goes on */
	movl	$FILES_LBA, %esi
	movl	$FILES_SECTORS, %ecx
	call	read_disk
	jmp	enter_kernel

/* ebx drive, esi first sector, ecx sectors, edi to: PIO, READ SECTORS EXT. */
read_disk:
	movl	%ecx, %ebp
	cmpl	$0x8000, %ebp
	jbe	1f
	movl	$0x8000, %ebp			/* at a time */
1:	subl	%ebp, %ecx
	pushl	%ecx
	movb	%bl, %al
	movl	$0x1f6, %edx
	outb	%al, %dx
	call	wait_idle
	movl	$0x1f2, %edx			/* upper halves first */
	movl	%ebp, %eax
	movb	%ah, %al
	outb	%al, %dx
	incl	%edx
	movl	%esi, %eax
	shrl	$24, %eax
	outb	%al, %dx
	xorl	%eax, %eax
	incl	%edx
	outb	%al, %dx
	incl	%edx
	outb	%al, %dx
	movl	$0x1f2, %edx			/* lower halves */
	movl	%ebp, %eax
	outb	%al, %dx
	movl	%esi, %eax
	incl	%edx
	outb	%al, %dx
	shrl	$8, %eax
	incl	%edx
	outb	%al, %dx
	shrl	$8, %eax
	incl	%edx
	outb	%al, %dx
	movb	$0x24, %al
	movl	$0x1f7, %edx
	outb	%al, %dx
	addl	%ebp, %esi
2:	movl	$0x1f7, %edx
	inb	%dx, %al
	andb	$0x88, %al			/* BSY, DRQ */
	cmpb	$0x08, %al
	jne	2b
	movl	$0x1f0, %edx
	movl	$128, %ecx
	rep	insl
	decl	%ebp
	jnz	2b
	popl	%ecx
	testl	%ecx, %ecx
	jnz	read_disk
	ret

wait_idle:
	movl	$0x1f7, %edx
1:	inb	%dx, %al
	testb	$0x80, %al
	jnz	1b
	ret

	.align	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff		/* 08 code, 32 bit */
	.quad	0x00cf93000000ffff		/* 10 data */
	.quad	0x00af9b000000ffff		/* 18 code, 64 bit */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	.org	_start + 510
	.word	0xaa55

/* Long mode wants paging: the first 4 GB as they are, in pages of 2 MB. */
enter_kernel:
	movl	$PAGES, %edi
	xorl	%eax, %eax
	movl	$6 * 1024, %ecx
	rep	stosl
	movl	$PAGES + 0x1003, PAGES
	movl	$PAGES + 0x2003, PAGES + 0x1000
	movl	$PAGES + 0x3003, PAGES + 0x1008
	movl	$PAGES + 0x4003, PAGES + 0x1010
	movl	$PAGES + 0x5003, PAGES + 0x1018
	movl	$PAGES + 0x2000, %edi
	movl	$0x83, %eax			/* large, writable, present */
	movl	$2048, %ecx
1:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b

	movl	%cr4, %eax
	orl	$0x20, %eax			/* PAE */
	movl	%eax, %cr4
	movl	$PAGES, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx		/* EFER.LME */
	rdmsr
	orl	$0x100, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	ljmp	$0x18, $long_mode

	.code64
long_mode:
	movl	$boot_params, %esi
	movl	$KERNEL_ENTRY, %eax
	jmp	*%rax

/* Linux' Documentation/arch/x86/boot.rst and zero-page.rst. */
	.org	_start + 4096
boot_params:
	.org	boot_params + 0x1e8
	.byte	(e820_end - e820) / 20
	.org	boot_params + 0x202
	.ascii	"HdrS"
	.word	0x020f
	.org	boot_params + 0x210
	.byte	0xff				/* a loader without a number */
	.byte	1				/* loaded high */
	.org	boot_params + 0x218
	.long	INITRD, (INITRD_SECTORS + FILES_SECTORS) * 512
	.org	boot_params + 0x228
	.long	command_line
	.org	boot_params + 0x2d0
e820:
	.quad	0, 0x9fc00
	.long	1
	.quad	0x9fc00, 0x400
	.long	2
	.quad	0xe8000, 0x18000
	.long	2
	.quad	0x100000, BIOS_ACPI - 0x100000
	.long	1
	.quad	BIOS_ACPI, 0x10000
	.long	3
	.quad	0xfffc0000, 0x40000
	.long	2
e820_end:
	.org	boot_params + 4096
command_line:
	.incbin	"command_line"
	.byte	0
	.org	_start + SECTORS * 512
