/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 5, an ELF file, its headers written out: where it is to lie, and where it starts. It is
 * entered in 64 bits and finds in RSI what a loader tells Linux, as Linux's vmlinux does. System V
 * ABI, chapters 4 and 5; Documentation/arch/x86/zero-page.rst.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/linux.h"

	.code64
	.globl start
start:
	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1	/* 64 bits, little-endian, version 1 */
	.org	16
	.word	2, 62				/* an executable, for x86-64 */
	.long	1
	.quad	entry, segment - start, 0	/* e_entry, e_phoff, e_shoff */
	.long	0
	.word	64, 56, 1, 0, 0, 0		/* sizes: this header, the next, of which there is 1 */
segment:
	.long	1, 7				/* to be loaded; read, write, execute */
	.quad	0, start, start			/* from the file's begin to this address */
	.quad	end - start, end - start + 8	/* so much of the file, so much memory: zeros follow */
	.quad	4096

entry:
	cmpq	$0, end(%rip)			/* what the file does not bring is zero */
	jne	wrong
	cmpl	$SETUP_MAGIC, SETUP_MAGIC_AT(%rsi)
	jne	wrong
	cmpb	$0, E820_CNT_AT(%rsi)
	je	wrong
	movabs	$RSDP_SIGNATURE, %rax
	mov	RSDP_AT(%rsi), %rdx		/* the way to the ACPI tables */
	cmp	(%rdx), %rax
	jne	wrong
	xor	%al, %al
	out	%al, $EXIT_PORT
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT

	.balign	8
end:
