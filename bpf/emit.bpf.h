/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What every program needs: who is traced, the ring buffer, and the count of what was lost. */
#ifndef KVMTREE_EMIT_BPF_H
#define KVMTREE_EMIT_BPF_H

#include "bpf/kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "bpf/records.h"
#include "bpf/control.h"
#include "bpf/round.h"

/* Set before loading: the programs of round.bpf.h are there, and those of KVM's ioctls. */
const volatile bool has_rounds, has_run_ioctls = true;

/*
 * Whoever uses KVM is traced, not only those that the recorder names. Set when all programs are attached: of
 * a vCPU that was met before, some exits would be missing.
 */
volatile bool wants_all;

/* Set before loading: not everything of whom is traced is recorded (choice.bpf.h). */
const volatile bool is_choosy;

/* Set when the recorder is about to go: from then on nobody may be made to wait for it. */
volatile bool is_ending;

/* Two threads have wanted the same slot. */
bool has_more_slots;

/* The processes that are traced, by tgid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACED_MAX);
	__type(key, u32);
	__type(value, u8);
} traced SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24); /* the recorder sets it: control.h */
} ring SEC(".maps");

/* One of these per CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct cpu_loss);
} loss SEC(".maps");

static __always_inline bool is_traced(u64 pid_tgid)
{
	u32 tgid = pid_tgid >> 32;

	return bpf_map_lookup_elem(&traced, &tgid) != NULL;
}

/* Somebody uses KVM: is it to be recorded? Where all are, this is how they are met. */
static __always_inline bool is_wanted(u64 pid_tgid)
{
	u32 tgid = pid_tgid >> 32;
	u8 one = TRACED_YES, *how = bpf_map_lookup_elem(&traced, &tgid);

	if (how)
		return !is_choosy || *how == TRACED_YES;
	if (!wants_all || is_ending)
		return false;
	return !bpf_map_update_elem(&traced, &tgid, &one, BPF_ANY);
}

static __always_inline void header_fill(struct rec_header *header, u32 kind, u32 size,
					u64 pid_tgid)
{
	header->size = size;
	header->kind = kind;
	header->time_ns = bpf_ktime_get_ns();
	header->tid = (u32)pid_tgid;
	header->tgid = pid_tgid >> 32;
	header->cpu = bpf_get_smp_processor_id();
	header->flags = 0;
}

static __always_inline struct cpu_loss *cpu_loss(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&loss, &zero);
}

/*
 * Writes what this CPU lost since it last could write. Out of line: it is for the bad
 * day only. The count is set back only when the record that tells it has its room.
 */
static __noinline int loss_tell(u64 pid_tgid)
{
	struct cpu_loss *mine = cpu_loss();
	struct rec_lost *rec;

	if (!mine)
		return 0;
	rec = bpf_ringbuf_reserve(&ring, sizeof(*rec), 0);
	if (!rec)
		return 0;
	header_fill(&rec->header, REC_lost, sizeof(*rec), pid_tgid);
	/* an add, not an exchange: kernels before 5.12 know no other atomic */
	rec->count = mine->untold;
	__sync_fetch_and_add(&mine->untold, -rec->count);
	rec->cause = REC_LOST_RING_FULL;
	rec->reserved = 0;
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
	return 0;
}

/* Some CPU has lost a record at some time: as long as it is not so, nobody needs to look. */
bool has_loss;

static __always_inline void loss_count(struct cpu_loss *mine, u64 count, u64 exits)
{
	has_loss = true;
	if (!mine)
		return;
	__sync_fetch_and_add(&mine->untold, count);
	__sync_fetch_and_add(&mine->total, count);
	/* of a constant 0 the compiler would make an atomic `or`, which Linux before 5.12 has not got */
	if (exits)
		__sync_fetch_and_add(&mine->exits, exits);
}

/* --- rounds (round.h) -------------------------------------------------------- */

/* Threads by their tid; who finds his place taken is in the second map. */
struct slot slots[SLOT_CNT];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SLOT_CNT);
	__uint(map_flags, BPF_F_NO_PREALLOC);
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
	slot->vcpu = slot->based = slot->exits_since = slot->judged = slot->mute = slot->vmcb = 0;
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

/* Writes what this CPU has not told yet of what it lost. */
static __always_inline void loss_settle(u64 pid_tgid)
{
	struct cpu_loss *mine = has_loss ? cpu_loss() : NULL;

	if (mine && mine->untold)
		loss_tell(pid_tgid);
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

static __always_inline u64 round_end_ns(const struct slot *slot)
{
	return slot->parts & (ROUND_USER | ROUND_LEAVE) ? slot->now.end_ns :
	       slot->parts & ROUND_EXIT			? slot->now.exit_ns :
	       slot->parts & ROUND_ENTRY		? slot->now.entry_ns :
							  slot->now.enter_ns;
}

/* The round under way is whole. */
static __noinline int round_finish(struct slot *slot)
{
	struct ring_rounds *rounds = &slot->rounds;
	u32 cpu = bpf_get_smp_processor_id(), cnt;
	u64 end_ns = round_end_ns(slot);

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
	if (cnt >= slot->rounds_max || end_ns - rounds->header.time_ns >= ROUNDS_NS)
		rounds_emit(slot);
	return 0;
}

/* Out of line: seldom is there anything. */
static __noinline int slot_settle(struct slot *slot)
{
	if (slot->parts)
		round_finish(slot);
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

/* Before anything else is recorded of this thread. */
static __always_inline void round_settle(u64 pid_tgid)
{
	struct slot *slot = slot_known(pid_tgid);

	if (slot && (slot->parts || slot->rounds.cnt))
		slot_settle(slot);
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

/*
 * Room for a record with its header filled in, or NULL: then it is counted as lost. What may
 * interrupt another program of the same thread leaves the round alone: the record then stands before
 * what is older than it, and whoever reads the file puts it in its place.
 */
static __always_inline void *emit_reserve(u32 kind, u32 size, u64 pid_tgid, bool may_interrupt)
{
	void *rec;

	if (has_rounds && !may_interrupt)
		round_settle(pid_tgid);
	loss_settle(pid_tgid);
	rec = bpf_ringbuf_reserve(&ring, size, 0);
	if (rec)
		header_fill(rec, kind, size, pid_tgid);
	else
		loss_count(cpu_loss(), 1, kind == REC_kvm_exit);
	return rec;
}

#define EMIT_RESERVE(name, pid_tgid)                                                             \
	((struct rec_##name *)emit_reserve(REC_##name, sizeof(struct rec_##name), pid_tgid, false))
#define EMIT_RESERVE_ANYWHERE(name, pid_tgid)                                                    \
	((struct rec_##name *)emit_reserve(REC_##name, sizeof(struct rec_##name), pid_tgid, true))

/* The recorder comes by itself every few milliseconds: waking it would cost more than the record. */
static __always_inline void emit(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

/* For what the recorder must act upon. */
static __always_inline void emit_now(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_FORCE_WAKEUP);
}

#endif
