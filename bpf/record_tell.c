/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What kvmtree record says of its work: while it attaches, and in the end. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "bpf/record_say.h"
#include "bpf/record_session.h"

#define PROGRESS_EVERY_S 2

void session_attached(void *context, uint32_t done_cnt, uint32_t func_cnt)
{
	struct session *s = context;
	time_t now = time(NULL);

	if (s->options.is_quiet || now - s->progress_time < PROGRESS_EVERY_S)
		return;
	if (s->progress_time)
		fprintf(stderr, "kvmtree record: attached %u of %u functions\n", done_cnt, func_cnt);
	s->progress_time = now;
}

void session_attached_tell(const struct session *s, uint64_t took_ns)
{
	uint32_t attached = 0, refused = 0;

	if (s->options.is_quiet ||
	    (!s->options.functions.cnt && s->options.plan.detail != DETAIL_FULL))
		return;
	for (uint32_t id = 0; id < s->plan.func_cnt; id++) {
		attached += plan_is_traced(&s->plan.funcs[id]);
		refused += s->plan.funcs[id].is_refused;
	}
	fprintf(stderr, "kvmtree record: attached to %u functions in %.1f s; the kernel refused %u, %u cannot "
			"be traced\n",
		attached, (double)took_ns / 1e9, refused, s->plan.skipped_cnt);
}

void session_summary_print(const struct session *s)
{
	struct recorder_totals totals = recorder_totals(s->recorder);

	if (!s->options.is_quiet)
		fprintf(stderr,
			"kvmtree record: %s: %" PRIu64 " exits, %" PRIu64 " records, %" PRIu64
			" bytes, %" PRIu64 " lost\n",
			s->options.output, totals.exits, totals.records,
			trace_writer_bytes(s->writer), totals.lost);
	record_loss_say(&s->loss, s->options.ring_sz);
	if (!totals.exits && totals.runs)
		complain("a VM ran, and KVM told of no exit: it did all in software, as kvm_pvm does with a "
			 "guest in real mode");
	else if (!totals.exits)
		complain("no VM ran: does %s use KVM?", target_command(&s->target)[0]);
}
