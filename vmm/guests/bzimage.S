/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 8, a bzImage, the format of /boot/vmlinuz: a boot sector that nobody boots from any more, a
 * header in it, code for 16 bits, then the kernel, which goes to 1 MiB and is entered in 64 bits
 * 0x200 bytes further. RSI points to the header's copy, filled in. Documentation/arch/x86/boot.rst.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/linux.h"

#define KERNEL_GPA 0x100000
#define BOOT_CS	   0x10
#define BOOT_DS	   0x18

	.code64
	.globl start
start:
	.org	0x1f1
	.byte	1				/* sectors of code for 16 bits, after this one */
	.org	0x1fe
	.word	0xaa55
	.byte	0xeb, header_end - header	/* over the header, whose length is known by it */
header:
	.long	SETUP_MAGIC
	.word	0x20c				/* version of the protocol: the first with 64 bits */
	.org	0x211
	.byte	1				/* the kernel goes to 1 MiB */
	.org	0x22c
	.long	0x7fffffff			/* an initrd may end here */
	.org	0x236
	.word	1				/* there is an entry of 64 bits */
	.long	255				/* of the command line */
	.org	0x258
	.quad	KERNEL_GPA			/* where it would unpack itself to */
	.long	0x10000				/* and how much it needs there */
header_end:

	.org	0x400				/* the kernel; its entry of 32 bits would be here */
kernel:
	.org	0x600
entry:
	lea	entry(%rip), %rax
	cmp	$KERNEL_GPA + 0x200, %rax
	jne	wrong
	mov	%cs, %eax
	cmp	$BOOT_CS, %eax
	jne	wrong
	mov	%ds, %eax
	cmp	$BOOT_DS, %eax
	jne	wrong
	cmpl	$SETUP_MAGIC, SETUP_MAGIC_AT(%rsi)
	jne	wrong
	cmpb	$0xff, LOADER_AT(%rsi)		/* a loader without a number of its own */
	jne	wrong
	cmpb	$0, E820_CNT_AT(%rsi)
	je	wrong
	mov	CMDLINE_AT(%rsi), %edx
	movabs	$0x3d656c6f736e6f63, %rax	/* "console=" */
	cmp	(%rdx), %rax
	jne	wrong
	xor	%al, %al
	out	%al, $EXIT_PORT
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
