/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows of the knowledge base as paragraphs and as lists. */
#include "trace-viewer/explain_print.h"

#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/explain_find.h"

#define LABEL_CELLS 12
#define NAME_CELLS  34 /* of a heading, so that kinds stand below each other */

struct group {
	const char *word, *kind, *title, *example;
};

static const struct group groups[KB_GROUP_CNT] = {
	[KB_GROUP_VMX] = { "vmx", "VMX exit reason", "exit reasons of Intel's VMX", "EPT_VIOLATION" },
	[KB_GROUP_SVM] = { "svm", "SVM exit code", "exit codes of AMD's SVM", "npf" },
	[KB_GROUP_KVM_EXIT] = { "exit", "kvm_run.exit_reason", "why KVM_RUN returned to the VMM", "KVM_EXIT_MMIO" },
	[KB_GROUP_IOCTL] = { "ioctl", "KVM ioctl", "KVM's ioctls", "KVM_CREATE_VCPU" },
	[KB_GROUP_KERNEL] = { "kernel", "kernel function", "functions of the walk, in the kernel", "vmx_create_vcpu" },
	[KB_GROUP_VMM] = { "vmm", "VMM function", "functions of the walk, in the VMM", "handle_io" },
	[KB_GROUP_PORT] = { "port", "I/O port", "well-known I/O ports", "0x3f8" },
	[KB_GROUP_MSR] = { "msr", "model-specific register", "well-known MSRs", "EFER" },
	[KB_GROUP_CPUID] = { "cpuid", "CPUID leaf", "CPUID leaves", "0x40000000" },
};

enum kb_group explain_group(const char *word)
{
	for (enum kb_group group = 0; group < KB_GROUP_CNT; group++)
		if (!strcmp(groups[group].word, word))
			return group;
	return KB_GROUP_CNT;
}

static void add_number(struct text *t, const struct kb_entry *entry)
{
	if (!entry->has_number)
		return;
	if (entry->group == KB_GROUP_VMX || entry->group == KB_GROUP_KVM_EXIT)
		text_add(t, "%u", entry->first);
	else if (entry->first == entry->last)
		text_add(t, "0x%x", entry->first);
	else
		text_add(t, "0x%x-0x%x", entry->first, entry->last);
}

void explain_add_kind(struct text *t, const struct kb_entry *entry)
{
	text_add(t, "%s%s", groups[entry->group].kind, entry->has_number ? " " : "");
	add_number(t, entry);
	if (entry->group == KB_GROUP_VMX && entry->first > 9)
		text_add(t, " (0x%x)", entry->first);
}

void explain_add_source(struct text *t, const char *source)
{
	static const struct {
		const char *from, *to;
	} manuals[] = {
		{ "SDM ", "Intel SDM volume " },
		{ "APM ", "AMD APM volume " },
		{ "API ", "Documentation/virt/kvm/api.rst " },
	};

	while (*source) {
		size_t sz = strcspn(source, ";");

		for (size_t i = 0; i < sizeof(manuals) / sizeof(manuals[0]); i++)
			if (!strncmp(source, manuals[i].from, strlen(manuals[i].from))) {
				text_add(t, "%s", manuals[i].to);
				source += strlen(manuals[i].from);
				sz -= strlen(manuals[i].from);
			}
		text_add(t, "%.*s", (int)sz, source);
		source += sz;
		if (*source)
			text_add(t, "; ");
		source += strspn(source, "; ");
	}
}

/* What is in `left`, then text, broken below itself. */
static void print_broken(const struct output *out, enum style style, struct text *left, const char *text)
{
	const size_t indent = text_cells(left->at);
	const size_t room = out->width > indent + 20 ? out->width - indent : 20;

	do {
		struct text line;
		const char *rest;
		size_t n = text_break(text, room, &rest);

		output_put(out, style, left->at);
		text_clear(&line);
		text_add(&line, "%.*s\n", (int)n, text);
		output_put(out, STYLE_PLAIN, line.at);
		text_clear(left);
		text_pad(left, indent);
		text = rest;
	} while (*text);
}

static void print_field(const struct output *out, const char *label, const char *text)
{
	struct text left;

	if (!*text)
		return;
	text_clear(&left);
	text_add(&left, "  %s", label);
	text_pad(&left, LABEL_CELLS);
	print_broken(out, STYLE_DIM, &left, text);
}

static bool is_exit(const struct kb_entry *entry)
{
	return entry->group == KB_GROUP_VMX || entry->group == KB_GROUP_SVM;
}

/* The other vendor's exits of the same concept. */
static void print_alike(const struct output *out, const struct kb_entry *entry)
{
	const enum kb_group other = entry->group == KB_GROUP_VMX ? KB_GROUP_SVM : KB_GROUP_VMX;
	const struct exit_concept *concept = is_exit(entry) ? explain_concept(entry) : NULL;
	struct kb_entry row;
	unsigned int cnt = 0;
	struct text t;

	if (!concept)
		return;
	text_clear(&t);
	for (size_t i = 0; kb_entry(other, i, &row) && cnt < 6; i++)
		if (explain_concept(&row) == concept)
			text_add(&t, "%s%s", cnt++ ? ", " : "", row.name);
	if (!cnt)
		text_add(&t, "nothing");
	text_add(&t, " on %s; %s \"%s\" where vendors are compared",
		 other == KB_GROUP_SVM ? "AMD" : "Intel", cnt ? "both are" : "it is", concept->name);
	print_field(out, "Alike", t.at);
}

static void add_symbols(struct text *t, const struct kb_probe *probe)
{
	for (const char *symbol = probe->symbols; *symbol;) {
		size_t sz = strcspn(symbol, "|");

		text_add(t, "%s%.*s", t->sz ? ", " : "", (int)sz, symbol);
		symbol += sz + (symbol[sz] == '|');
	}
}

/* What the probe plan knows of a kernel function; false: nothing. */
static bool print_probes(const struct output *out, const struct kb_entry *entry)
{
	const char *under = NULL;
	const struct kb_probe *probe;
	struct text t;

	text_clear(&t);
	for (size_t i = 0; (probe = kb_probe(i)); i++) {
		if (strcmp(probe->concept, entry->name) != 0)
			continue;
		if (!under && *probe->under)
			under = probe->under;
		add_symbols(&t, probe);
	}
	if (!t.sz)
		return false;
	print_field(out, "Symbols", t.at);
	if (under)
		print_field(out, "Called by", strchr(under, ':') ? strchr(under, ':') + 1 : under);
	return true;
}

void explain_print(const struct output *out, const struct kb_entry *entry)
{
	const bool is_function = entry->group == KB_GROUP_KERNEL || entry->group == KB_GROUP_VMM;
	struct text t;

	text_clear(&t);
	text_add(&t, "%s", entry->name);
	text_pad(&t, out->width > 60 ? NAME_CELLS : text_cells(t.at) + 2);
	output_put(out, STYLE_HEAD, t.at);
	text_clear(&t);
	explain_add_kind(&t, entry);
	text_add(&t, "\n");
	output_put(out, STYLE_DIM, t.at);
	print_field(out, "Meaning", entry->meaning);
	print_field(out, is_function ? "Why" : entry->group == KB_GROUP_IOCTL ? "When" : "Cause", entry->cause);
	print_field(out, "Served by", entry->handler);
	print_alike(out, entry);
	if (entry->group != KB_GROUP_KERNEL || !print_probes(out, entry))
		print_field(out, "Also", entry->aliases);
	text_clear(&t);
	explain_add_source(&t, entry->source);
	print_field(out, "Source", t.at);
}

void explain_measure(struct explain_columns *columns, const struct kb_entry *entry)
{
	const size_t name = text_cells(entry->name);
	struct text number;

	text_clear(&number);
	add_number(&number, entry);
	columns->name = name > columns->name ? name : columns->name;
	columns->number = number.sz > columns->number ? number.sz : columns->number;
}

void explain_print_row(const struct output *out, const struct explain_columns *columns,
		       const struct kb_entry *entry)
{
	struct text left;

	text_clear(&left);
	text_add(&left, "%s", entry->name);
	text_pad(&left, columns->name + 2);
	add_number(&left, entry);
	if (columns->number)
		text_pad(&left, columns->name + columns->number + 4);
	print_broken(out, STYLE_HEAD, &left, entry->meaning);
}

void explain_print_groups(const struct output *out)
{
	struct kb_entry entry;
	struct text t;

	output_put(out, STYLE_HEAD, "GROUP    ROWS  WHAT IT EXPLAINS, FOR EXAMPLE\n");
	for (enum kb_group group = 0; group < KB_GROUP_CNT; group++) {
		size_t cnt = 0;

		while (kb_entry(group, cnt, &entry))
			cnt++;
		text_clear(&t);
		text_add(&t, "%-8s %4zu  %s: %s\n", groups[group].word, cnt, groups[group].title,
			 groups[group].example);
		output_put(out, STYLE_PLAIN, t.at);
	}
	output_put(out, STYLE_PLAIN,
		   "\n`kvmtree explain NAME` explains one; `kvmtree explain GROUP` lists a\n"
		   "group; `kvmtree explain GROUP NAME` looks in that group only.\n");
}
