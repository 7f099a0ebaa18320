/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Events that a probe has not seen, as the kernel counts them. */
#ifndef KVMTREE_PROBE_MISSES_H
#define KVMTREE_PROBE_MISSES_H

#include <stdint.h>

/* Those that came while the program was at work on the same CPU; 0 before Linux 5.12, which does not count. */
uint64_t program_misses(int program);

/*
 * Those that a link's kprobes did not hand to their program, because another kprobe was at work on the
 * CPU, or because more calls were under way than a return probe follows; 0 before Linux 6.7.
 */
uint64_t link_misses(int link);

#endif
