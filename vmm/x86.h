/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bits of the processor's registers. SDM vol. 3, 2.3 and 2.5; APM vol. 2, 3.1. */
#ifndef VMM_X86_H
#define VMM_X86_H

#define CR0_PE (1u << 0)
#define CR0_ET (1u << 4)
#define CR0_NE (1u << 5)
#define CR0_NW (1u << 29)
#define CR0_CD (1u << 30)
#define CR0_PG (1u << 31)

#define CR4_PSE	 (1u << 4)
#define CR4_PAE	 (1u << 5)
#define CR4_LA57 (1u << 12)

#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10) /* the processor's own answer to LME and PG, but KVM wants it said */

#define RFLAGS_ALWAYS_1 (1u << 1)
#define RFLAGS_VM	(1u << 17)

#endif
