/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Prints a line with one instruction, which nevertheless exits for each byte: KVM emulates a
 * string instruction element by element, and only for INS fetches several at once (io.count).
 */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	mov	$text, %si
	mov	$text_end - text, %cx
	mov	$SERIAL_PORT + SERIAL_DATA, %dx
	cld
	rep outsb
	hlt

text:
	.ascii	"Hello, string!\n"
text_end:
