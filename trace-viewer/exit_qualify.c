/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exit qualifications and information words: what VMX and SVM have in common. */
#include "trace-viewer/exit_qualify.h"

#include "trace-viewer/exit_qualify_rows.h"
#include "trace-viewer/note_text.h"

/* --- words -------------------------------------------------------------------------- */

const char *gpr_name(uint64_t number)
{
	static const char *const names[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	};

	return names[number & 15];
}

void qualify_add_one_of(struct text *t, const char *const *words, size_t cnt, uint64_t n, const char *kind)
{
	if (n < cnt && words[n])
		text_put(t, words[n]);
	else
		text_add(t, "%s %llu", kind, (unsigned long long)n);
}

void qualify_linear(struct text *t, const struct node_exit *e)
{
	if (!e->is_many)
		add_hex(t, "at ", e->info1);
}

/* 15.25.6 and, from bit 31 on, 15.36.10; KVM makes the same code of an EPT violation. */
void exit_add_fault_access(struct text *t, uint64_t error)
{
	text_put(t, bit(error, 4) ? " fetch" : bit(error, 1) ? " write" : " read");
	text_put(t, bit(error, 3) ? ", reserved bit" : bit(error, 0) ? ", not allowed" : ", not present");
	text_put(t, bit(error, 33) ? ", by a page walk" : "");
	text_put(t, bit(error, 6) ? ", shadow stack" : "");
	text_put(t, bit(error, 31) ? ", refused by the RMP" : "");
	text_put(t, bit(error, 34) ? ", encrypted" : "");
	text_put(t, bit(error, 36) ? ", of another VMPL" : "");
}

/* --- events ----------------------------------------------------------------------- */

static void add_exception(struct text *t, uint32_t vector)
{
	const char *name = exception_name(vector);

	if (name)
		text_put(t, name);
	else
		text_add(t, "exception %u", vector);
}

void qualify_add_event(struct text *t, uint32_t info)
{
	uint32_t vector = info & 0xff, type = info >> 8 & 7;

	if (type == EVENT_INTERRUPT)
		text_add(t, "interrupt %u", vector);
	else if (type == EVENT_NMI)
		text_put(t, "NMI");
	else if (type == EVENT_SOFTWARE)
		text_add(t, "INT %u", vector);
	else
		add_exception(t, vector);
}

/* The event that was on its way; 0: none. */
static uint32_t event_delivered(const struct node_exit *e)
{
	uint32_t info = e->isa == REC_ISA_VMX ? (uint32_t)e->info2 :
			e->isa == REC_ISA_SVM ? e->intr_info : 0;

	return !(info & EVENT_VALID) || (e->isa == REC_ISA_VMX && e->reason >> 31) ? 0 : info;
}

bool exit_delivers_nmi(const struct node_exit *e)
{
	uint32_t info = event_delivered(e);

	return info && (info >> 8 & 7) == EVENT_NMI;
}

void exit_add_delivering(struct text *t, const struct node_exit *e)
{
	uint32_t info = event_delivered(e);

	if (!info)
		return;
	text_put(t, t->sz && t->at[t->sz - 1] != ' ' ? ", while delivering " : "while delivering ");
	qualify_add_event(t, info);
}

/* --- rows -------------------------------------------------------------------------- */

static const struct qualify_row *row_of(const struct node_exit *e)
{
	const struct qualify_row *row = e->isa == REC_ISA_VMX ? qualify_rows_vmx : qualify_rows_svm;
	uint32_t reason = e->isa == REC_ISA_VMX ? e->reason & 0xffff : e->reason;

	if (e->isa != REC_ISA_VMX && e->isa != REC_ISA_SVM)
		return NULL;
	for (; row->add; row++)
		if (reason >= row->first && reason <= row->last)
			return row;
	return NULL;
}

void exit_qualify(struct text *t, const struct node_exit *e)
{
	const struct qualify_row *row = row_of(e);

	if (row)
		row->add(t, e);
}

uint64_t exit_qualify_key(const struct node_exit *e)
{
	const struct qualify_row *row = row_of(e);

	return !row ? 0 : (e->info1 & row->key_mask) ^ (row->has_vector ? e->intr_info & 0xff : 0);
}
