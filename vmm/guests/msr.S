/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Model-specific registers: one that exits, as KVM keeps it; one that does not, as the processor
 * switches it with the guest; and one that does not exist, for which KVM sends the guest an
 * exception. All is settled in the kernel.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/flat.h"

#define MSR_SYSENTER_CS 0x174
#define MSR_PAT		0x277
#define MSR_NONE	0xbadc0de

#define PAT_LOW	 0x00070406 /* what it is after reset */
#define PAT_HIGH 0x00070106 /* but for one memory type */

	.code32
	.globl start
start:
	load_tables
	gate	GP_VECTOR, protection

	mov	$MSR_PAT, %ecx		/* exits, at the write and at the read */
	mov	$PAT_LOW, %eax
	mov	$PAT_HIGH, %edx
	wrmsr
	xor	%eax, %eax
	xor	%edx, %edx
	rdmsr
	cmp	$PAT_LOW, %eax
	jne	wrong
	cmp	$PAT_HIGH, %edx
	jne	wrong

	mov	$MSR_SYSENTER_CS, %ecx	/* a field of VMCS and VMCB: no exit */
	mov	$0x08, %eax
	xor	%edx, %edx
	wrmsr
	xor	%eax, %eax
	rdmsr
	cmp	$0x08, %eax
	jne	wrong

	mov	$MSR_NONE, %ecx		/* exits, and comes back as a #GP */
	xor	%esi, %esi
	rdmsr
	cmp	$1, %esi
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt

protection:
	inc	%esi
	add	$4, %esp		/* the error code */
	addl	$2, (%esp)		/* EIP: RDMSR has two bytes */
	iret

	tables
