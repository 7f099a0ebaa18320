/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The events of classic tracepoints, as tracefs describes them. */
#ifndef KVMTREE_TRACEPOINT_BPF_H
#define KVMTREE_TRACEPOINT_BPF_H

#include "bpf/kernel.h"
#include "bpf/tracepoint_fields.h"

/* What the program of a classic tracepoint returns: 0 would keep the event from everybody else's perf. */
#define TP_PASS_ON 1

/* Set before loading, from tracefs: the verifier then knows each offset as a constant. */
const volatile struct tp_place tp_places[TP_FIELD_CNT];

struct tp_bytes {
	u8 bytes[TP_BYTES_MAX];
};

static __always_inline u64 tp_value(const struct tp_bytes *event, enum tp_field field)
{
	u32 offset = tp_places[field].offset;

	if (offset > TP_BYTES_MAX - 8)
		return 0;
	switch (tp_places[field].size) {
	case 2:
		return *(u16 *)(event->bytes + offset);
	case 8:
		return *(u64 *)(event->bytes + offset);
	case 4:
		return *(u32 *)(event->bytes + offset);
	case 1:
		return *(event->bytes + offset);
	}
	return 0;
}

#endif
