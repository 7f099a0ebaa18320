/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The shortest life: one entry, one exit. */
	.code16
	.globl start
start:
	hlt
