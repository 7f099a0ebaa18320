/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Sums of time without a CPU, and how they read. */
#include "trace-viewer/off_cpu.h"

#include <string.h>

const char *off_cpu_word(enum off_cpu_why why)
{
	static const char *const words[OFF_CPU_WHY_CNT] = { "blocked", "preempted" };

	return why < OFF_CPU_WHY_CNT ? words[why] : "off CPU";
}

static void comm_copy(char *to, const unsigned char *from, uint32_t sz)
{
	sz = sz < REC_COMM_MAX ? sz : REC_COMM_MAX;
	memcpy(to, from, sz);
	to[sz] = '\0';
	for (; *to; to++)
		if ((unsigned char)*to < 0x20 || (unsigned char)*to > 0x7e)
			*to = '?';
}

void off_cpu_of(struct off_cpu_span *span, const struct rec_off_cpu *rec)
{
	*span = (struct off_cpu_span){
		.out_ns = rec->out_ns < rec->header.time_ns ? rec->out_ns : rec->header.time_ns,
		.in_ns = rec->header.time_ns,
		/* on its way to sleep it may be preempted; who is not asleep did not want to go */
		.why = rec->state && !rec->is_preempted ? OFF_CPU_BLOCKED : OFF_CPU_PREEMPTED,
		.next_tid = rec->next_tid,
		.waker_tid = rec->waker_tid,
	};
	if (rec->woken_ns >= span->out_ns && rec->woken_ns <= span->in_ns)
		span->woken_ns = rec->woken_ns;
	comm_copy(span->next_comm, rec->next_comm, rec->next_comm_sz);
	comm_copy(span->waker_comm, rec->waker_comm, rec->waker_comm_sz);
}

uint64_t off_cpu_ns(const struct off_cpu_span *span)
{
	return span->in_ns - span->out_ns;
}

void off_cpu_add(struct off_cpu_sum *sum, const struct off_cpu_span *span)
{
	if (!sum->cnt || off_cpu_ns(span) > off_cpu_ns(&sum->worst))
		sum->worst = *span;
	sum->ns += off_cpu_ns(span);
	sum->cnt++;
}

void off_cpu_merge(struct off_cpu_sum *into, const struct off_cpu_sum *from)
{
	if (!from->cnt)
		return;
	if (!into->cnt || off_cpu_ns(&from->worst) > off_cpu_ns(&into->worst))
		into->worst = from->worst;
	into->ns += from->ns;
	into->cnt += from->cnt;
}

static void add_span(struct text *t, const struct off_cpu_span *span, bool ascii)
{
	text_add(t, "%s ", off_cpu_word(span->why));
	text_add_ns(t, off_cpu_ns(span), ascii);
	/* who runs while a thread waits for something else has nothing to do with it */
	if (span->why != OFF_CPU_BLOCKED)
		text_add(t, " by %s %u", span->next_comm, span->next_tid);
}

void off_cpu_add_text(struct text *t, const struct off_cpu_sum *sum, bool ascii)
{
	if (sum->cnt > 1) {
		text_add(t, "off CPU ");
		text_add_ns(t, sum->ns, ascii);
		text_add(t, " in ");
		text_add_count(t, sum->cnt);
		text_add(t, ", at most ");
	}
	add_span(t, &sum->worst, ascii);
}
