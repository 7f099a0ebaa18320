/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Calls the hypervisor: VMCALL on VMX, VMMCALL on SVM, number in EAX, answer there too. KVM knows
 * a few, and answers the others with -KVM_ENOSYS. Documentation/virt/kvm/x86/hypercalls.rst.
 */
#include "vmm/guest_abi.h"

#define KVM_HC_VAPIC_POLL_IRQ 1 /* does nothing: to come by is enough */
#define NO_SUCH_CALL	      999
#define KVM_ENOSYS	      1000

	.code32
	.globl start
start:
	xor	%eax, %eax
	cpuid
	mov	$vmcall_, %esi
	cmp	$0x68747541, %ebx	/* "Auth" of AuthenticAMD */
	jne	1f
	mov	$vmmcall_, %esi
1:
	mov	$KVM_HC_VAPIC_POLL_IRQ, %eax
	call	*%esi
	test	%eax, %eax
	jnz	wrong
	mov	$NO_SUCH_CALL, %eax
	call	*%esi
	cmp	$-KVM_ENOSYS, %eax
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt

	/* With the other's, the processor faults, and KVM would patch the instruction. */
vmcall_:
	vmcall
	ret
vmmcall_:
	vmmcall
	ret
