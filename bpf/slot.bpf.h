/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The threads that are traced, and the rounds that each of them is in (round.h). */
#ifndef KVMTREE_SLOT_BPF_H
#define KVMTREE_SLOT_BPF_H

#include "bpf/ring.bpf.h"
#include "bpf/vmcb.bpf.h"

/* Threads by their tid; who finds his place taken is in the second map. */
struct slot slots[SLOT_CNT];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * SLOT_CNT);
	__type(key, u64);
	__type(value, struct slot);
} more_slots SEC(".maps");

const struct slot slot_empty;

/*
 * Who has which place: adding a key that is there fails, whoever else tries. A compare and swap would do, and
 * Linux before 5.12 has none.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SLOT_CNT);
	__type(key, u32);
	__type(value, u64);
} slot_owners SEC(".maps");

static __always_inline struct slot *slot_place(u64 pid_tgid)
{
	return &slots[pid_tgid & (SLOT_CNT - 1)];
}

static __always_inline void slot_begin(struct slot *slot, u64 pid_tgid, u32 rounds_max)
{
	slot->vcpu = slot->based = slot->exits_since = slot->judged = slot->mute = 0;
	slot->vmcb = VMCB_UNKNOWN;
	slot->parts = 0;
	slot->rounds_max = rounds_max;
	slot->rounds.cnt = slot->rounds.user_reason = 0;
	slot->rounds.header.kind = RING_ROUNDS;
	slot->rounds.header.tid = (u32)pid_tgid;
	slot->rounds.header.tgid = pid_tgid >> 32;
	slot->pid_tgid = pid_tgid;
}

/* Out of line: once per thread. */
static __noinline struct slot *slot_find(u64 pid_tgid)
{
	struct slot *slot = slot_place(pid_tgid);
	u32 index = pid_tgid & (SLOT_CNT - 1);

	if (!is_wanted(pid_tgid))
		return NULL;
	if (!slot->pid_tgid && !bpf_map_update_elem(&slot_owners, &index, &pid_tgid, BPF_NOEXIST)) {
		slot_begin(slot, pid_tgid, ROUNDS_MAX);
		return slot;
	}
	slot = bpf_map_lookup_elem(&more_slots, &pid_tgid);
	if (slot)
		return slot;
	has_more_slots = true;
	bpf_map_update_elem(&more_slots, &pid_tgid, (void *)&slot_empty, BPF_NOEXIST);
	slot = bpf_map_lookup_elem(&more_slots, &pid_tgid);
	if (slot)
		slot_begin(slot, pid_tgid, 1); /* nobody would find others when the recorder goes */
	return slot;
}

/* The slot of a traced thread, or NULL. A thread's slot is its own: nobody else writes to it. */
static __always_inline struct slot *slot_of(u64 pid_tgid)
{
	struct slot *slot = slot_place(pid_tgid);

	return slot->pid_tgid == pid_tgid ? slot : slot_find(pid_tgid);
}

static __noinline int rounds_count_lost(const struct ring_rounds *rounds)
{
	u32 parts = 0;

	for (int i = 0; i < 6; i++)
		parts += rounds->parts >> i & 1;
	loss_count(cpu_loss(), parts * rounds->cnt, rounds->parts & ROUND_EXIT ? rounds->cnt : 0);
	return 0;
}

/* Puts the rounds that are whole through the ring, before what they have in common changes. */
static __noinline int rounds_emit(struct slot *slot)
{
	struct ring_rounds *rounds = &slot->rounds;
	u32 size = rounds->cnt;

	if (!size)
		return 0;
	loss_settle(slot->pid_tgid);
	if (size > ROUNDS_MAX)
		size = ROUNDS_MAX;
	size = ROUNDS_HEAD_SZ + size * sizeof(struct round_times);
	rounds->header.size = size;
	if (bpf_ringbuf_output(&ring, rounds, size, BPF_RB_NO_WAKEUP))
		rounds_count_lost(rounds);
	rounds->cnt = 0;
	return 0;
}

static __always_inline u64 round_begin_ns(const struct slot *slot)
{
	return slot->parts & ROUND_ENTER ? slot->now.enter_ns :
	       slot->parts & ROUND_ENTRY ? slot->now.entry_ns :
	       slot->parts & ROUND_EXIT	 ? slot->now.exit_ns :
					   slot->now.end_ns;
}

/* The round under way is whole; the last that has happened was at `end_ns` or a little later. */
static __always_inline void round_add(struct slot *slot, u64 end_ns)
{
	struct ring_rounds *rounds = &slot->rounds;
	u32 cpu = bpf_get_smp_processor_id(), cnt;

	if (rounds->parts != slot->parts || rounds->header.cpu != cpu) {
		rounds_emit(slot);
		rounds->parts = slot->parts;
		rounds->header.cpu = cpu;
	}
	cnt = rounds->cnt;
	if (!cnt)
		rounds->header.time_ns = round_begin_ns(slot);
	rounds->times[cnt & (ROUNDS_MAX - 1)] = slot->now;
	rounds->cnt = ++cnt;
	slot->parts = 0;
	if (cnt >= slot->rounds_max || (s64)(end_ns - rounds->header.time_ns) >= ROUNDS_NS)
		rounds_emit(slot);
}

/* Where that is seldom so. */
static __noinline int round_finish(struct slot *slot, u64 end_ns)
{
	round_add(slot, end_ns);
	return 0;
}

/* Out of line: seldom is there anything. */
static __noinline int slot_settle(struct slot *slot)
{
	if (slot->parts)
		round_finish(slot, slot->now.exit_ns);
	rounds_emit(slot);
	return 0;
}

/* The thread's slot, if it has one. */
static __always_inline struct slot *slot_known(u64 pid_tgid)
{
	struct slot *slot = slot_place(pid_tgid);

	if (slot->pid_tgid != pid_tgid && has_more_slots)
		slot = bpf_map_lookup_elem(&more_slots, &pid_tgid);
	return slot && slot->pid_tgid == pid_tgid ? slot : NULL;
}

/* Before anything else is recorded of this thread. Not static: the verifier looks at it once a program. */
__noinline int round_settle(u64 pid_tgid)
{
	struct slot *slot = slot_known(pid_tgid);

	if (slot && (slot->parts || slot->rounds.cnt))
		slot_settle(slot);
	return 0;
}

/*
 * The thread is about to sleep: what it has done shall not wait for it. A program of its own is not
 * interrupted here, for these do not sleep.
 */
static __always_inline void sleep_settle(u64 pid_tgid)
{
	struct slot *slot = slot_known(pid_tgid);

	if (slot && slot->rounds.cnt)
		rounds_emit(slot);
}

/* The thread has ended. */
static __always_inline void slot_forget(u64 pid_tgid)
{
	struct slot *slot = slot_place(pid_tgid);
	u32 index = pid_tgid & (SLOT_CNT - 1);

	round_settle(pid_tgid);
	if (slot->pid_tgid == pid_tgid) {
		slot->pid_tgid = slot->based = 0;
		bpf_map_delete_elem(&slot_owners, &index);
	} else if (has_more_slots) {
		bpf_map_delete_elem(&more_slots, &pid_tgid);
	}
}

#endif
