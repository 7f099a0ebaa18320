/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Prints the vendor of the processor and of the hypervisor. CPUID always exits on VMX, and on
 * SVM by KVM's wish, but only to the kernel: the VMM sees the OUTs and no CPUID.
 */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	xor	%eax, %eax		/* leaf 0: the vendor in EBX, EDX, ECX */
	xor	%ecx, %ecx
	cpuid
	mov	%ecx, %esi
	mov	%edx, %ecx
	mov	%esi, %edx
	call	print12
	mov	$'\n', %al
	call	put

	mov	$1, %eax		/* leaf 1: ECX bit 31 says that a hypervisor is there */
	xor	%ecx, %ecx
	cpuid
	test	%ecx, %ecx
	jns	done

	mov	$0x40000000, %eax	/* the hypervisor's leaf: its name in EBX, ECX, EDX */
	xor	%ecx, %ecx
	cpuid
	call	print12
	mov	$'\n', %al
	call	put
done:
	hlt

/* Prints the 12 letters in EBX, ECX, EDX; stops at a zero byte. */
print12:
	push	%edx
	push	%ecx
	mov	%ebx, %eax
	call	print4
	pop	%eax
	call	print4
	pop	%eax
print4:
	test	%al, %al
	jz	1f
	call	put
	shr	$8, %eax
	jmp	print4
1:	ret

put:	/* AL; keeps all registers */
	push	%dx
	mov	$SERIAL_PORT + SERIAL_DATA, %dx
	out	%al, %dx
	pop	%dx
	ret
