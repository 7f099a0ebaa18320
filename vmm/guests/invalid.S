/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Never runs: the VMM gives it a code segment that is 64-bit and 32-bit at once. KVM_SET_SREGS
 * takes that, VMLAUNCH and VMRUN do not: KVM_EXIT_FAIL_ENTRY.
 */
	.code32
	.globl start
start:
	hlt
