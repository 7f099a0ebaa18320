/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints a line through the serial port. Each OUT is an exit to user space: handle_io, serial_out. */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	mov	$text, %si
	cld
next:
	lodsb				/* AL = the byte at DS:SI, SI moves on */
	test	%al, %al
	jz	done
	mov	$SERIAL_PORT + SERIAL_DATA, %dx
	out	%al, %dx		/* exit: KVM_EXIT_IO, out, 1 byte */
	jmp	next
done:
	hlt				/* exit: KVM_EXIT_HLT, the end */

text:
	.asciz	"Hello, KVM!\n"
