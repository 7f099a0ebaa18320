/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Time that a vCPU's thread spent without a CPU, and who had it meanwhile. */
#ifndef KVMTREE_OFF_CPU_H
#define KVMTREE_OFF_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/text.h"

/* Why it left its CPU. */
enum off_cpu_why {
	OFF_CPU_BLOCKED,   /* it waits for something */
	OFF_CPU_PREEMPTED, /* another thread was to run */
	OFF_CPU_WHY_CNT,
};

/* Once off, and back on. */
struct off_cpu_span {
	uint64_t out_ns, in_ns;
	uint64_t woken_ns; /* from then on it only waited for a CPU; 0: it was not asleep */
	enum off_cpu_why why;
	uint32_t next_tid; /* who ran next on its CPU; 0: nobody */
	char next_comm[REC_COMM_MAX + 1];
	uint32_t waker_tid; /* who ran where it was woken, which an interrupt may have done */
	char waker_comm[REC_COMM_MAX + 1];
};

/* Several of them: the sum, and the longest. */
struct off_cpu_sum {
	uint64_t ns, cnt;
	struct off_cpu_span worst;
};

/* None yet; what `worst` says means nothing then. */
static inline void off_cpu_none(struct off_cpu_sum *sum)
{
	sum->ns = sum->cnt = 0;
}

void off_cpu_of(struct off_cpu_span *span, const struct rec_off_cpu *rec);
uint64_t off_cpu_ns(const struct off_cpu_span *span);
/* "blocked", "preempted" */
const char *off_cpu_word(enum off_cpu_why why);

void off_cpu_add(struct off_cpu_sum *sum, const struct off_cpu_span *span);
void off_cpu_merge(struct off_cpu_sum *into, const struct off_cpu_sum *from);

/* "blocked 1.20 ms", "preempted 3.99 ms by stress 812"; of several "off CPU 5.10 ms in 3, ..." */
void off_cpu_add_text(struct text *t, const struct off_cpu_sum *sum, bool ascii);

#endif
