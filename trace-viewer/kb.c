/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What there is to read about: tables from kb/, and how they are searched. */
#include "trace-viewer/kb.h"

#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/kb_names.h"

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
			entry->aliases = kb_svm_macro(entry->first);
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
	return group < KB_GROUP_CNT && kb_range_entry(entry, i);
}
