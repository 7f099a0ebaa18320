/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Judges frames by time, reason, function, path, layer and source. */
#include "trace-viewer/filter.h"

#include <fnmatch.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/exit_decode.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/observer.h"
#include "trace-viewer/walk_path.h"

#define AT(field) offsetof(struct filter, field)

const struct option_row filter_rows[] = {
	OPT_DURATION(0, "from", AT(from), "TIME", "only what goes on after this time, such as 1.5s"),
	OPT_DURATION(0, "to", AT(to), "TIME", "only what begins before this time"),
	OPT_LIST('r', "reason", AT(reasons), "REASON", "only exits of this reason: npf, 0x400, memory, KVM_EXIT_IO, io:0x3f8"),
	OPT_LIST('f', "function", AT(functions), "PATTERN", "only functions or ioctls of this name, and what is below them: svm_*"),
	OPT_DURATION(0, "slower", AT(slower), "TIME", "only what took at least so long"),
	OPT_CHOICE(0, "path", AT(path), "PART", WALK_PATHS, "only this part of the walk"),
	OPT_STRING(0, "layer", AT(layers), "LIST", "only lines of these layers: vmm,ioctl,kvm,vendor,guest,exit"),
	OPT_STRING(0, "source", AT(sources), "LIST", "only lines known by: fentry,kprobe.multi,kprobe,uprobe,tracepoint,inlined"),
	OPT_END,
};

static const char *const layers[] = { "vmm", "ioctl", "kvm", "vendor", "guest", "exit", NULL };
static const char *const sources[] = { "fentry", "kprobe.multi", "kprobe", "uprobe", "tracepoint", "inlined", NULL };

/* --- lists of words ------------------------------------------------------------- */

static bool has_word(const char *list, const char *word)
{
	size_t word_sz = strlen(word);

	while (*list) {
		size_t sz = strcspn(list, ",");

		if (sz == word_sz && !memcmp(list, word, sz))
			return true;
		list += sz + (list[sz] == ',');
	}
	return false;
}

static bool words_check(const char *command, const char *option, const char *list,
			const char *const *known)
{
	while (list && *list) {
		size_t sz = strcspn(list, ","), i = 0;

		while (known[i] && (strlen(known[i]) != sz || memcmp(list, known[i], sz)))
			i++;
		if (!known[i]) {
			fprintf(stderr, "%s: --%s %.*s: is none of", command, option, (int)sz, list);
			for (i = 0; known[i]; i++)
				fprintf(stderr, "%s %s", i ? "," : "", known[i]);
			fputc('\n', stderr);
			return false;
		}
		list += sz + (list[sz] == ',');
	}
	return true;
}

bool filter_has_line(const struct filter *filter, const char *layer, const char *source)
{
	return (!filter->layers || has_word(filter->layers, layer)) &&
	       (!filter->sources || has_word(filter->sources, source));
}

/* --- exits ---------------------------------------------------------------------- */

/* A REASON taken apart: "io:0x3f8". */
struct wanted {
	char name[64];
	bool has_number, has_value;
	unsigned long long number, value;
};

static bool wanted_parse(const char *text, struct wanted *w)
{
	const char *colon = strchr(text, ':');
	size_t name_sz = colon ? (size_t)(colon - text) : strlen(text);
	char *end;

	memset(w, 0, sizeof(*w));
	if (!name_sz || name_sz >= sizeof(w->name))
		return false;
	memcpy(w->name, text, name_sz);
	w->number = strtoull(w->name, &end, 0);
	w->has_number = !*end;
	if (!colon)
		return true;
	w->has_value = true;
	w->value = strtoull(colon + 1, &end, 0);
	return end != colon + 1 && !*end;
}

static bool is_reason(const struct wanted *w, uint32_t isa, uint32_t reason)
{
	const struct exit_concept *concept = exit_concept(isa, reason);
	struct text name;

	if (w->has_number)
		return w->number == reason;
	if (concept && !strcasecmp(concept->name, w->name))
		return true;
	text_clear(&name);
	exit_add_name(&name, isa, reason);
	return !strcasecmp(name.at, w->name);
}

static bool is_user_reason(const struct wanted *w, int64_t reason)
{
	const struct kb_exit *kb = reason >= 0 ? kb_kvm_exit((uint32_t)reason) : NULL;

	return kb && !strcasecmp(kb->name, w->name);
}

/* Port, guest-physical page, MSR, leaf: what the reason's value is to be. */
static bool has_value(const struct node_exit *e, uint64_t value)
{
	struct exit_io io;

	if (e->detail.kind == REC_kvm_mmio || e->detail.kind == REC_kvm_hypercall)
		return e->detail.addr == value;
	if (e->detail.kind)
		return e->detail.index == value;
	if (exit_io(e->isa, e->reason, e->info1, &io))
		return io.port == value;
	return e->has_fault && e->fault_lo >> 12 == value >> 12;
}

static bool is_wanted_exit(const struct filter *filter, const struct node *node)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node);
	struct wanted w;

	if (node->kind != NODE_EXIT)
		return false;
	for (unsigned int i = 0; i < filter->reasons.cnt; i++)
		if (wanted_parse(filter->reasons.at[i], &w) &&
		    (is_reason(&w, e->isa, e->reason) || is_user_reason(&w, e->user_reason)) &&
		    (!w.has_value || has_value(e, w.value)))
			return true;
	return false;
}

/* --- frames ---------------------------------------------------------------------- */

static bool is_wanted_function(const struct filter *filter, const struct node *node)
{
	const struct func_row *func = node->kind == NODE_FUNC ? NODE_AS_CONST(func, node)->func : NULL;
	const char *name = func ? func->symbol : NULL;

	if (node->kind == NODE_IOCTL)
		name = kb_ioctl_name(NODE_AS_CONST(ioctl, node)->cmd);
	for (unsigned int i = 0; name && i < filter->functions.cnt; i++)
		if (!fnmatch(filter->functions.at[i], name, 0) ||
		    (func && !fnmatch(filter->functions.at[i], func->concept, 0)))
			return true;
	return false;
}

static bool is_on_path(const struct filter *filter, const struct node *node, bool has_run)
{
	uint32_t cmd = node->kind == NODE_IOCTL ? NODE_AS_CONST(ioctl, node)->cmd : 0;
	uint32_t wanted = walk_path_ioctl(filter->path);

	return cmd == wanted || (has_run && wanted == KVM_RUN);
}

/* Is node what --function and --path ask for? */
static bool is_place(const struct filter *filter, const struct node *node, bool has_run)
{
	return (!filter->path || is_on_path(filter, node, has_run)) &&
	       (!filter->functions.cnt || is_wanted_function(filter, node));
}

static bool is_in_place(const struct filter *filter, const struct node *node, bool has_run)
{
	bool is_found = is_place(filter, node, has_run);

	while (!is_found && (node = node->parent) && node->kind != NODE_THREAD)
		is_found = is_place(filter, node, false);
	return is_found;
}

/* Is node what --reason and --slower ask for, or a frame inside such an exit? */
static bool is_hit(const struct filter *filter, const struct node *node)
{
	if (filter->slower.is_given && node_duration(node) < filter->slower.ns)
		return false;
	if (!filter->reasons.cnt)
		return true;
	while (node && node->kind != NODE_EXIT && node->kind != NODE_THREAD)
		node = node->parent;
	return node && is_wanted_exit(filter, node);
}

static const char *node_source(const struct node *node)
{
	const struct func_row *func = NULL;

	if (node->kind == NODE_FUNC)
		func = NODE_AS_CONST(func, node)->func;
	else if (node->kind == NODE_IOCTL)
		func = NODE_AS_CONST(ioctl, node)->func;
	else
		return "tracepoint";
	return func ? func->rung : "";
}

bool filter_is_selective(const struct filter *filter)
{
	return !filter_keeps_whole(filter) || filter->path;
}

bool filter_keeps_whole(const struct filter *filter)
{
	return !filter->reasons.cnt && !filter->functions.cnt && !filter->slower.is_given;
}

bool filter_asks(const struct filter *filter)
{
	return filter_is_selective(filter) || filter->from.is_given || filter->to.is_given ||
	       filter->layers || filter->sources;
}

bool filter_has_line_of(const struct filter *filter, const struct node *node)
{
	return filter_has_line(filter, frame_layer(node), node_source(node));
}

bool filter_judge(const struct filter *filter, const struct node *node, uint64_t begin_ns,
		  bool has_run)
{
	if (node->kind == NODE_LOST)
		return true; /* whatever is asked for, some of it may have been there */
	if (filter->from.is_given && node->end_ns < begin_ns + filter->from.ns)
		return false;
	if (filter->to.is_given && node->start_ns > begin_ns + filter->to.ns)
		return false;
	if (filter_is_selective(filter) && !node->first && !(node->flags & NODE_IS_WRITTEN) &&
	    !(is_hit(filter, node) && is_in_place(filter, node, has_run)))
		return false;
	return filter_has_line_of(filter, node);
}

/* --- checks ---------------------------------------------------------------------- */

#define REASONS_MAX 0x500u /* above the numbers of all that are known */

static bool is_known_reason(const char *text)
{
	struct wanted w;

	if (!wanted_parse(text, &w))
		return false;
	if (w.has_number)
		return true;
	for (uint32_t reason = 0; reason < REASONS_MAX; reason++)
		if (is_reason(&w, REC_ISA_VMX, reason) || is_reason(&w, REC_ISA_SVM, reason) ||
		    is_user_reason(&w, reason))
			return true;
	return is_reason(&w, REC_ISA_VMX, 1u << 31);
}

bool filter_check(const struct filter *filter, const char *command)
{
	for (unsigned int i = 0; i < filter->reasons.cnt; i++) {
		if (is_known_reason(filter->reasons.at[i]))
			continue;
		fprintf(stderr, "%s: --reason %s: no exit is called so; `kvmtree stat FILE` names those of "
				"a recording\n", command, filter->reasons.at[i]);
		return false;
	}
	if (filter->from.is_given && filter->to.is_given && filter->from.ns > filter->to.ns) {
		fprintf(stderr, "%s: --from is later than --to: nothing lies in between; exchange them\n", command);
		return false;
	}
	return words_check(command, "layer", filter->layers, layers) &&
	       words_check(command, "source", filter->sources, sources);
}
