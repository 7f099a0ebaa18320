/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * One turn of the run loop as it crosses the ring buffer: KVM_RUN begins, VM entry, VM exit, port
 * I/O, return to user space, KVM_RUN ends. Each of these is a record of its own in the trace file,
 * but what a record costs in the kernel is mostly its way through the ring: so a thread keeps its
 * turn until it is whole, or until anything else is to be recorded, and the recorder makes the
 * records of it (round_writer.h). Includes records.h only.
 */
#ifndef KVMTREE_ROUND_H
#define KVMTREE_ROUND_H

#include "bpf/records.h"

/* Not a kind of the trace file: those are below 64. */
#define RING_ROUND 0xffff

/* What a round holds, in the order in which it happens: a part never comes after a later one. */
enum round_part {
	ROUND_ENTER = 1,
	ROUND_ENTRY = 2,
	ROUND_EXIT = 4,
	ROUND_PIO = 8,
	ROUND_USER = 16,
	ROUND_LEAVE = 32,
};

struct ring_round {
	struct rec_header header; /* its time is that of the first part */
	__u32 parts;
	__s32 vcpu_id;
	__u64 vm;
	__u64 entry_rip, exit_rip, info1, info2;
	__u32 reason, isa, intr_info, error_code;
	__u32 is_out, port, size, count;
	__u32 value; /* of the port I/O */
	__u32 user_reason;
	__s32 user_error;
	__u32 reserved;
	__s64 result;
	/* from here on times, which are what sets most rounds apart; port I/O has that of what came before it */
	__u64 enter_ns, entry_ns, exit_ns, user_ns, leave_ns;
};

_Static_assert(sizeof(struct ring_round) == 176, "a round is whole words, without holes");

#define SLOT_CNT 4096

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
	__u64 vcpu;	/* whose id and VM are in the round */
	__u64 based;	/* the vCPU whose count of exits was told at its first entry here */
	__u64 entry_exits; /* KVM's count at the last entry, */
	__u64 exits_since; /* and the exits recorded after it */
	__u64 judged;	/* the vCPU for which `mute` holds; 0: none was met yet */
	__u64 mute;	/* enum slot_mute */
	__u64 vmcb;	   /* of the vCPU `based`, but for nested guests; 0: unknown */
	__u32 reserved, vcpu_ends; /* when it was looked up (round.bpf.h) */
	struct ring_round round;
};

#endif
