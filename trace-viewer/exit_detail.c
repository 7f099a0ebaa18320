/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an exit was about: port, register, address, value, or what the processor says of it. */
#include "trace-viewer/exit_detail.h"

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_qualify.h"
#include "trace-viewer/kb.h"

static void add_value(struct text *t, uint64_t value, uint32_t size)
{
	if (size == 1 && value >= 0x20 && value < 0x7f)
		text_add(t, "'%c'", (int)value);
	else if (size == 1 && value == '\n')
		text_add(t, "'\\n'");
	else if (size == 1 && value == '\r')
		text_add(t, "'\\r'");
	else
		text_put_hex(t, value);
}

static void add_size(struct text *t, uint32_t size, uint32_t repeat)
{
	if (repeat > 1)
		text_add(t, " (%u × %u byte%s)", repeat, size, size == 1 ? "" : "s");
	else if (size == 1)
		text_put(t, " (1 byte)");
	else if (size)
		text_add(t, " (%u bytes)", size);
}

/* From or to the guest. */
static const char *arrow(bool is_write, bool ascii)
{
	if (is_write)
		return ascii ? " <- " : " ← ";
	return ascii ? " -> " : " → ";
}

static void add_pio(struct text *t, const struct exit_detail *d, bool ascii)
{
	text_put(t, d->is_write ? "out " : "in ");
	text_put_hex(t, d->index);
	if (d->has_value) {
		text_put(t, arrow(d->is_write, ascii));
		add_value(t, d->value, d->size);
		if (d->repeat > 1)
			text_add(t, ascii ? ".." : "…");
	}
	add_size(t, d->size, d->repeat);
}

static void add_mmio(struct text *t, const struct exit_detail *d, bool ascii)
{
	text_add(t, "mmio %s 0x%llx", d->is_write ? "write" : "read", (unsigned long long)d->addr);
	if (d->has_value) {
		text_add(t, "%s", arrow(d->is_write, ascii));
		text_add(t, "0x%llx", (unsigned long long)d->value);
	}
	add_size(t, d->size, 1);
}

static void add_msr(struct text *t, const struct exit_detail *d, bool ascii)
{
	const char *name = kb_msr_name(d->index);

	text_put(t, d->is_write ? "write " : "read ");
	text_put_hex(t, d->index);
	if (name)
		text_add(t, " %s", name);
	if (d->has_value) {
		text_put(t, arrow(d->is_write, ascii));
		text_put_hex(t, d->value);
	}
	if (d->is_fault)
		text_add(t, ", refused");
}

static void add_cpuid(struct text *t, const struct exit_detail *d)
{
	const char *name = kb_cpuid_leaf(d->index);

	text_put(t, "leaf ");
	text_put_hex(t, d->index);
	if (d->addr)
		text_add(t, ".%llu", (unsigned long long)d->addr);
	if (name)
		text_add(t, " %s", name);
	if (d->is_fault)
		text_add(t, ", not in the table");
}

/* Documentation/virt/kvm/x86/hypercalls.rst, <linux/kvm_para.h> */
static void add_hypercall(struct text *t, const struct exit_detail *d, bool ascii)
{
	static const char *const names[] = {
		[1] = "VAPIC_POLL_IRQ", [2] = "MMU_OP", [5] = "KICK_CPU", [9] = "CLOCK_PAIRING",
		[10] = "SEND_IPI", [11] = "SCHED_YIELD", [12] = "MAP_GPA_RANGE",
	};
	const char *name = d->addr < sizeof(names) / sizeof(names[0]) ? names[d->addr] : NULL;

	text_add(t, "nr %llu", (unsigned long long)d->addr);
	if (name)
		text_add(t, " %s", name);
	if (d->has_answer)
		text_add(t, "%s0x%llx", arrow(false, ascii), (unsigned long long)d->answer);
}

void detail_add(struct text *t, const struct exit_detail *d, bool ascii)
{
	switch (d->kind) {
	case REC_kvm_pio:
		add_pio(t, d, ascii);
		break;
	case REC_kvm_mmio:
		add_mmio(t, d, ascii);
		break;
	case REC_kvm_msr:
		add_msr(t, d, ascii);
		break;
	case REC_kvm_cpuid:
		add_cpuid(t, d);
		break;
	case REC_kvm_cr:
		text_add(t, "%s cr%u", d->is_write ? "write" : "read", d->index);
		if (d->has_value)
			text_add(t, "%s0x%llx", arrow(d->is_write, ascii),
				 (unsigned long long)d->value);
		break;
	case REC_kvm_hypercall:
		add_hypercall(t, d, ascii);
		break;
	}
	if (d->cnt > 1)
		text_add(t, " +%u more", d->cnt - 1);
}

static void add_fault(struct text *t, const struct node_exit *e, bool ascii)
{
	text_put(t, "gpa ");
	text_put_hex(t, e->fault_lo);
	if (e->fault_hi != e->fault_lo)
		text_add(t, "%s0x%llx", ascii ? " .. " : " … ", (unsigned long long)e->fault_hi);
	exit_add_fault_access(t, e->fault_error);
}

void exit_add_detail(struct text *t, const struct node_exit *e, bool ascii)
{
	struct exit_io io;

	if (e->detail.kind) {
		detail_add(t, &e->detail, ascii);
	} else if (exit_io(e->isa, e->reason, e->info1, &io)) {
		text_add(t, "%s%s 0x%x", io.is_in ? "in" : "out", io.is_string ? "s" : "", io.port);
		add_size(t, io.size, 1);
	} else if (e->has_fault) {
		add_fault(t, e, ascii);
	} else if (!exit_kb(e->isa, e->reason)) {
		text_add(t, "info 0x%llx 0x%llx", (unsigned long long)e->info1,
			 (unsigned long long)e->info2);
	} else {
		exit_qualify(t, e);
	}
	exit_add_delivering(t, e);
}
