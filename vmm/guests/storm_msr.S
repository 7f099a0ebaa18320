/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N reads of an MSR that KVM keeps: exits that the kernel serves. */
#define MSR_PAT 0x277

	.code32
	.globl start
start:
	mov	%eax, %esi
	test	%esi, %esi
	jz	done
	mov	$MSR_PAT, %ecx
again:
	rdmsr
	dec	%esi
	jnz	again
done:
	hlt
