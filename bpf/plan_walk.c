/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds for each kernel function of the walk the best rung of the ladder that this kernel offers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/control.h"
#include "bpf/explain.h"
#include "bpf/kernel_symbols.h"
#include "bpf/plan_walk.h"

enum func_presence { ALWAYS, SOMETIMES };

static const struct walk_func {
	const char *concept, *symbols;
	enum func_vendor vendor;
	enum func_presence presence;
	const char *under, *args;
} walk_funcs[] = {
#define KFUNC(concept, symbols, vendor, presence, under, args)                                   \
	{ concept, symbols, vendor, presence, under, args },
/* The functions through which KVM's ioctls come, in the order of enum ioctl_func. */
#define IOCTL_FUNC_ROW(func) { #func, #func, ANY, ALWAYS, "", "" },
	KVMTREE_IOCTL_FUNCS(IOCTL_FUNC_ROW)
#include "bpf/functions.def"
#undef KFUNC
};

#define WALK_FUNC_CNT (sizeof(walk_funcs) / sizeof(walk_funcs[0]))
#define QUERIES_MAX   (2 * WALK_FUNC_CNT)

/* What the symbol table says of all the names of the walk. */
struct symbols {
	struct symbol_query queries[QUERIES_MAX];
	size_t query_cnt;
};

/* Copies the first of "a|b|c" and returns the rest, or NULL when there is no more. */
static const char *alternative_next(const char *list, char *name, size_t name_sz)
{
	size_t n = strcspn(list, "|");

	snprintf(name, name_sz, "%.*s", (int)n, list);
	return list[n] ? list + n + 1 : NULL;
}

static bool is_wanted(const struct walk_func *walk, enum func_vendor vendor)
{
	return walk->vendor == ANY || walk->vendor == vendor;
}

static int symbols_read(struct symbols *symbols, enum func_vendor vendor)
{
	for (size_t i = 0; i < WALK_FUNC_CNT; i++) {
		const char *rest = is_wanted(&walk_funcs[i], vendor) ? walk_funcs[i].symbols : NULL;

		while (rest && symbols->query_cnt < QUERIES_MAX)
			rest = alternative_next(rest, symbols->queries[symbols->query_cnt++].name,
						SYMBOL_NAME_MAX);
	}
	return kernel_symbols_query(symbols->queries, symbols->query_cnt);
}

/* Finds the newest of the function's names that can be had by fentry. */
static bool by_fentry(const struct plan *plan, const char *names, struct plan_func *func)
{
	while (names) {
		names = alternative_next(names, func->symbol, sizeof(func->symbol));
		if (!kernel_btf_func(&plan->btf, func->symbol, &func->kernel))
			continue;
		snprintf(func->owner, sizeof(func->owner), "%s", func->kernel.part->name);
		func->returns = func->kernel.returns;
		func->rung = RUNG_FENTRY;
		if (plan->has_fentry)
			return true;
	}
	return false;
}

/* An ioctl's programs are there once each, by fentry or by kprobe. */
static bool by_kprobe(const struct plan *plan, const struct symbols *symbols, const char *names,
		      struct plan_func *func)
{
	bool has_multi = plan->has_multi && func->layer != LAYER_IOCTL;

	while (names) {
		const struct symbol_query *query;

		names = alternative_next(names, func->symbol, sizeof(func->symbol));
		query = kernel_symbols_find(symbols->queries, symbols->query_cnt, func->symbol);
		if (!query || query->state != SYMBOL_PRESENT)
			continue;
		func->address = query->address;
		func->rung = has_multi && query->address ? RUNG_KPROBE_MULTI : RUNG_KPROBE;
		if (func->rung == RUNG_KPROBE_MULTI || plan->has_kprobe)
			return true;
	}
	return false;
}

/* All system calls become slower by it, so it is the last to be taken. */
static bool by_tracepoint(const struct plan *plan, struct plan_func *func)
{
	if (func->layer != LAYER_IOCTL || !plan->can_syscall)
		return false;
	func->rung = RUNG_TRACEPOINT;
	return true;
}

/* Why neither could be had. */
static void missing_explain(const struct plan *plan, const struct symbols *symbols,
			    const struct walk_func *walk, struct plan_func *func)
{
	const struct symbol_query *query;

	alternative_next(walk->symbols, func->symbol, sizeof(func->symbol));
	query = kernel_symbols_find(symbols->queries, symbols->query_cnt, func->symbol);
	func->rung = walk->presence == ALWAYS ? RUNG_INLINED : RUNG_MISSING;
	if (query && query->state == SYMBOL_CLONE) {
		func->rung = RUNG_INLINED;
		snprintf(func->note, sizeof(func->note), "the compiler made %s of it",
			 query->clone);
	} else if (query && query->state == SYMBOL_PRESENT) {
		func->rung = RUNG_MISSING;
		snprintf(func->note, sizeof(func->note), "%s",
			 plan->options.probe_with == PROBE_WITH_TRACEPOINT ?
				 "not wanted: only tracepoints are" :
			 *plan->why_no_functions ? "no rung serves it here" :
				 "the kernel's BTF does not describe it, and kprobes cannot be used");
	} else {
		snprintf(func->note, sizeof(func->note), "%s",
			 walk->presence == ALWAYS ? PLAN_NOTE_INLINED :
						    "no such symbol");
	}
}

static void walk_resolve(struct plan *plan, const struct symbols *symbols, enum func_vendor vendor)
{
	for (size_t i = 0; i < WALK_FUNC_CNT; i++) {
		const struct walk_func *walk = &walk_funcs[i];
		struct plan_func *func;

		if (!is_wanted(walk, vendor)) {
			plan->other_vendor_cnt++;
			continue;
		}
		func = plan_func_add(plan);
		func->layer = i < IOCTL_FUNC_CNT    ? LAYER_IOCTL :
			      walk->vendor == ANY ? LAYER_KVM :
						      LAYER_VENDOR;
		func->concept = walk->concept;
		func->under = walk->under;
		func->args = walk->args;
		snprintf(func->owner, sizeof(func->owner), "%s",
			 walk->vendor == ANY ? "kvm" : plan->vendor_module);
		if (!by_fentry(plan, walk->symbols, func) &&
		    !by_kprobe(plan, symbols, walk->symbols, func) && !by_tracepoint(plan, func))
			missing_explain(plan, symbols, walk, func);
	}
}

int plan_walk(struct plan *plan, enum func_vendor vendor, char *why, size_t why_sz)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));
	int err = symbols ? symbols_read(symbols, vendor) : -ENOMEM;

	if (err)
		explain(err, why, why_sz, "reading /proc/kallsyms: %s; run it as root",
			strerror(-err));
	else
		walk_resolve(plan, symbols, vendor);
	free(symbols);
	return err;
}
