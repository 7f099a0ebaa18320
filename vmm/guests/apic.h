/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The local APIC as guests use it. SDM vol. 3, 11.4 and 11.6; APM vol. 2, 16.3 to 16.5. */
#define APIC_GPA      0xfee00000
#define APIC_EOI      (APIC_GPA + 0xb0)
#define APIC_SPURIOUS (APIC_GPA + 0xf0)
#define APIC_ICR_LOW  (APIC_GPA + 0x300) /* a write sends an interrupt */
#define APIC_ICR_HIGH (APIC_GPA + 0x310) /* to whom: bits 31 to 24 */

#define APIC_ENABLED 0x1ff /* with vector 0xff for spurious interrupts */

/* For ICR_LOW, without or with a vector. */
#define IPI_INIT    0x4500
#define IPI_STARTUP 0x4600  /* its vector is the page to start at, in real mode */
#define IPI_FIXED   0x4000
#define IPI_SELF    0x44000 /* a fixed one to oneself */
#define IPI_OTHERS  0xc0000 /* to all but oneself, added to the kind */

#define IPI_VECTOR 0x40
