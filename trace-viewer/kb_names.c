/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of numbers, from the installed kernel headers and from kb/names.def. */
#include "trace-viewer/kb_names.h"

#include <asm/svm.h>
#include <linux/kvm.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct name {
	uint64_t number;
	const char *name;
};

#define NAME_ROW(name) { (uint32_t)name, #name },
static const struct name ioctl_names[] = {
#include "trace-viewer/kvm_ioctls.inc"
};
static const struct name capability_names[] = {
#include "trace-viewer/kvm_caps.inc"
};
static const struct name svm_macros[] = {
#include "trace-viewer/kvm_svm.inc"
};
#undef NAME_ROW

struct range_name {
	uint32_t first, last;
	const char *name, *meaning, *handler;
};

#define PORT(first, last, name, meaning, handler)
#define MSR(number, name, meaning)
#define CPUID_LEAF(number, name)
static const struct range_name ports[] = {
#undef PORT
#define PORT(first, last, name, meaning, handler) { first, last, name, meaning, handler },
#include "trace-viewer/kb/names.def"
#undef PORT
#define PORT(first, last, name, meaning, handler)
};
static const struct range_name msrs[] = {
#undef MSR
#define MSR(number, name, meaning) { number, number, name, meaning, "" },
#include "trace-viewer/kb/names.def"
#undef MSR
#define MSR(number, name, meaning)
};
static const struct range_name leaves[] = {
#undef CPUID_LEAF
#define CPUID_LEAF(number, name) { number, number, name, name, "" },
#include "trace-viewer/kb/names.def"
};

static const char *name_find(const struct name *rows, size_t cnt, uint64_t number)
{
	for (size_t i = 0; i < cnt; i++)
		if (rows[i].number == number)
			return rows[i].name;
	return NULL;
}

const char *kb_ioctl_name(uint32_t cmd)
{
	const struct kb_ioctl *row = kb_ioctl(cmd);

	/* architectures share numbers: rows have x86's first */
	return row ? row->name : name_find(ioctl_names, COUNT(ioctl_names), cmd);
}

uint32_t kb_ioctl_number(const char *name)
{
	for (size_t i = 0; i < COUNT(ioctl_names); i++)
		if (!strcmp(ioctl_names[i].name, name))
			return (uint32_t)ioctl_names[i].number;
	return 0;
}

const char *kb_capability_name(uint64_t cap)
{
	return name_find(capability_names, COUNT(capability_names), cap);
}

const char *kb_svm_macro(uint32_t code)
{
	return name_find(svm_macros, COUNT(svm_macros), code);
}

static const char *range_find(const struct range_name *rows, size_t cnt, uint32_t number)
{
	for (size_t i = 0; i < cnt; i++)
		if (number >= rows[i].first && number <= rows[i].last)
			return rows[i].name;
	return NULL;
}

const char *kb_port_name(uint32_t port)
{
	return range_find(ports, COUNT(ports), port);
}

const char *kb_msr_name(uint32_t msr)
{
	return range_find(msrs, COUNT(msrs), msr);
}

const char *kb_cpuid_leaf(uint32_t leaf)
{
	return range_find(leaves, COUNT(leaves), leaf);
}

const char *kb_errno_name(int number)
{
	return number > 0 ? strerrorname_np(number) : NULL;
}

/* --- as rows that `kvmtree explain` lists ------------------------------------------ */

static void range_entry(struct kb_entry *entry, const struct range_name *row, const char *cause,
			const char *handler, const char *source)
{
	entry->has_number = true;
	entry->first = row->first;
	entry->last = row->last;
	entry->name = row->name;
	entry->meaning = row->meaning;
	entry->cause = cause;
	entry->handler = *row->handler ? row->handler : handler;
	entry->source = source;
}

/* Who describes a number: the processors' manuals, or whoever gives it to guests. */
struct range_source {
	uint32_t first, last;
	const char *source;
};

static const struct range_source msr_sources[] = {
	{ 0x40000000, 0x400001ff, "Hyper-V: Hypervisor Top-Level Functional Specification" },
	{ 0x4b564d00, 0x4b564dff, "Documentation/virt/kvm/x86/msr.rst" },
	{ 0, UINT32_MAX, "SDM 4: Model-Specific Registers; APM 2: appendix A" },
};

static const struct range_source leaf_sources[] = {
	{ 0x40000000, 0x400000ff, "Documentation/virt/kvm/x86/cpuid.rst" },
	{ 0, UINT32_MAX, "SDM 2: CPUID; APM 3: appendix E" },
};

/* The last row has them all. */
static const char *source_find(const struct range_source *row, uint32_t number)
{
	while (number < row->first || number > row->last)
		row++;
	return row->source;
}

bool kb_range_entry(struct kb_entry *entry, size_t i)
{
	switch (entry->group) {
	case KB_GROUP_PORT:
		if (i < COUNT(ports))
			range_entry(entry, &ports[i], "IN, OUT, INS or OUTS", "", "");
		return i < COUNT(ports);
	case KB_GROUP_MSR:
		if (i < COUNT(msrs))
			range_entry(entry, &msrs[i], "RDMSR or WRMSR",
				    "KVM: vmx_get_msr and vmx_set_msr, or svm_get_msr and svm_set_msr; what "
				    "these leave: kvm_get_msr_common, kvm_set_msr_common",
				    source_find(msr_sources, msrs[i].first));
		return i < COUNT(msrs);
	default:
		if (i < COUNT(leaves))
			range_entry(entry, &leaves[i], "CPUID with this number in EAX",
				    "KVM: kvm_emulate_cpuid, from the table of KVM_SET_CPUID2",
				    source_find(leaf_sources, leaves[i].first));
		return i < COUNT(leaves);
	}
}
