/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exit qualifications and information words, a row for each reason that has some. */
#include "trace-viewer/exit_qualify.h"

#include <string.h>

#include "trace-viewer/note_text.h"

static uint64_t bits(uint64_t word, unsigned int high, unsigned int low)
{
	return word >> low & ((1ull << (high - low + 1)) - 1);
}

static bool bit(uint64_t word, unsigned int number)
{
	return word >> number & 1;
}

static void add_hex(struct text *t, const char *before, uint64_t value)
{
	text_put(t, before);
	text_put_hex(t, value);
}

static const char *gpr(uint64_t number)
{
	static const char *const names[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	};

	return names[number & 15];
}

/* One of the words, or "KIND n". */
static void add_one_of(struct text *t, const char *const *words, size_t cnt, uint64_t n, const char *kind)
{
	if (n < cnt && words[n])
		text_put(t, words[n]);
	else
		text_add(t, "%s %llu", kind, (unsigned long long)n);
}

#define ADD_ONE_OF(t, words, n, kind) \
	add_one_of(t, words, sizeof(words) / sizeof((words)[0]), n, kind)

static void add_exception(struct text *t, uint32_t vector)
{
	const char *name = exception_name(vector);

	if (name)
		text_put(t, name);
	else
		text_add(t, "exception %u", vector);
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

/*
 * An event as VMX has it in VM-exit interruption information and in IDT-vectoring information (SDM
 * 25.9.2, 25.9.3), and SVM in EXITINTINFO (APM 15.7.2): 7:0 vector, 10:8 type, 11 has an error, 31
 * valid.
 */
#define EVENT_VALID (1u << 31)
enum { EVENT_INTERRUPT = 0, EVENT_NMI = 2, EVENT_SOFTWARE = 4 };

static void add_event(struct text *t, uint32_t info)
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
	add_event(t, info);
}

/* DR6 as a qualification has it: which breakpoints, and what else. SDM table 28-1. */
static void add_debug(struct text *t, uint64_t q)
{
	for (unsigned int i = 0; i < 4; i++)
		if (bit(q, i))
			text_add(t, " breakpoint %u", i);
	text_put(t, bit(q, 11) ? " bus lock" : "");
	text_put(t, bit(q, 13) ? " access to DR" : "");
	text_put(t, bit(q, 14) ? " single step" : "");
	text_put(t, bit(q, 16) ? " in a transaction" : "");
}

enum { VECTOR_DB = 1, VECTOR_PF = 14 };

static void vmx_exception(struct text *t, const struct node_exit *e)
{
	uint32_t info = e->intr_info;

	if (!(info & EVENT_VALID))
		return;
	add_event(t, info);
	if (bits(info, 10, 8) != EVENT_NMI && (info & 0xff) == VECTOR_PF && !e->is_many)
		add_hex(t, " at ", e->info1);
	if (bits(info, 10, 8) != EVENT_NMI && (info & 0xff) == VECTOR_DB)
		add_debug(t, e->info1);
	if (bit(info, 11))
		add_hex(t, ", error ", e->error_code);
}

static void vmx_interrupt(struct text *t, const struct node_exit *e)
{
	if (e->intr_info & EVENT_VALID)
		text_add(t, "vector %u", e->intr_info & 0xff);
}

/* --- VMX --------------------------------------------------------------------------- */

static void vmx_sipi(struct text *t, const struct node_exit *e)
{
	text_add(t, "vector %u", (unsigned int)bits(e->info1, 7, 0));
}

/* Table 28-2 */
static void vmx_task_switch(struct text *t, const struct node_exit *e)
{
	static const char *const sources[] = { "CALL", "IRET", "JMP", "a gate in the IDT" };

	add_hex(t, "to TSS ", bits(e->info1, 15, 0));
	text_add(t, " by %s", sources[bits(e->info1, 31, 30)]);
}

static void at_linear(struct text *t, const struct node_exit *e)
{
	if (!e->is_many)
		add_hex(t, "at ", e->info1);
}

/* Table 28-3 */
static void vmx_cr(struct text *t, const struct node_exit *e)
{
	unsigned int cr = (unsigned int)bits(e->info1, 3, 0);

	switch (bits(e->info1, 5, 4)) {
	case 0:
		text_add(t, "write cr%u from %s", cr, gpr(bits(e->info1, 11, 8)));
		break;
	case 1:
		text_add(t, "read cr%u to %s", cr, gpr(bits(e->info1, 11, 8)));
		break;
	case 2:
		text_put(t, "clts");
		break;
	default:
		add_hex(t, "lmsw ", bits(e->info1, 31, 16));
		text_put(t, bit(e->info1, 6) ? " from memory" : "");
	}
}

/* Table 28-4 */
static void vmx_dr(struct text *t, const struct node_exit *e)
{
	text_add(t, "%s dr%u %s %s", bit(e->info1, 4) ? "read" : "write", (unsigned int)bits(e->info1, 2, 0),
		 bit(e->info1, 4) ? "to" : "from", gpr(bits(e->info1, 11, 8)));
}

/* 27.8: why the guest's state was refused */
static void vmx_bad_state(struct text *t, const struct node_exit *e)
{
	static const char *const whys[] = {
		[2] = "its PDPTEs", [3] = "an NMI after STI or MOV SS", [4] = "the VMCS link pointer",
	};

	if (e->info1)
		ADD_ONE_OF(t, whys, e->info1, "qualification");
}

static void vmx_bad_msr(struct text *t, const struct node_exit *e)
{
	text_add(t, "entry %llu of the MSR-load area", (unsigned long long)e->info1);
}

static void vmx_mwait(struct text *t, const struct node_exit *e)
{
	text_put(t, bit(e->info1, 0) ? "the monitor was armed" : "no monitor was armed");
}

/* Table 28-6 */
static void vmx_apic_access(struct text *t, const struct node_exit *e)
{
	static const char *const types[] = {
		[0] = "read", [1] = "write", [2] = "fetch", [3] = "while delivering an event",
		[4] = "monitoring", [10] = "guest-physical, while delivering an event",
		[15] = "guest-physical, fetch or page walk",
	};

	add_hex(t, "register ", bits(e->info1, 11, 0));
	text_put(t, ", ");
	ADD_ONE_OF(t, types, bits(e->info1, 15, 12), "type");
	text_put(t, bit(e->info1, 16) ? ", asynchronous" : "");
}

static void vmx_eoi(struct text *t, const struct node_exit *e)
{
	text_add(t, "vector %u", (unsigned int)bits(e->info1, 7, 0));
}

static void vmx_apic_write(struct text *t, const struct node_exit *e)
{
	add_hex(t, "register ", bits(e->info1, 11, 0));
}

/* Table 28-7; the address is in a field of the VMCS that no tracepoint of the exit tells. */
static void vmx_ept_violation(struct text *t, const struct node_exit *e)
{
	uint64_t q = e->info1;

	text_put(t, "gpa ?");
	text_put(t, bit(q, 2) ? " fetch" : bit(q, 1) ? " write" : " read");
	if (bits(q, 5, 3))
		text_add(t, ", not allowed: %c%c%c", bit(q, 3) ? 'r' : '-', bit(q, 4) ? 'w' : '-',
			 bit(q, 5) ? 'x' : '-');
	else
		text_put(t, ", not present");
	text_put(t, bit(q, 7) && !bit(q, 8) ? ", by a page walk" : "");
	text_put(t, bit(q, 13) ? ", shadow stack" : "");
	text_put(t, bit(q, 16) ? ", asynchronous" : "");
}

static void vmx_spp(struct text *t, const struct node_exit *e)
{
	text_put(t, bit(e->info1, 11) ? "miss" : "misconfiguration");
}

static void vmx_notify(struct text *t, const struct node_exit *e)
{
	text_put(t, bit(e->info1, 0) ? "the guest's state is lost" : "the guest may go on");
}

/* --- SVM --------------------------------------------------------------------------- */

/* 15.9, 15.33: with decode assists bit 63 says that it was a MOV, and 3:0 which register. */
static void svm_cr(struct text *t, const struct node_exit *e)
{
	bool is_write = e->reason >= 0x10;

	text_add(t, "%s cr%u", is_write ? "write" : "read", e->reason & 15);
	if (bit(e->info1, 63))
		text_add(t, " %s %s", is_write ? "from" : "to", gpr(bits(e->info1, 3, 0)));
}

static void svm_dr(struct text *t, const struct node_exit *e)
{
	bool is_write = e->reason >= 0x30;

	text_add(t, "%s dr%u %s %s", is_write ? "write" : "read", e->reason & 15, is_write ? "from" : "to",
		 gpr(bits(e->info1, 3, 0)));
}

/* 15.12: EXITINFO1 is the error code of those that have one; of #PF EXITINFO2 is the address. */
static void svm_exception(struct text *t, const struct node_exit *e)
{
	uint32_t vector = e->reason - 0x40;

	if (vector == VECTOR_PF) {
		if (!e->is_many)
			add_hex(t, "at ", e->info2);
		add_hex(t, e->is_many ? "error " : ", error ", e->info1);
	} else if (e->info1) {
		add_hex(t, "error ", e->info1);
	}
}

static void svm_cr0_sel(struct text *t, const struct node_exit *e)
{
	text_put(t, "write cr0");
	if (bit(e->info1, 63))
		text_add(t, " from %s", gpr(bits(e->info1, 3, 0)));
}

static void svm_swint(struct text *t, const struct node_exit *e)
{
	text_add(t, "INT %u", (unsigned int)bits(e->info1, 7, 0));
}

static void svm_msr(struct text *t, const struct node_exit *e)
{
	text_put(t, bit(e->info1, 0) ? "write" : "read");
}

/* 15.14.1 */
static void svm_task_switch(struct text *t, const struct node_exit *e)
{
	add_hex(t, "to TSS ", bits(e->info1, 15, 0));
	text_add(t, " by %s", bit(e->info2, 36) ? "IRET" : bit(e->info2, 38) ? "JMP" :
		 e->intr_info & EVENT_VALID ? "a gate in the IDT" : "CALL");
	if (bit(e->info2, 44))
		add_hex(t, ", error ", bits(e->info2, 31, 0));
}

static void svm_cr_trap(struct text *t, const struct node_exit *e)
{
	text_add(t, "cr%u", e->reason & 15);
	add_hex(t, " is now ", e->info1);
}

static void svm_efer_trap(struct text *t, const struct node_exit *e)
{
	add_hex(t, "EFER is now ", e->info1);
}

static void svm_invpcid(struct text *t, const struct node_exit *e)
{
	static const char *const types[] = { "one address", "one PCID", "all but global", "all" };

	ADD_ONE_OF(t, types, e->info2, "type");
	add_hex(t, ", descriptor at ", e->info1);
}

static void svm_npf(struct text *t, const struct node_exit *e)
{
	add_hex(t, "gpa ", e->info2);
	exit_add_fault_access(t, e->info1);
}

/* 15.29.9, AVIC's own exits */
static void svm_avic_ipi(struct text *t, const struct node_exit *e)
{
	static const char *const whys[] = {
		"not a fixed interrupt", "the target does not run", "no such target",
		"a bad backing page", "a bad vector", "not accelerated",
	};

	ADD_ONE_OF(t, whys, bits(e->info2, 63, 32), "id");
	add_hex(t, ", ICR ", e->info1);
	if (bits(e->info2, 31, 0))
		text_add(t, ", index %llu", (unsigned long long)bits(e->info2, 31, 0));
}

static void svm_avic_noaccel(struct text *t, const struct node_exit *e)
{
	text_put(t, bit(e->info1, 32) ? "write" : "read");
	add_hex(t, " register ", bits(e->info1, 11, 4) << 4);
	if (bits(e->info1, 11, 4) << 4 == 0xb0)
		text_add(t, ", EOI of %llu", (unsigned long long)bits(e->info2, 7, 0));
}

/* --- rows -------------------------------------------------------------------------- */

static const struct qualify_row {
	uint32_t isa, first, last;
	void (*add)(struct text *t, const struct node_exit *e);
	uint64_t key_mask; /* of the first word: what tells one from another */
	bool has_vector;   /* the event's vector does, too */
} rows[] = {
	{ REC_ISA_VMX, 0, 0, vmx_exception, 0, true },
	{ REC_ISA_VMX, 1, 1, vmx_interrupt, 0, false },
	{ REC_ISA_VMX, 4, 4, vmx_sipi, 0xff, false },
	{ REC_ISA_VMX, 9, 9, vmx_task_switch, 0xc000ffff, false },
	{ REC_ISA_VMX, 14, 14, at_linear, 0, false },
	{ REC_ISA_VMX, 28, 28, vmx_cr, 0xffff0f7f, false },
	{ REC_ISA_VMX, 29, 29, vmx_dr, 0xf17, false },
	{ REC_ISA_VMX, 33, 33, vmx_bad_state, ~0ull, false },
	{ REC_ISA_VMX, 34, 34, vmx_bad_msr, ~0ull, false },
	{ REC_ISA_VMX, 36, 36, vmx_mwait, 1, false },
	{ REC_ISA_VMX, 44, 44, vmx_apic_access, 0xffff, false },
	{ REC_ISA_VMX, 45, 45, vmx_eoi, 0xff, false },
	{ REC_ISA_VMX, 48, 48, vmx_ept_violation, 0x3f, false },
	{ REC_ISA_VMX, 56, 56, vmx_apic_write, 0xfff, false },
	{ REC_ISA_VMX, 66, 66, vmx_spp, 0x800, false },
	{ REC_ISA_VMX, 75, 75, vmx_notify, 1, false },
	{ REC_ISA_SVM, 0x00, 0x1f, svm_cr, 1ull << 63 | 15, false },
	{ REC_ISA_SVM, 0x20, 0x3f, svm_dr, 15, false },
	{ REC_ISA_SVM, 0x40, 0x5f, svm_exception, ~0ull, false },
	{ REC_ISA_SVM, 0x65, 0x65, svm_cr0_sel, 1ull << 63 | 15, false },
	{ REC_ISA_SVM, 0x75, 0x75, svm_swint, 0xff, false },
	{ REC_ISA_SVM, 0x79, 0x79, at_linear, 0, false },
	{ REC_ISA_SVM, 0x7c, 0x7c, svm_msr, 1, false },
	{ REC_ISA_SVM, 0x7d, 0x7d, svm_task_switch, 0xffff, false },
	{ REC_ISA_SVM, 0x8f, 0x8f, svm_efer_trap, 0, false },
	{ REC_ISA_SVM, 0x90, 0x9f, svm_cr_trap, 0, false },
	{ REC_ISA_SVM, 0xa2, 0xa2, svm_invpcid, 0, false },
	{ REC_ISA_SVM, 0x400, 0x400, svm_npf, 0, false },
	{ REC_ISA_SVM, 0x401, 0x401, svm_avic_ipi, 0, false },
	{ REC_ISA_SVM, 0x402, 0x402, svm_avic_noaccel, 0x100000ff0, false },
};

static const struct qualify_row *row_of(const struct node_exit *e)
{
	uint32_t reason = e->isa == REC_ISA_VMX ? e->reason & 0xffff : e->reason;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].isa == e->isa && reason >= rows[i].first && reason <= rows[i].last)
			return &rows[i];
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
