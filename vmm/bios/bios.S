/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The BIOS: as much of a PC's firmware as programs need that start in 16 bits and call it. Its
 * screen and keyboard are the serial port. Numbers of functions: Ralf Brown's interrupt list.
 */
#include "vmm/bios/places.h"
#include "vmm/guest_abi.h"

#define BDA_KEY		0x41e	/* the key that waits, 0 if none does: a buffer of one */
#define BDA_LOW_KIB	0x413
#define BDA_HIGH_KIB	0x415	/* spare in the BDA: memory above 1 MiB in KiB, for function 88h */
#define BDA_TICKS	0x46c
#define CARRY		1	/* in the caller's flags, which are at 4(%esp) of a handler */
#define ZERO		0x40

	.code16
	.globl start
start:
	cli
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	mov	$0x7000, %sp

	/* Every interrupt ends at once, but for those in the table. */
	xor	%di, %di
	mov	$256, %cx
1:	movw	$nothing, (%di)
	movw	$BIOS_SEGMENT, 2(%di)
	add	$4, %di
	loop	1b
	mov	$vectors, %si
1:	mov	%cs:(%si), %di
	test	%di, %di
	jz	2f
	mov	%cs:2(%si), %ax
	mov	%ax, (%di)
	add	$4, %si
	jmp	1b
2:
	/* The PICs at 8 and 70h, all but the timer masked; the timer at 18.2 Hz. */
	mov	$0x11, %al
	out	%al, $0x20
	out	%al, $0xa0
	mov	$0x08, %al
	out	%al, $0x21
	mov	$0x70, %al
	out	%al, $0xa1
	mov	$0x04, %al
	out	%al, $0x21
	mov	$0x02, %al
	out	%al, $0xa1
	mov	$0x01, %al
	out	%al, $0x21
	out	%al, $0xa1
	mov	$0xfe, %al
	out	%al, $0x21
	mov	$0xff, %al
	out	%al, $0xa1
	mov	$0x34, %al
	out	%al, $0x43
	xor	%al, %al
	out	%al, $0x40
	out	%al, $0x40

	mov	$SETUP_SEGMENT, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %fs
	mov	%ax, %gs
	mov	%ax, %ss
	mov	$SETUP_STACK, %sp
	sti
	ljmp	$SETUP_START_SEGMENT, $0

vectors:
	.word	0x08 * 4, timer
	.word	0x10 * 4, video
	.word	0x11 * 4, equipment
	.word	0x12 * 4, low_memory
	.word	0x13 * 4, unsupported
	.word	0x15 * 4, system
	.word	0x16 * 4, keyboard
	.word	0x18 * 4, reset
	.word	0x19 * 4, reset
	.word	0x1a * 4, clock
	.word	0

nothing:
	iret

timer:
	push	%ds
	push	%ax
	xor	%ax, %ax
	mov	%ax, %ds
	incl	BDA_TICKS
	mov	$0x20, %al
	out	%al, $0x20
	pop	%ax
	pop	%ds
	iret

/* AH 0eh prints AL; 03h tells of a cursor at the top left; 0fh of a text mode of 80 columns. */
video:
	cmp	$0x0e, %ah
	je	1f
	cmp	$0x03, %ah
	je	2f
	cmp	$0x0f, %ah
	je	3f
	iret
1:	push	%dx
	mov	$SERIAL_PORT, %dx
	out	%al, %dx
	pop	%dx
	iret
2:	mov	$0x0607, %cx
	xor	%dx, %dx
	iret
3:	mov	$0x5003, %ax
	xor	%bh, %bh
	iret

equipment:
	mov	$0x0220, %ax		/* a serial port, 80 columns in colour */
	iret

low_memory:
	push	%ds
	xor	%ax, %ax
	mov	%ax, %ds
	mov	BDA_LOW_KIB, %ax
	pop	%ds
	iret

unsupported:
	mov	$0x86, %ah
carry_set:
	push	%bp
	mov	%sp, %bp
	orw	$CARRY, 6(%bp)
	pop	%bp
	iret

carry_clear:
	push	%bp
	mov	%sp, %bp
	andw	$~CARRY, 6(%bp)
	pop	%bp
	iret

/* AX e820h: an entry of the memory map; AH 88h: KiB above 1 MiB; AH 24h: A20, which is on. */
system:
	cmp	$0xe820, %ax
	je	map
	cmp	$0x88, %ah
	je	1f
	cmp	$0x24, %ah
	jne	unsupported
	cmp	$0x2402, %ax
	mov	$0, %ah
	jne	carry_clear
	mov	$1, %al
	jmp	carry_clear
1:	push	%ds
	xor	%ax, %ax
	mov	%ax, %ds
	mov	BDA_HIGH_KIB, %ax
	pop	%ds
	jmp	carry_clear

/* EBX is the number of the entry, which goes to ES:DI; EBX is 0 after the last. */
map:
	cmp	$0x534d4150, %edx	/* "SMAP" */
	jne	unsupported
	cmp	%cs:BIOS_MAP, %bx
	jae	unsupported
	push	%si
	push	%di
	imul	$BIOS_MAP_ENTRY, %bx, %si
	add	$BIOS_MAP + 2, %si
	mov	$BIOS_MAP_ENTRY / 4, %cx
	cld
1:	movl	%cs:(%si), %eax
	stosl
	add	$4, %si
	loop	1b
	pop	%di
	pop	%si
	movl	$BIOS_MAP_ENTRY, %ecx
	mov	%edx, %eax
	inc	%bx
	cmp	%cs:BIOS_MAP, %bx
	jb	carry_clear
	xor	%ebx, %ebx
	jmp	carry_clear

/* AH 00h and 10h wait for a key, 01h and 11h look for one: AL is the character. */
keyboard:
	push	%ds
	push	%dx
	xor	%dx, %dx
	mov	%dx, %ds
	and	$0xef, %ah
	cmp	$1, %ah
	je	look
	test	%ah, %ah
	jne	3f
1:	call	poll
	jz	1b
	movb	$0, BDA_KEY
3:	pop	%dx
	pop	%ds
	iret
look:
	call	poll
	pop	%dx
	pop	%ds
	push	%bp
	mov	%sp, %bp
	jz	1f
	andw	$~ZERO, 6(%bp)
	pop	%bp
	iret
1:	orw	$ZERO, 6(%bp)
	pop	%bp
	iret

/* AX is the key that waits; ZF if none does. */
poll:
	cmpb	$0, BDA_KEY
	jne	1f
	mov	$SERIAL_PORT + SERIAL_LSR, %dx
	in	%dx, %al
	test	$1, %al
	jz	1f
	mov	$SERIAL_PORT, %dx
	in	%dx, %al
	mov	%al, BDA_KEY
1:	xor	%ah, %ah
	mov	BDA_KEY, %al
	test	%al, %al
	ret

/* AH 00h: ticks since midnight, or since the start here. */
clock:
	test	%ah, %ah
	jne	unsupported
	push	%ds
	xor	%ax, %ax
	mov	%ax, %ds
	mov	BDA_TICKS, %dx
	mov	BDA_TICKS + 2, %cx
	pop	%ds
	jmp	carry_clear

reset:
	mov	$0xcf9, %dx
	mov	$0x06, %al
	out	%al, %dx
	hlt
