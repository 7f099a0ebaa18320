/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 7, an ELF file with a PVH note: the note names a second entry, of 32 bits, with EBX at a
 * structure that tells of memory, command line and ACPI. A vmlinux has one too. Xen:
 * xen/include/public/elfnote.h and arch-x86/hvm/start_info.h.
 */
#include "vmm/guest_abi.h"

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define START_MAGIC		 0x336ec578
#define CMDLINE			 24 /* where in the structure; 64 bits each */
#define RSDP			 32
#define MAP			 40
#define MAP_CNT			 48

	.code32
	.globl start
start:
	.byte	0x7f, 'E', 'L', 'F', 1, 1, 1	/* 32 bits, little-endian, version 1 */
	.org	16
	.word	2, 3				/* an executable, for i386 */
	.long	1, 0, segments - start, 0, 0	/* no entry of its own */
	.word	52, 32, 2, 0, 0, 0		/* sizes: this header, the next, of which there are 2 */
segments:
	.long	1, 0, start, start, end - start, end - start, 7, 4096	/* to be loaded */
	.long	4, note - start, 0, 0, entry - note, 0, 4, 4		/* a note */
note:
	.long	4, 4, XEN_ELFNOTE_PHYS32_ENTRY	/* the sizes of what follows */
	.asciz	"Xen"
	.long	entry

entry:
	cmpl	$START_MAGIC, (%ebx)
	jne	wrong
	mov	CMDLINE(%ebx), %esi
	cmpb	$0, (%esi)			/* there is none, but for its end */
	jne	wrong
	mov	RSDP(%ebx), %esi
	cmpl	$0x20445352, (%esi)		/* "RSD " */
	jne	wrong
	cmpl	$0, MAP_CNT(%ebx)
	je	wrong
	mov	MAP(%ebx), %esi			/* its first entry: memory, from 0 on */
	cmpl	$0, (%esi)
	jne	wrong
	cmpl	$1, 16(%esi)
	jne	wrong
	xor	%al, %al
	out	%al, $EXIT_PORT
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
end:
