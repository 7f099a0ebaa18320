/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the kernel counts of each program and link. */
#include <bpf/bpf.h>

#include "bpf/probe_misses.h"

uint64_t program_misses(int program)
{
	struct bpf_prog_info info = { 0 };
	__u32 info_sz = sizeof(info);

	return bpf_obj_get_info_by_fd(program, &info, &info_sz) ? 0 : info.recursion_misses;
}

/* enum bpf_link_type and enum bpf_perf_event_type of <linux/bpf.h>, which may be older than they are */
enum { LINK_PERF_EVENT = 7, LINK_KPROBE_MULTI = 8 };
enum { EVENT_KPROBE = 3, EVENT_KRETPROBE = 4 };

/* struct bpf_link_info of Linux 6.7; what an older kernel does not fill in stays 0. */
struct link_info {
	__u32 type, id, prog_id, hole;
	union {
		struct {
			__u64 addrs;
			__u32 cnt, flags;
			__u64 missed;
		} multi;
		struct {
			__u32 type, hole;
			__u64 name;
			__u32 name_len, offset;
			__u64 addr, missed;
		} event;
		__u64 room[8];
	};
};

uint64_t link_misses(int link)
{
	struct link_info info = { 0 };
	__u32 info_sz = sizeof(info);

	if (bpf_obj_get_info_by_fd(link, &info, &info_sz))
		return 0;
	if (info.type == LINK_KPROBE_MULTI)
		return info.multi.missed;
	if (info.type == LINK_PERF_EVENT &&
	    (info.event.type == EVENT_KPROBE || info.event.type == EVENT_KRETPROBE))
		return info.event.missed;
	return 0;
}
