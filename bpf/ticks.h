/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A program that runs on each CPU a few times a second, when that CPU is in user space just then. */
#ifndef KVMTREE_TICKS_H
#define KVMTREE_TICKS_H

struct bpf_program;
struct ticks;

/*
 * On the CPUs that are there now. A kernel that does not give a clock event for some of them has no ticks there:
 * that is no error, for nothing is lost by it while the recorder lives. NULL: no memory.
 */
struct ticks *ticks_start(const struct bpf_program *program);
void ticks_stop(struct ticks *ticks);

#endif
