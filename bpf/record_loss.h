/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a recording lacks, and why: for the file's end and for whoever made it. */
#ifndef KVMTREE_RECORD_LOSS_H
#define KVMTREE_RECORD_LOSS_H

#include <stddef.h>
#include <stdbool.h>

#include "bpf/plan.h"
#include "bpf/programs.h"
#include "bpf/recorder.h"

#define RECORD_LOSS_TEXT_SZ 1024

struct record_loss {
	char cpus[RECORD_LOSS_TEXT_SZ];	  /* "0 12, 3 7": lost on which CPU; or empty */
	char missed[RECORD_LOSS_TEXT_SZ]; /* "kvm_vcpu_ioctl 3": missed by which program; or empty */
	uint64_t lost, lost_exits, missed_cnt;
	uint64_t exits, kvm_exits; /* recorded, and as KVM counted them */
	bool has_counter;	   /* else KVM's count is not known */
};

/* `knows_bases`: the recording has seen each vCPU begin, or KVM's count at its first entry. */
void record_loss_read(struct record_loss *loss, const struct programs *programs, const struct plan *plan,
		      const struct recorder_totals *totals, bool knows_bases);

/* The lines of the file's END; returns how long they are. */
size_t record_loss_text(const struct record_loss *loss, char *text, size_t text_sz);

/* Says on standard error what is missing and what to do about it; nothing when nothing is. */
void record_loss_say(const struct record_loss *loss, size_t ring_sz);

#endif
