/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Interrupts and waits of KVM in words: a row for each kind of record. */
#include "trace-viewer/note_text.h"

#include <string.h>

/* SDM volume 3, 6.15; APM volume 2, 8.2. */
const char *exception_name(uint32_t vector)
{
	static const char *const names[] = {
		"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", NULL, "#TS",
		"#NP", "#SS", "#GP", "#PF", NULL, "#MF", "#AC", "#MC", "#XF", "#VE", "#CP",
		NULL, NULL, NULL, NULL, NULL, NULL, "#HV", "#VC", "#SX",
	};

	return vector < sizeof(names) / sizeof(names[0]) ? names[vector] : NULL;
}

static void add_exception(struct text *t, uint32_t vector)
{
	const char *name = exception_name(vector);

	if (name)
		text_add(t, "%s", name);
	else
		text_add(t, "exception %u", vector);
}

void inject_add(struct text *t, const struct inject *inject)
{
	if (!inject->is_there)
		return;
	text_put(t, inject->flags & REC_INJECT_AGAIN ? "injects again " : "injects ");
	if (inject->type != REC_INJECT_INTERRUPT)
		add_exception(t, inject->vector);
	else
		text_add(t, "%s %u", inject->flags & REC_INJECT_SOFT ? "INT" : "interrupt",
			 inject->vector);
	if (inject->flags & REC_INJECT_HAS_ERROR)
		text_add(t, " error 0x%x", inject->error_code);
}

/* The local APIC's registers by their offset: SDM volume 3, table 11-1; APM volume 2, table 16-2. */
static const char *apic_register(uint32_t reg)
{
	static const struct { uint32_t reg; const char *name; } names[] = {
		{ 0x20, "ID" }, { 0x30, "version" }, { 0x80, "TPR" }, { 0x90, "APR" },
		{ 0xa0, "PPR" }, { 0xb0, "EOI" }, { 0xc0, "remote read" },
		{ 0xd0, "logical destination" }, { 0xe0, "destination format" },
		{ 0xf0, "spurious vector" }, { 0x280, "error status" }, { 0x2f0, "LVT CMCI" },
		{ 0x300, "ICR" }, { 0x310, "ICR high" }, { 0x320, "LVT timer" },
		{ 0x330, "LVT thermal" }, { 0x340, "LVT performance" }, { 0x350, "LVT LINT0" },
		{ 0x360, "LVT LINT1" }, { 0x370, "LVT error" }, { 0x380, "timer's initial count" },
		{ 0x390, "timer's current count" }, { 0x3e0, "timer's divisor" },
		{ 0x3f0, "self IPI" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].reg == reg)
			return names[i].name;
	return reg >= 0x100 && reg < 0x180 ? "in service" : reg >= 0x180 && reg < 0x200 ?
	       "trigger mode" : reg >= 0x200 && reg < 0x280 ? "requested" : NULL;
}

static void add_apic(struct text *t, const struct exit_detail *d, bool ascii)
{
	const char *name = apic_register(d->index);

	text_add(t, "APIC %s 0x%x", d->is_write ? "write" : "read", d->index);
	if (name)
		text_add(t, " %s", name);
	text_put(t, d->is_write ? (ascii ? " <- " : " ← ") : (ascii ? " -> " : " → "));
	text_put_hex(t, d->value);
}

/* Delivery modes: bits 10:8 of the interrupt command register. */
static const char *const modes[] = {
	"fixed", "lowest priority", "SMI", "mode 3", "NMI", "INIT", "start-up", "ExtINT",
};

static void add_ipi(struct text *t, const struct exit_detail *d, bool ascii)
{
	static const char *const shorthands[] = { NULL, "itself", "all", "all others" };
	const char *to = shorthands[d->index >> 18 & 3];

	(void)ascii;
	text_add(t, "sends vector %u to ", d->index & 0xff);
	if (to)
		text_add(t, "%s", to);
	else
		text_add(t, "%s 0x%llx", d->index >> 11 & 1 ? "logical" : "APIC",
			 (unsigned long long)d->addr);
	text_add(t, ", %s", modes[d->index >> 8 & 7]);
}

static void add_accept(struct text *t, const struct exit_detail *d, bool ascii)
{
	(void)ascii;
	text_add(t, "APIC %llu takes vector %u, %s, %s", (unsigned long long)d->addr, d->index,
		 modes[d->size >> 8 & 7], d->is_write ? "level" : "edge");
}

static void add_eoi(struct text *t, const struct exit_detail *d, bool ascii)
{
	(void)ascii;
	text_add(t, "end of interrupt");
	if ((int32_t)d->index >= 0)
		text_add(t, " %u", d->index);
	text_add(t, ", APIC %llu", (unsigned long long)d->addr);
}

static void add_wakeup(struct text *t, const struct exit_detail *d, bool ascii)
{
	text_put(t, "waited ");
	text_add_ns(t, d->value, ascii);
	text_put(t, d->is_write ? ", blocked" : ", polling");
}

static void add_change(struct text *t, const struct exit_detail *d, const char *what, bool is_ns,
		       bool ascii)
{
	text_add(t, "%s ", what);
	if (is_ns) {
		text_add_ns(t, d->answer, ascii);
		text_put(t, ascii ? " -> " : " → ");
		text_add_ns(t, d->value, ascii);
	} else {
		text_add_count(t, d->answer);
		text_put(t, ascii ? " -> " : " → ");
		text_add_count(t, d->value);
		text_put(t, " cycles");
	}
}

static void add_halt_poll(struct text *t, const struct exit_detail *d, bool ascii)
{
	add_change(t, d, "polls before blocking", true, ascii);
}

static void add_ple(struct text *t, const struct exit_detail *d, bool ascii)
{
	add_change(t, d, "pause window", false, ascii);
}

static void add_fast_mmio(struct text *t, const struct exit_detail *d, bool ascii)
{
	(void)ascii;
	text_add(t, "eventfd at gpa 0x%llx", (unsigned long long)d->addr);
}

static void add_set_irq(struct text *t, const struct exit_detail *d, bool ascii)
{
	(void)ascii;
	text_add(t, "line %u to %d", d->index, (int)d->value);
}

static const struct note_row {
	uint32_t kind;
	const char *name; /* of its tracepoint; the knowledge base has it */
	void (*add)(struct text *t, const struct exit_detail *d, bool ascii);
} rows[] = {
	{ REC_kvm_apic, "kvm_apic", add_apic },
	{ REC_kvm_apic_ipi, "kvm_apic_ipi", add_ipi },
	{ REC_kvm_apic_accept_irq, "kvm_apic_accept_irq", add_accept },
	{ REC_kvm_eoi, "kvm_eoi", add_eoi },
	{ REC_kvm_vcpu_wakeup, "kvm_vcpu_wakeup", add_wakeup },
	{ REC_kvm_halt_poll_ns, "kvm_halt_poll_ns", add_halt_poll },
	{ REC_kvm_fast_mmio, "kvm_fast_mmio", add_fast_mmio },
	{ REC_kvm_ple_window, "kvm_ple_window_update", add_ple },
	{ REC_kvm_set_irq, "kvm_set_irq", add_set_irq },
};

static const struct note_row *row_of(const struct exit_detail *d)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].kind == d->kind)
			return &rows[i];
	return NULL;
}

void note_add(struct text *t, const struct exit_detail *d, bool ascii)
{
	const struct note_row *row = row_of(d);

	if (row)
		row->add(t, d, ascii);
}

const struct kb_concept *note_concept(const struct exit_detail *d)
{
	const struct note_row *row = row_of(d);

	return row ? kb_concept(KB_KERNEL, row->name) : NULL;
}

const char *note_name(const struct exit_detail *d)
{
	const struct note_row *row = row_of(d);

	return row ? row->name : "";
}
