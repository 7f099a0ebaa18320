/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N interrupts to oneself, each let in at once: what KVM's local APIC costs, without sleep. */
#include "vmm/guest_abi.h"
#include "vmm/guests/apic.h"
#include "vmm/guests/flat.h"

	.code32
	.globl start
start:
	mov	%eax, %edi
	load_tables
	gate	IPI_VECTOR, taken
	movl	$APIC_ENABLED, APIC_SPURIOUS
	xor	%ecx, %ecx
	sti
again:
	cmp	%edi, %ecx
	jae	done
	lea	1(%ecx), %edx
	movl	$IPI_SELF + IPI_VECTOR, APIC_ICR_LOW
wait:
	cmp	%edx, %ecx
	jne	wait
	jmp	again
done:
	xor	%al, %al
	out	%al, $EXIT_PORT
taken:
	inc	%ecx
	movl	$0, APIC_EOI
	iret

	tables
