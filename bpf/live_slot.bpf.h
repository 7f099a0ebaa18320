/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The vCPUs that are counted, each with a slot of its own. */
#ifndef KVMTREE_LIVE_SLOT_BPF_H
#define KVMTREE_LIVE_SLOT_BPF_H

#include "bpf/kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "bpf/live_map.h"
#include "bpf/records.h"
#include "bpf/vmcb.bpf.h"

/* Set before loading. */
const volatile __u32 slot_mask;
const volatile __u32 wanted_tgid; /* 0: every process */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct live_slot);
} slots SEC(".maps");

/* Who has which slot: adding a key that is there fails, whoever else tries. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} claims SEC(".maps");

/* Exits of vCPUs that found no slot. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} unplaced SEC(".maps");

static __always_inline u32 slot_first(u64 key)
{
	return (u32)(key * 0x9e3779b97f4a7c15ull >> 40);
}

static __always_inline struct live_slot *slot_at(u32 index)
{
	index &= slot_mask;
	return bpf_map_lookup_elem(&slots, &index);
}

/* Out of line: most vCPUs have the first place that they may have. */
static __noinline struct live_slot *slot_find_further(u64 key)
{
	u32 first = slot_first(key);

	for (u32 i = 1; i < LIVE_PROBES; i++) {
		struct live_slot *slot = slot_at(first + i);

		if (!slot)
			return NULL;
		if (slot->key == key)
			return slot;
	}
	return NULL;
}

static __always_inline struct live_slot *slot_find(u64 key)
{
	struct live_slot *slot = slot_at(slot_first(key));

	return !slot || slot->key == key ? slot : slot_find_further(key);
}

/* key: the vCPU's address, or its thread where the address is not to be had. */
static __always_inline void slot_begin(struct live_slot *slot, u64 key, u32 isa)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();

	slot->tgid = pid_tgid >> 32;
	slot->tid = (u32)pid_tgid;
	slot->isa = isa;
	slot->last = LIVE_REASON_CNT;
	slot->vcpu_id = -1;
	slot->vmcb = VMCB_UNKNOWN;
	if (bpf_core_type_exists(struct kvm_vcpu) && key >> 32) {
		struct kvm_vcpu *vcpu = (void *)key;

		slot->vm = (u64)BPF_CORE_READ(vcpu, kvm);
		slot->vcpu_id = BPF_CORE_READ(vcpu, vcpu_id);
		if (isa == REC_ISA_SVM)
			slot->vmcb = vmcb_own(vcpu);
	}
	bpf_get_current_comm(slot->comm, sizeof(slot->comm));
	slot->key = key;
}

/* A vCPU's first exit: takes a free slot for it. */
static __noinline struct live_slot *slot_take(u64 key, u32 isa)
{
	u32 first = slot_first(key), zero = 0;
	u64 *lost;

	if (wanted_tgid && bpf_get_current_pid_tgid() >> 32 != wanted_tgid)
		return NULL;
	for (u32 i = 0; i < LIVE_PROBES; i++) {
		u32 index = (first + i) & slot_mask;
		struct live_slot *slot;

		if (bpf_map_update_elem(&claims, &index, &key, BPF_NOEXIST))
			continue;
		slot = bpf_map_lookup_elem(&slots, &index);
		if (slot)
			slot_begin(slot, key, isa);
		return slot;
	}
	lost = bpf_map_lookup_elem(&unplaced, &zero);
	if (lost)
		++*lost;
	return NULL;
}

#endif
