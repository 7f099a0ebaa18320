/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* EXITINFO1 and EXITINFO2 of SVM, a row for each reason that has some. */
#include "trace-viewer/exit_qualify_rows.h"

/* 15.9, 15.33: with decode assists bit 63 says that it was a MOV, and 3:0 which register. */
static void svm_cr(struct text *t, const struct node_exit *e)
{
	bool is_write = e->reason >= 0x10;

	text_add(t, "%s cr%u", is_write ? "write" : "read", e->reason & 15);
	if (bit(e->info1, 63))
		text_add(t, " %s %s", is_write ? "from" : "to", gpr_name(bits(e->info1, 3, 0)));
}

static void svm_dr(struct text *t, const struct node_exit *e)
{
	bool is_write = e->reason >= 0x30;

	text_add(t, "%s dr%u %s %s", is_write ? "write" : "read", e->reason & 15, is_write ? "from" : "to",
		 gpr_name(bits(e->info1, 3, 0)));
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
		text_add(t, " from %s", gpr_name(bits(e->info1, 3, 0)));
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

const struct qualify_row qualify_rows_svm[] = {
	{ 0x00, 0x1f, svm_cr, 1ull << 63 | 15, false },
	{ 0x20, 0x3f, svm_dr, 15, false },
	{ 0x40, 0x5f, svm_exception, ~0ull, false },
	{ 0x65, 0x65, svm_cr0_sel, 1ull << 63 | 15, false },
	{ 0x75, 0x75, svm_swint, 0xff, false },
	{ 0x79, 0x79, qualify_linear, 0, false },
	{ 0x7c, 0x7c, svm_msr, 1, false },
	{ 0x7d, 0x7d, svm_task_switch, 0xffff, false },
	{ 0x8f, 0x8f, svm_efer_trap, 0, false },
	{ 0x90, 0x9f, svm_cr_trap, 0, false },
	{ 0xa2, 0xa2, svm_invpcid, 0, false },
	{ 0x400, 0x400, svm_npf, 0, false },
	{ 0x401, 0x401, svm_avic_ipi, 0, false },
	{ 0x402, 0x402, svm_avic_noaccel, 0x100000ff0, false },
	{ 0 },
};
