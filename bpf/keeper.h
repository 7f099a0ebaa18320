/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The keeper: a process beside the recorder that outlives it, however it ends. It lets go on
 * whom the recorder has left stopped, and it is the last to hold the eBPF programs: the kernel
 * waits for every CPU before it takes one away, and nobody else has to wait for that.
 */
#ifndef KVMTREE_KEEPER_H
#define KVMTREE_KEEPER_H

/* To be called first: what is open now was inherited, and is not the keeper's to hold. */
void keeper_begin(void);

/*
 * Forks it, with all descriptors that were opened since keeper_begin. `stopped_fd` is the map of
 * the processes that wait for the recorder. Returns 0 or -errno; without a keeper a recording
 * works too.
 */
int keeper_start(int stopped_fd);

/* Has it go now, and with it what is attached, though we stay. */
void keeper_end(void);

#endif
