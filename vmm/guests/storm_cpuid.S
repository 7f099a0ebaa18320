/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N times CPUID: exits that the kernel serves, the cheapest that every processor makes. */
	.code16
	.globl start
start:
	mov	%eax, %esi
	test	%esi, %esi
	jz	done
again:
	xor	%eax, %eax
	xor	%ecx, %ecx
	cpuid
	dec	%esi
	jnz	again
done:
	hlt
