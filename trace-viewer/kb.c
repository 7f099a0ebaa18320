/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Tables from kb/ and from the installed kernel headers, and how they are searched. */
#include "trace-viewer/kb.h"

#include <asm/svm.h>
#include <linux/kvm.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct kb_exit vmx_exits[] = {
#define VMX_EXIT(number, name, ...) { number, #name, __VA_ARGS__ },
#include "trace-viewer/kb/vmx_exits.def"
#undef VMX_EXIT
};

static const struct kb_exit svm_exits[] = {
#define SVM_EXIT(number, name, ...) { number, name, __VA_ARGS__ },
#include "trace-viewer/kb/svm_exits.def"
#undef SVM_EXIT
};

static const struct kb_exit kvm_exits[] = {
#define KVM_EXIT(number, name, ...)                                                                \
	{ number, "KVM_EXIT_" #name, __VA_ARGS__, "API 5, The kvm_run structure" },
#include "trace-viewer/kb/kvm_exits.def"
#undef KVM_EXIT
};

static const struct kb_concept concepts[] = {
#define CONCEPT(side, name, aliases, meaning, why, ...)                                            \
	{ KB_##side, name, aliases, meaning, why, "" __VA_ARGS__ },
#include "trace-viewer/kb/concepts.def"
#undef CONCEPT
};

static const struct kb_ioctl ioctls[] = {
#define IOCTL(cmd, arg, ...)		 { (uint32_t)cmd, KB_ARG_##arg, #cmd, __VA_ARGS__ },
#define IOCTL_NEW(cmd, number, arg, ...) { number, KB_ARG_##arg, #cmd, __VA_ARGS__ },
#include "trace-viewer/kb/ioctls.def"
#undef IOCTL
#undef IOCTL_NEW
};

static const struct kb_probe probes[] = {
#define KFUNC(concept, symbols, vendor, presence, under, args) { concept, symbols, under },
#include "bpf/functions.def"
#undef KFUNC
};

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

/*
 * What is asked for is mostly what was asked for before: *last, of those for this number, is where that
 * was. A prime, for numbers that have their low bits in common.
 */
#define LAST_CNT 61
#define LAST(last, number) (&(last)[(number) % LAST_CNT])

static const struct kb_exit *exit_find(const struct kb_exit *rows, size_t cnt, uint32_t number,
				       size_t *last)
{
	if (rows[*last].number == number)
		return &rows[*last];
	for (size_t i = 0; i < cnt; i++)
		if (rows[i].number == number)
			return &rows[*last = i];
	return NULL;
}

const struct kb_exit *kb_vmx_exit(uint32_t reason)
{
	static size_t last[LAST_CNT];

	return exit_find(vmx_exits, COUNT(vmx_exits), reason, LAST(last, reason));
}

const struct kb_exit *kb_svm_exit(uint32_t code)
{
	static size_t last[LAST_CNT];

	return exit_find(svm_exits, COUNT(svm_exits), code, LAST(last, code));
}

const struct kb_exit *kb_kvm_exit(uint32_t reason)
{
	static size_t last[LAST_CNT];

	return exit_find(kvm_exits, COUNT(kvm_exits), reason, LAST(last, reason));
}

static bool is_alias(const char *aliases, const char *name)
{
	size_t name_sz = strlen(name);

	while (*aliases) {
		size_t sz = strcspn(aliases, " ");

		if (sz == name_sz && !memcmp(aliases, name, sz))
			return true;
		aliases += sz + (aliases[sz] == ' ');
	}
	return false;
}

const struct kb_concept *kb_concept(enum kb_side side, const char *name)
{
	for (size_t i = 0; i < COUNT(concepts); i++)
		if (concepts[i].side == side && !strcmp(concepts[i].name, name))
			return &concepts[i];
	for (size_t i = 0; i < COUNT(concepts); i++)
		if (concepts[i].side == side && is_alias(concepts[i].aliases, name))
			return &concepts[i];
	return NULL;
}

const struct kb_ioctl *kb_ioctl(uint32_t cmd)
{
	static size_t lasts[LAST_CNT];
	size_t *last = LAST(lasts, cmd);

	if (ioctls[*last].cmd == cmd)
		return &ioctls[*last];
	for (size_t i = 0; i < COUNT(ioctls); i++)
		if (ioctls[i].cmd == cmd)
			return &ioctls[*last = i];
	return NULL;
}

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

const struct kb_probe *kb_probe(size_t i)
{
	return i < COUNT(probes) ? &probes[i] : NULL;
}

static void exit_entry(struct kb_entry *entry, const struct kb_exit *row)
{
	entry->has_number = true;
	entry->first = entry->last = row->number;
	entry->name = row->name;
	entry->meaning = row->meaning;
	entry->cause = row->cause;
	entry->handler = row->handler;
	entry->source = row->spec;
}

static void ioctl_entry(struct kb_entry *entry, const struct kb_ioctl *row)
{
	entry->has_number = true;
	entry->first = entry->last = row->cmd;
	entry->name = row->name;
	entry->meaning = row->meaning;
	entry->cause = row->cause;
	entry->handler = row->handler;
	entry->source = row->spec;
}

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

/* Concepts of both sides share a table: i counts those of one side. */
static bool concept_entry(struct kb_entry *entry, enum kb_side side, size_t i)
{
	for (size_t row = 0; row < COUNT(concepts); row++) {
		if (concepts[row].side != side || i--)
			continue;
		entry->name = concepts[row].name;
		entry->aliases = concepts[row].aliases;
		entry->meaning = concepts[row].meaning;
		entry->cause = concepts[row].why;
		entry->source = concepts[row].source;
		return true;
	}
	return false;
}

static bool range_group_entry(struct kb_entry *entry, size_t i)
{
	switch (entry->group) {
	case KB_GROUP_PORT:
		if (i < COUNT(ports))
			range_entry(entry, &ports[i], "IN, OUT, INS or OUTS", "", "");
		return i < COUNT(ports);
	case KB_GROUP_MSR:
		if (i < COUNT(msrs))
			range_entry(entry, &msrs[i], "RDMSR or WRMSR",
				    "KVM: kvm_get_msr_common, kvm_set_msr_common",
				    "SDM 4: Model-Specific Registers; APM 2: appendix A");
		return i < COUNT(msrs);
	default:
		if (i < COUNT(leaves))
			range_entry(entry, &leaves[i], "CPUID with this number in EAX",
				    "KVM: kvm_emulate_cpuid, from the table of KVM_SET_CPUID2",
				    "SDM 2: CPUID; APM 3: appendix E");
		return i < COUNT(leaves);
	}
}

bool kb_entry(enum kb_group group, size_t i, struct kb_entry *entry)
{
	static const struct {
		const struct kb_exit *rows;
		size_t cnt;
	} exits[] = {
		[KB_GROUP_VMX] = { vmx_exits, COUNT(vmx_exits) },
		[KB_GROUP_SVM] = { svm_exits, COUNT(svm_exits) },
		[KB_GROUP_KVM_EXIT] = { kvm_exits, COUNT(kvm_exits) },
	};

	*entry = (struct kb_entry){ .group = group, .name = "", .aliases = "", .meaning = "",
				    .cause = "", .handler = "", .source = "" };
	if (group <= KB_GROUP_KVM_EXIT) {
		if (i >= exits[group].cnt)
			return false;
		exit_entry(entry, &exits[group].rows[i]);
		/* the header has other names than the table for traces in it */
		if (group == KB_GROUP_SVM)
			entry->aliases = name_find(svm_macros, COUNT(svm_macros), entry->first);
		entry->aliases = entry->aliases ? entry->aliases : "";
		return true;
	}
	if (group == KB_GROUP_IOCTL) {
		if (i < COUNT(ioctls))
			ioctl_entry(entry, &ioctls[i]);
		return i < COUNT(ioctls);
	}
	if (group == KB_GROUP_KERNEL || group == KB_GROUP_VMM)
		return concept_entry(entry, group == KB_GROUP_VMM ? KB_VMM : KB_KERNEL, i);
	return group < KB_GROUP_CNT && range_group_entry(entry, i);
}
