/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is missing in a recording: lost in the ring, missed by programs, not seen at all. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bpf/record_loss.h"

/* Appends "NAME COUNT"; what finds no room is still in the sum. */
static void list_add(char *list, const char *name, uint64_t cnt)
{
	size_t has = strlen(list);

	snprintf(list + has, RECORD_LOSS_TEXT_SZ - has, "%s%s %" PRIu64, has ? ", " : "", name, cnt);
}

static void cpu_take(void *context, int cpu, const struct cpu_loss *cpu_loss)
{
	struct record_loss *loss = context;
	char number[16];

	snprintf(number, sizeof(number), "%d", cpu);
	list_add(loss->cpus, number, cpu_loss->total);
	loss->lost_exits += cpu_loss->exits;
}

static void miss_take(void *context, const char *program, uint64_t missed)
{
	struct record_loss *loss = context;

	loss->missed_cnt += missed;
	list_add(loss->missed, program, missed);
}

void record_loss_read(struct record_loss *loss, const struct programs *programs, const struct plan *plan,
		      const struct recorder_totals *totals, bool knows_bases)
{
	memset(loss, 0, sizeof(*loss));
	loss->lost = totals->lost;
	loss->exits = totals->exits;
	loss->kvm_exits = totals->kvm_exits;
	loss->has_counter = knows_bases && totals->vcpus;
	programs_cpu_losses(programs, cpu_take, loss);
	programs_misses(programs, plan, miss_take, loss);
}

size_t record_loss_text(const struct record_loss *loss, char *text, size_t text_sz)
{
	int n = 0;

	text[0] = '\0';
	if (*loss->cpus)
		n += snprintf(text, text_sz, "lost_exits %" PRIu64 "\nlost_on_cpu %s\n", loss->lost_exits,
			      loss->cpus);
	if (loss->missed_cnt)
		n += snprintf(text + n, text_sz - (size_t)n, "missed %" PRIu64 ": %s\n", loss->missed_cnt,
			      loss->missed);
	return (size_t)n;
}

void record_loss_say(const struct record_loss *loss, size_t ring_sz)
{
	uint64_t known = loss->exits + loss->lost_exits;

	if (loss->lost)
		fprintf(stderr,
			"kvmtree record: %" PRIu64 " records were lost, %" PRIu64 " exits among them, on CPU: %s; "
			"the buffer was full: give it more with --buffer, now %zu KiB, or record less with "
			"--detail exits or --kernel-only\n",
			loss->lost, loss->lost_exits, *loss->cpus ? loss->cpus : "unknown", ring_sz >> 10);
	if (loss->missed_cnt)
		fprintf(stderr,
			"kvmtree record: probes missed %" PRIu64 " events, because their program, or another "
			"kprobe, was at work on that CPU already, or more calls were under way than a return probe "
			"follows: %s\n",
			loss->missed_cnt, loss->missed);
	if (loss->has_counter && loss->exits != loss->kvm_exits)
		fprintf(stderr, "kvmtree record: %" PRIu64 " exits recorded of %" PRIu64 " that KVM counted: %s\n",
			loss->exits, loss->kvm_exits,
			known == loss->kvm_exits ? "the others were lost, as said" :
			loss->missed_cnt ? "those that probes missed may be among the others" :
			"a vCPU ran where it was not traced, its end was not seen, or KVM counts more than exits, "
			"as Linux 5.10 does where the VMM filters MSRs");
}
