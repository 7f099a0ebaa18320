/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The counting of `kvmtree live` in the kernel: begun, read, ended. */
#ifndef KVMTREE_LIVE_KERNEL_H
#define KVMTREE_LIVE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/live_map.h"

struct live_kernel;

/*
 * Counts the exits of all VMs, or those of process tgid, from now on, with room for so many vCPUs (a
 * power of two). Returns 0, or -errno and a sentence in `why`.
 */
int live_kernel_begin(struct live_kernel **out, pid_t tgid, uint32_t slot_cnt, char *why, size_t why_sz);
void live_kernel_end(struct live_kernel *kernel);

/* The slots as the kernel writes them, slot_cnt of them: read a copy. */
const struct live_slot *live_kernel_slots(const struct live_kernel *kernel);

/* Are the slots of vCPUs that are gone marked? Else their threads must be looked for. */
bool live_kernel_sees_end(const struct live_kernel *kernel);

/* Gives the slot of a vCPU that is gone back. */
void live_kernel_slot_free(struct live_kernel *kernel, uint32_t index);

/* Counts what exits are about, too: ports, addresses, MSRs. Returns 0 or -errno. */
int live_kernel_set_details(struct live_kernel *kernel, bool is_on);

/* Calls fn for each detail and its count until it returns false: no memory. Returns 0 or -errno. */
int live_kernel_details(const struct live_kernel *kernel,
			bool (*fn)(const struct live_detail *detail, uint64_t cnt, void *arg), void *arg);

/* How many exits no slot could take. */
uint64_t live_kernel_unplaced(const struct live_kernel *kernel);

#endif
