/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What is recorded of the processes that are traced, where that is not all: some vCPUs (--vcpu), one VM
 * of several (--vm PID-FD), no process that the recorder has refused. Without such a wish `is_choosy` is
 * false, and the verifier leaves all of this out.
 *
 * A thread is silent while it is in an ioctl for something else, and, once it has run a vCPU that is
 * not recorded, until it turns to one that is.
 */
#ifndef KVMTREE_CHOICE_BPF_H
#define KVMTREE_CHOICE_BPF_H

#include "bpf/emit.bpf.h"

/* Set before loading, by --vcpu. */
const volatile bool has_vcpu_choice;
const volatile __u64 chosen_vcpus[VCPU_WORDS];

/* Set before loading, by --vm PID-FD: the VM that has this descriptor; tgid 0: any. */
const volatile __u32 chosen_tgid, chosen_fd;

#define KVM_CREATE_VM_CMD   0xae01 /* <linux/kvm.h> */
#define KVM_CREATE_VCPU_CMD 0xae41

static __always_inline bool vcpu_is_chosen(u32 id)
{
	u32 word = id / 64;

	if (!has_vcpu_choice)
		return true;
	if (id >= VCPU_IDS)
		return false;
	/* the compiler knows that the mask changes nothing, but the verifier has to see it */
	asm volatile("" : "+r"(word));
	return chosen_vcpus[word & (VCPU_WORDS - 1)] >> (id & 63) & 1;
}

/* The open file of a descriptor of this thread, or NULL. */
static __always_inline struct file *file_of(u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(fdt, fd), *file = NULL;

	if (fd < BPF_CORE_READ(fdt, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

/* Out of line: once for each ioctl on a VM, and each vCPU that a thread runs. */
static __noinline bool vm_is_chosen(u64 vm)
{
	struct file *file;

	if (!chosen_tgid)
		return true;
	if (bpf_get_current_pid_tgid() >> 32 != chosen_tgid)
		return false;
	file = file_of(chosen_fd);
	return file && (u64)BPF_CORE_READ(file, private_data) == vm;
}

/* KVM_RUN, or an entry in the midst of one: is the vCPU recorded? */
static __always_inline void run_choose(struct kvm_vcpu *vcpu)
{
	struct slot *slot = slot_of(bpf_get_current_pid_tgid());

	if (!slot || slot->mute == MUTE_PROCESS || slot->judged == (u64)vcpu)
		return;
	slot->judged = (u64)vcpu;
	slot->mute = vcpu_is_chosen(BPF_CORE_READ(vcpu, vcpu_id)) &&
				     vm_is_chosen((u64)BPF_CORE_READ(vcpu, kvm)) ?
			     MUTE_NO :
			     MUTE_RUN;
}

/* An ioctl begins: is it recorded? `vm` and `vcpu_id` as in its record. */
static __noinline bool call_choose(u64 pid_tgid, u64 vm, s32 vcpu_id, u32 cmd, u64 arg)
{
	struct slot *slot = slot_of(pid_tgid);
	bool is_chosen;

	if (!slot || slot->mute == MUTE_PROCESS)
		return false;
	is_chosen = vm ? vm_is_chosen(vm) : cmd != KVM_CREATE_VM_CMD || !chosen_tgid;
	if (vcpu_id >= 0)
		is_chosen = is_chosen && vcpu_is_chosen(vcpu_id);
	else if (cmd == KVM_CREATE_VCPU_CMD)
		is_chosen = is_chosen && vcpu_is_chosen(arg);
	if (cmd == KVM_RUN_CMD)
		slot->judged = 1; /* no vCPU's address: with rounds run_choose comes instead */
	if (!is_chosen)
		slot->mute = cmd == KVM_RUN_CMD || slot->mute == MUTE_RUN ? MUTE_RUN : MUTE_CALL;
	else if (vcpu_id >= 0 || slot->mute == MUTE_CALL)
		slot->mute = MUTE_NO;
	/* what was judged is not what the thread does now: at its next KVM_RUN it is judged again */
	if (has_rounds && vcpu_id >= 0)
		slot->judged = 0;
	return slot->mute == MUTE_NO;
}

/* It ends: was it? */
static __noinline bool call_was_chosen(u64 pid_tgid)
{
	struct slot *slot = slot_of(pid_tgid);
	bool is_chosen = slot && slot->mute == MUTE_NO;

	if (slot && slot->mute == MUTE_CALL)
		slot->mute = MUTE_NO;
	return is_chosen;
}

/*
 * A tracepoint, with the id of its vCPU if it says one, or -1. By that id alone it is judged where no
 * ioctl has told more; the VM cannot be told by it.
 */
static __noinline bool event_is_chosen(u64 pid_tgid, s32 vcpu_id)
{
	struct slot *slot = slot_of(pid_tgid);

	if (!slot || slot->mute == MUTE_PROCESS)
		return false;
	if (vcpu_id >= 0 && !chosen_tgid) {
		slot->judged = 1;
		slot->mute = vcpu_is_chosen(vcpu_id) ? MUTE_NO : MUTE_RUN;
	}
	return slot->judged && slot->mute == MUTE_NO;
}

/* Is this thread of a traced process not silent now? */
static __always_inline bool is_heard(u64 pid_tgid)
{
	struct slot *slot;

	if (!is_choosy)
		return true;
	slot = slot_of(pid_tgid);
	return slot && slot->mute == MUTE_NO;
}

/* Somebody uses KVM: is it to be recorded now? */
static __always_inline bool is_recorded(u64 pid_tgid)
{
	return is_choosy ? is_heard(pid_tgid) : is_wanted(pid_tgid);
}

/* A process becomes another program: whatever the recorder thought of the one before, it is asked again. */
static __always_inline void process_choose_anew(u64 pid_tgid)
{
	u32 tgid = pid_tgid >> 32;
	u8 yes = TRACED_YES;
	struct slot *slot;

	bpf_map_update_elem(&traced, &tgid, &yes, BPF_EXIST);
	slot = slot_of(pid_tgid);
	if (slot)
		slot->mute = slot->judged = 0;
}

#endif
