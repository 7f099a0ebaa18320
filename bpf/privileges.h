/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The capabilities that recording takes: which are missing, and letting go of those that it no longer takes. */
#ifndef KVMTREE_PRIVILEGES_H
#define KVMTREE_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/capability.h>

#define CAP_BIT(cap) (1ull << (cap))

/* The effective capabilities, or 0 when they cannot be read. */
uint64_t privileges_effective(void);

/* Whether eBPF programs can be loaded and attached. Returns 0, or -EPERM and what to do in `why`. */
int privileges_check(char *why, size_t why_sz);

/* Whether processes of all users may be traced; if not, what to do in `why`. */
bool privileges_all_users(char *why, size_t why_sz);

/*
 * Whether this process may be traced: whom the kernel lets nobody ptrace but the privileged, only
 * the privileged may record.
 */
bool privileges_may_trace(pid_t pid);

/*
 * What it takes to open perf events, which classic tracepoints are attached by: CAP_PERFMON, and
 * CAP_SYS_ADMIN besides on Debian's kernels where kernel.perf_event_paranoid is above 2.
 */
uint64_t privileges_perf_caps(void);

/* Lets go of every capability but these, for good. Who is root stays so, without what root may. */
void privileges_keep(uint64_t caps);

#endif
