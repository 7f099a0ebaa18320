/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 6, a Multiboot image: a header of a few words anywhere in its first 8 KiB, by which GRUB and
 * others load kernels that are not Linux. It is entered in 32 bits, with a magic number in EAX and in
 * EBX where the loader's information is. Multiboot Specification 0.6.96, chapter 3.
 */
#include "vmm/guest_abi.h"

#define HEADER_MAGIC  0x1badb002
#define HAS_ADDRESSES (1 << 16)
#define START_MAGIC   0x2badb002
#define INFO_ALL      0x4d /* it tells of memory, command line, modules, and has a memory map */
#define CMDLINE	      16   /* where in the information */
#define MODULES	      24
#define MAP	      48

	.code32
	.globl start
start:
header:
	.long	HEADER_MAGIC, HAS_ADDRESSES, -(HEADER_MAGIC + HAS_ADDRESSES)
	.long	header, start, end, end + 4, entry	/* itself, from, to, with zeros, first */

entry:
	cmp	$START_MAGIC, %eax
	jne	wrong
	cmpl	$INFO_ALL, (%ebx)
	jne	wrong
	cmpl	$0, end
	jne	wrong
	mov	CMDLINE(%ebx), %esi		/* the first word is our name */
	mov	$name, %edi
	mov	$name_len, %ecx
	cld
	repe cmpsb
	jne	wrong
	mov	MODULES(%ebx), %esi		/* of each: begin, end, ... */
	mov	(%esi), %esi
	cmpl	$0x435f524e, (%esi)		/* "NR_C": NR_CPUS=1 */
	jne	wrong
	mov	MAP(%ebx), %esi			/* its first entry: memory, from 0 on */
	cmpl	$0, 4(%esi)
	jne	wrong
	cmpl	$1, 20(%esi)
	jne	wrong
	xor	%al, %al
	out	%al, $EXIT_PORT
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT

name:	.asciz	"multiboot"
	.equ	name_len, . - name
	.balign	4
end:
