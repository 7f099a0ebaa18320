/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N times: sends itself an interrupt, and halts until it comes. Exits that the kernel serves. */
#include "vmm/guest_abi.h"
#include "vmm/guests/apic.h"
#include "vmm/guests/flat.h"

	.code32
	.globl start
start:
	mov	%eax, %edi
	load_tables
	gate	IPI_VECTOR, wake
	movl	$APIC_ENABLED, APIC_SPURIOUS
	test	%edi, %edi
	jz	done
again:
	movl	$IPI_SELF + IPI_VECTOR, APIC_ICR_LOW
	sti				/* lets nothing in before HLT */
	hlt
	cli
	dec	%edi
	jnz	again
done:
	xor	%al, %al
	out	%al, $EXIT_PORT
wake:
	movl	$0, APIC_EOI
	iret

	tables
