/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exits in the vendor's terms and in plain words. */
#include "trace-viewer/exit_decode.h"

#include <asm/svm.h>
#include <asm/vmx.h>
#include <stdio.h>

#include "trace-viewer/exit_qualify.h"
#include "trace-viewer/kb.h"

/* Flags of a VMX exit reason above the basic one (SDM 3, Basic VM-Exit Information). */
#define VMX_BASIC_MASK	 0xffffu
#define VMX_FAILED_ENTRY (1u << 31)

enum {
	VMX_EXCEPTION_NMI = 0, VMX_EXTERNAL_INTERRUPT = 1, VMX_CR_ACCESS = 28, VMX_DR_ACCESS = 29,
	VMX_IO_INSTRUCTION = 30, VMX_MSR_READ = 31, VMX_MSR_WRITE = 32, VMX_EPT_VIOLATION = 48,
	VMX_EPT_MISCONFIG = 49,
};
enum { SVM_IOIO = 0x7b, SVM_NPF = 0x400, SVM_EXCEPTION_FIRST = 0x40, SVM_EXCEPTION_LAST = 0x5f };

const struct kb_exit *exit_kb(uint32_t isa, uint32_t reason)
{
	if (isa == REC_ISA_VMX)
		return kb_vmx_exit(reason & VMX_BASIC_MASK);
	return isa == REC_ISA_SVM ? kb_svm_exit(reason) : NULL;
}

static bool is_vmx(uint32_t isa, uint32_t reason, uint32_t basic)
{
	return isa == REC_ISA_VMX && (reason & VMX_BASIC_MASK) == basic &&
	       !(reason & VMX_FAILED_ENTRY);
}

/*
 *  VMX qualification             SVM EXITINFO1
 *  2:0   size - 1                0     1: IN
 *  3     1: IN                   2     string
 *  4     string                  3     REP
 *  5     REP                     6:4   one bit for 4, 2, 1 bytes
 *  31:16 port                    31:16 port
 */
bool exit_io(uint32_t isa, uint32_t reason, uint64_t info1, struct exit_io *io)
{
	if (is_vmx(isa, reason, VMX_IO_INSTRUCTION)) {
		io->size = (uint32_t)(info1 & 7) + 1;
		io->is_in = info1 >> 3 & 1;
		io->is_string = info1 >> 4 & 1;
		io->is_repeated = info1 >> 5 & 1;
	} else if (isa == REC_ISA_SVM && reason == SVM_IOIO) {
		io->size = (uint32_t)(info1 >> 4 & 7);
		io->is_in = info1 & 1;
		io->is_string = info1 >> 2 & 1;
		io->is_repeated = info1 >> 3 & 1;
	} else {
		return false;
	}
	io->port = (uint32_t)(info1 >> 16 & 0xffff);
	return true;
}

bool exit_is_interrupt(uint32_t isa, uint32_t reason)
{
	return (isa == REC_ISA_VMX && reason == EXIT_REASON_EXTERNAL_INTERRUPT) ||
	       (isa == REC_ISA_SVM && reason == SVM_EXIT_INTR);
}

bool exit_is_nested_fault(uint32_t isa, uint32_t reason)
{
	return is_vmx(isa, reason, VMX_EPT_VIOLATION) || (isa == REC_ISA_SVM && reason == SVM_NPF);
}

/* --- keys ------------------------------------------------------------------- */

static uint64_t key_mix(uint64_t key, uint64_t value)
{
	key = (key ^ value) * 0x9ddfea08eb382d69ull;
	return key ^ key >> 29;
}

uint64_t exit_key(const struct node_exit *e)
{
	const struct exit_detail *d = &e->detail;
	uint64_t key = key_mix(key_mix(e->reason, e->isa), (uint64_t)e->user_reason);
	struct exit_io io;

	if (exit_io(e->isa, e->reason, e->info1, &io))
		return key_mix(key, e->info1 & 0xffff007f);
	if (d->kind == REC_kvm_mmio)
		return key_mix(key, d->addr << 1 | d->is_write);
	if (e->has_fault)
		return key_mix(key, e->fault_error);
	if (!exit_is_nested_fault(e->isa, e->reason))
		key = key_mix(key, exit_qualify_key(e));
	if (d->kind && d->kind != REC_kvm_pio)
		return key_mix(key, (uint64_t)d->kind << 40 | (uint64_t)d->index << 1 | d->is_write);
	return key;
}

/* --- names ------------------------------------------------------------------ */

void exit_add_name(struct text *t, uint32_t isa, uint32_t reason)
{
	const struct kb_exit *row = exit_kb(isa, reason);
	uint32_t flags = isa == REC_ISA_VMX ? reason & ~VMX_BASIC_MASK : 0;
	static const struct { uint32_t flag; const char *name; } names[] = {
		{ 1u << 31, "FAILED_ENTRY" }, { 1u << 29, "VMX_ROOT" }, { 1u << 28, "PENDING_MTF" },
		{ 1u << 27, "ENCLAVE" },      { 1u << 26, "BUS_LOCK" },
	};

	if (row)
		text_put(t, row->name);
	else if (isa == REC_ISA_VMX || isa == REC_ISA_SVM)
		text_add(t, "UNKNOWN(%s 0x%x)", isa == REC_ISA_VMX ? "vmx" : "svm", reason);
	else
		text_add(t, "UNKNOWN(isa %u, 0x%x)", isa, reason);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].flag) {
			text_add(t, "|%s", names[i].name);
			flags &= ~names[i].flag;
		}
	if (flags)
		text_add(t, "|0x%x", flags);
}

/* --- meanings ------------------------------------------------------------------- */

static const char *io_meaning(const struct node_exit *e, uint32_t port)
{
	static char text[80];
	const char *name = kb_port_name(port);

	if (!name)
		return e->user_reason >= 0 ? "no device in the kernel: up to user space" :
					     "a device in the kernel answers";
	snprintf(text, sizeof(text), "%s: %s", name, e->user_reason >= 0 ?
		 "no device in the kernel, up to user space" : "a device in the kernel answers");
	return text;
}

/* Is it the first touch of a page? */
static bool is_first_touch(const struct node_exit *e)
{
	uint64_t error = e->has_fault ? e->fault_error : e->isa == REC_ISA_SVM ? e->info1 :
			 e->info1 >> 3;

	return exit_is_nested_fault(e->isa, e->reason) && e->user_reason < 0 && !(error & 1);
}

uint64_t exit_meaning_key(const struct node_exit *e)
{
	uint64_t key = key_mix(key_mix(e->isa, e->reason), e->user_reason < 0);
	struct exit_io io;

	if (exit_io(e->isa, e->reason, e->info1, &io))
		return key_mix(key, io.port);
	return key_mix(key, (uint64_t)(e->detail.kind == REC_kvm_mmio) << 1 | is_first_touch(e));
}

const char *exit_meaning(const struct node_exit *e)
{
	const struct kb_exit *row = exit_kb(e->isa, e->reason);
	struct exit_io io;

	if (exit_io(e->isa, e->reason, e->info1, &io))
		return io_meaning(e, io.port);
	if (e->detail.kind == REC_kvm_mmio)
		return e->user_reason >= 0 ? "no memory, no device in the kernel: up to user space" :
					     "a device in the kernel answers";
	if (is_first_touch(e))
		return "first touch: KVM maps the page, the guest never knows";
	return row ? row->meaning : "not in the knowledge base: the raw numbers are kept";
}
