/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exit qualifications of VMX, a row for each reason that has some. */
#include "trace-viewer/exit_qualify_rows.h"

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

static void vmx_exception(struct text *t, const struct node_exit *e)
{
	uint32_t info = e->intr_info;

	if (!(info & EVENT_VALID))
		return;
	qualify_add_event(t, info);
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

/* Table 28-3 */
static void vmx_cr(struct text *t, const struct node_exit *e)
{
	unsigned int cr = (unsigned int)bits(e->info1, 3, 0);

	switch (bits(e->info1, 5, 4)) {
	case 0:
		text_add(t, "write cr%u from %s", cr, gpr_name(bits(e->info1, 11, 8)));
		break;
	case 1:
		text_add(t, "read cr%u to %s", cr, gpr_name(bits(e->info1, 11, 8)));
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
		 bit(e->info1, 4) ? "to" : "from", gpr_name(bits(e->info1, 11, 8)));
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

const struct qualify_row qualify_rows_vmx[] = {
	{ 0, 0, vmx_exception, 0, true },
	{ 1, 1, vmx_interrupt, 0, false },
	{ 4, 4, vmx_sipi, 0xff, false },
	{ 9, 9, vmx_task_switch, 0xc000ffff, false },
	{ 14, 14, qualify_linear, 0, false },
	{ 28, 28, vmx_cr, 0xffff0f7f, false },
	{ 29, 29, vmx_dr, 0xf17, false },
	{ 33, 33, vmx_bad_state, ~0ull, false },
	{ 34, 34, vmx_bad_msr, ~0ull, false },
	{ 36, 36, vmx_mwait, 1, false },
	{ 44, 44, vmx_apic_access, 0xffff, false },
	{ 45, 45, vmx_eoi, 0xff, false },
	{ 48, 48, vmx_ept_violation, 0x3f, false },
	{ 56, 56, vmx_apic_write, 0xfff, false },
	{ 66, 66, vmx_spp, 0x800, false },
	{ 75, 75, vmx_notify, 1, false },
	{ 0 },
};
