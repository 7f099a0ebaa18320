/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An exception for which no handler is, as the IDT is empty; the general protection fault that
 * follows has none either, nor the double fault: the processor shuts down.
 */
	.code32
	.globl start
start:
	ud2
