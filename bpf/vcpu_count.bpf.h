/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * KVM's own count of the exits of a vCPU, against which the recording is held: read when the vCPU is
 * destroyed, and left behind by a thread that ends before. Whom a thread that lives on has run last is
 * in its slot; the recorder looks there when the recording ends (programs_counts_left).
 */
#ifndef KVMTREE_VCPU_COUNT_BPF_H
#define KVMTREE_VCPU_COUNT_BPF_H

#include "bpf/choice.bpf.h"

/*
 * The VMs of traced processes, by struct kvm *: a VM may outlive the thread that made it. The value is
 * when it was met, which tells it from a later one at the same place; 0: its vCPUs are being destroyed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, VMS_MAX);
	__type(key, u64);
	__type(value, u64);
} vms SEC(".maps");

/* 0: it is not known, or about to end. */
static __always_inline u64 vm_met_ns(u64 vm)
{
	u64 *met_ns = bpf_map_lookup_elem(&vms, &vm);

	return met_ns ? *met_ns : 0;
}

static __always_inline void vm_remember(u64 vm)
{
	u64 now_ns;

	if (vm_met_ns(vm))
		return;
	now_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&vms, &vm, &now_ns, BPF_ANY);
}

/* Set before loading: the end of a vCPU is seen, here. */
const volatile bool sees_vcpu_ends;
__u32 vcpu_ends; /* how many: a number that changes when one ends */

static __always_inline void vcpu_counter_emit(u64 pid_tgid, u64 vm, u32 vcpu_id, u64 exits, bool is_alive)
{
	struct rec_vcpu_counter *rec = EMIT_RESERVE(vcpu_counter, pid_tgid);

	if (!rec)
		return;
	rec->vm = vm;
	rec->exits = exits;
	rec->vcpu_id = vcpu_id;
	rec->is_alive = is_alive;
	emit(rec);
}

/* Else a vCPU is destroyed that was only half made: there was one of its number, or no room for a file. */
static __always_inline bool vm_is_ending(struct kvm_vcpu *vcpu)
{
	return !bpf_core_field_exists(struct kvm, users_count) ||
	       !BPF_CORE_READ(vcpu, kvm, users_count.refs.counter);
}

/* By whoever dropped the last reference. */
static __always_inline void vcpu_destroy(struct kvm_vcpu *vcpu)
{
	u64 vm = (u64)BPF_CORE_READ(vcpu, kvm), *met_ns;
	u32 vcpu_id = BPF_CORE_READ(vcpu, vcpu_id);

	__sync_fetch_and_add(&vcpu_ends, 1);
	met_ns = bpf_map_lookup_elem(&vms, &vm);
	if (!met_ns || !vcpu_is_chosen(vcpu_id) || !vm_is_ending(vcpu))
		return;
	*met_ns = 0;
	vcpu_counter_emit(bpf_get_current_pid_tgid(), vm, vcpu_id, BPF_CORE_READ(vcpu, stat.exits), false);
}

SEC("fentry")
int BPF_PROG(fentry_kvm_arch_vcpu_destroy, struct kvm_vcpu *vcpu)
{
	vcpu_destroy(vcpu);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(kprobe_kvm_arch_vcpu_destroy, struct kvm_vcpu *vcpu)
{
	vcpu_destroy(vcpu);
	return 0;
}

/* The thread ends, and may have run a vCPU that does not: the recording may end in between. */
static __noinline int vcpu_count_leave(u64 pid_tgid)
{
	struct slot *slot = slot_known(pid_tgid);

	if (!slot || !slot->based || slot->based != slot->vcpu || !slot->vm_met_ns ||
	    slot->vm_met_ns != vm_met_ns(slot->rounds.vm))
		return 0;
	vcpu_counter_emit(pid_tgid, slot->rounds.vm, slot->rounds.vcpu_id,
			  slot->entry_exits + slot->exits_since, true);
	return 0;
}

#endif
