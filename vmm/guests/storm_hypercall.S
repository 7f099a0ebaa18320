/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N hypercalls that do nothing: what a guest pays to talk to KVM on purpose. */
#define KVM_HC_VAPIC_POLL_IRQ 1

	.code32
	.globl start
start:
	mov	%eax, %esi
	test	%esi, %esi
	jz	done
	xor	%eax, %eax
	cpuid
	cmp	$0x68747541, %ebx	/* "Auth" of AuthenticAMD */
	je	amd
intel:
	mov	$KVM_HC_VAPIC_POLL_IRQ, %eax
	vmcall
	dec	%esi
	jnz	intel
	hlt
amd:
	mov	$KVM_HC_VAPIC_POLL_IRQ, %eax
	vmmcall
	dec	%esi
	jnz	amd
done:
	hlt
