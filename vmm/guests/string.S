/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints a line with one instruction: one exit, io.count bytes. */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	mov	$text, %si
	mov	$text_end - text, %cx
	mov	$SERIAL_PORT + SERIAL_DATA, %dx
	cld
	rep outsb			/* KVM hands over as many bytes at once as it can */
	hlt

text:
	.ascii	"Hello, string!\n"
text_end:
