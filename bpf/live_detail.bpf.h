/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the exits were about: ports, addresses, MSRs, CPUID leaves, by the thread that ran the vCPU. */
#ifndef KVMTREE_LIVE_DETAIL_BPF_H
#define KVMTREE_LIVE_DETAIL_BPF_H

#include "bpf/live_slot.bpf.h"
#include "bpf/tracepoint.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, LIVE_DETAILS_MAX);
	__type(key, struct live_detail);
	__type(value, u64);
} details SEC(".maps");

static __always_inline void detail_count(u32 kind, u64 value, bool is_write)
{
	u64 pid_tgid = bpf_get_current_pid_tgid(), one = 1, *cnt;
	struct live_detail key = {
		.value = value, .kind = kind, .tid = (u32)pid_tgid, .is_write = is_write,
	};

	if (wanted_tgid && pid_tgid >> 32 != wanted_tgid)
		return;
	cnt = bpf_map_lookup_elem(&details, &key);
	if (cnt)
		__sync_fetch_and_add(cnt, 1);
	else
		bpf_map_update_elem(&details, &key, &one, BPF_NOEXIST);
}

#define DETAIL_PROGRAM(event, kind, value, is_write)                                               \
	SEC("tracepoint/kvm/" #event)                                                              \
	int live_##event(void *ctx)                                                                \
	{                                                                                          \
		struct tp_bytes tp;                                                                \
												   \
		bpf_probe_read_kernel(&tp, sizeof(tp), ctx);                                       \
		detail_count(kind, value, is_write);                                               \
		return TP_PASS_ON;                                                                 \
	}

DETAIL_PROGRAM(kvm_pio, LIVE_PORT, tp_value(&tp, TP_kvm_pio_port), tp_value(&tp, TP_kvm_pio_rw))
DETAIL_PROGRAM(kvm_mmio, LIVE_MMIO, tp_value(&tp, TP_kvm_mmio_gpa),
	       tp_value(&tp, TP_kvm_mmio_type) == LIVE_MMIO_WRITE)
DETAIL_PROGRAM(kvm_msr, LIVE_MSR, tp_value(&tp, TP_kvm_msr_ecx), tp_value(&tp, TP_kvm_msr_write))
DETAIL_PROGRAM(kvm_cpuid, LIVE_CPUID, tp_value(&tp, TP_kvm_cpuid_function), false)
DETAIL_PROGRAM(kvm_page_fault, LIVE_PAGE, tp_value(&tp, TP_kvm_page_fault_fault_address) & ~0xfffull,
	       false)

#endif
