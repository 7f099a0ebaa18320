/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Turns of the run loop as they cross the ring buffer: KVM_RUN begins, VM entry, VM exit, port I/O,
 * return to user space, KVM_RUN ends. Each of these is a record of its own in the trace file, but
 * what a record costs in the kernel is mostly its way through the ring. So a thread keeps its turn
 * until it is whole, and rounds that differ in nothing but time go together, until one differs,
 * there are ROUNDS_MAX, ROUNDS_NS have gone by, the thread sleeps or is found in user space (ticks.h), or
 * anything else is to be recorded of it; the recorder makes the records of them (round_writer.h).
 * Includes records.h only.
 */
#ifndef KVMTREE_ROUND_H
#define KVMTREE_ROUND_H

#include "bpf/records.h"

/* Not a kind of the trace file: those are below 64. */
#define RING_ROUNDS 0xffff

/* What a round holds, in the order in which it happens: a part never comes after a later one. */
enum round_part {
	ROUND_ENTER = 1,
	ROUND_ENTRY = 2,
	ROUND_EXIT = 4,
	ROUND_PIO = 8,
	ROUND_USER = 16,
	ROUND_LEAVE = 32,
};

/* Port I/O has the time of what came before it; user space that of the end of KVM_RUN, if the round has it. */
struct round_times {
	__u64 enter_ns, entry_ns, exit_ns, end_ns;
};

#define ROUNDS_MAX 64
#define ROUNDS_NS  5000000 /* from the begin of the first to the end of the last */

/* At least one round; of `times` as many as there are rounds go through the ring. */
struct ring_rounds {
	struct rec_header header; /* its time means nothing */
	__u32 parts;
	__s32 vcpu_id;
	__u64 vm;
	__u64 entry_rip, exit_rip, info1, info2;
	__u32 reason, isa, intr_info, error_code;
	__u32 is_out, port, size, count;
	__u32 value; /* of the port I/O */
	__u32 user_reason;
	__s32 user_error;
	__u32 cnt;
	__s64 result;
	struct round_times times[ROUNDS_MAX];
};

#define ROUNDS_HEAD_SZ 136 /* up to `times` */
_Static_assert(sizeof(struct ring_rounds) == ROUNDS_HEAD_SZ + ROUNDS_MAX * sizeof(struct round_times),
	       "rounds are whole words, without holes");

#define SLOT_CNT 1024

/* Where not everything is recorded: why a thread is silent. */
enum slot_mute {
	MUTE_NO,
	MUTE_CALL,    /* until the ioctl that it is in returns */
	MUTE_RUN,     /* it runs a vCPU that is not recorded: until it turns to one that is */
	MUTE_PROCESS, /* the recorder has refused its process */
};

/* A thread that is traced, and the round that it is in. */
struct slot {
	__u64 pid_tgid; /* 0: free */
	__u64 vcpu;	/* whose id and VM are in `rounds` */
	__u64 based;	/* the vCPU whose count of exits was told at its first entry here */
	__u64 vm_met_ns;   /* its VM, told from a later one at the same place; 0: not known */
	__u64 entry_exits; /* KVM's count at the last entry, */
	__u64 exits_since; /* and the exits recorded after it */
	__u64 judged;	/* the vCPU for which `mute` holds; 0: none was met yet */
	__u64 mute;	/* enum slot_mute */
	__u64 vmcb;	   /* of the vCPU `based`, but for nested guests; VMCB_UNKNOWN */
	__u64 rax;	   /* at the last exit; AMD only */
	__u32 vcpu_ends;   /* when it was looked up (round.bpf.h) */
	__u32 parts;	   /* of the round that is under way, */
	__u32 rounds_max, reserved; /* at most ROUNDS_MAX */
	struct round_times now; /* its times; what else is known of it is as in `rounds` */
	struct ring_rounds rounds; /* those that are whole, and have not gone through the ring */
};

/* On Linux 5.10 the value of a map has to be less than 4 MiB. */
_Static_assert(sizeof(struct slot) * SLOT_CNT < 3 << 20, "slots are global, and global variables are a map's value");

#endif
