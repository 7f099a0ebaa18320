/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Messages to the person at the terminal; standard output belongs to the guest. */
#ifndef VMM_COMPLAIN_H
#define VMM_COMPLAIN_H

/*
 * Prints one line "vmm: MESSAGE" on standard error, in one write so that the lines of several
 * vCPUs do not mix. The message reads "what failed: why; what to do about it".
 */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
