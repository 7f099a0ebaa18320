/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Makes the probe plan by asking the kernel, never its version. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/control.h"
#include "bpf/kernel_symbols.h"
#include "bpf/plan.h"

const char *const plan_layer_names[] = { "vmm", "ioctl", "kvm", "vendor" };
const char *const plan_rung_names[] = { "fentry", "uprobe", "inlined", "missing" };

enum func_vendor { ANY, AMD, INTEL };
enum func_presence { ALWAYS, SOMETIMES };

static const struct walk_func {
	const char *concept, *symbols;
	enum func_vendor vendor;
	enum func_presence presence;
	const char *under, *args;
} walk_funcs[] = {
#define KFUNC(concept, symbols, vendor, presence, under, args)                                   \
	{ concept, symbols, vendor, presence, under, args },
#include "bpf/functions.def"
#undef KFUNC
};

#define WALK_FUNC_CNT (sizeof(walk_funcs) / sizeof(walk_funcs[0]))

/* The functions through which KVM's ioctls come, in the order of enum ioctl_func. */
static const char *const ioctl_funcs[IOCTL_FUNC_CNT] = { "kvm_dev_ioctl", "kvm_vm_ioctl",
							 "kvm_vcpu_ioctl" };

static const struct vendor {
	enum func_vendor id;
	const char *name, *module;
} vendors[] = {
	{ AMD, "amd", "kvm_amd" },
	{ INTEL, "intel", "kvm_intel" },
};

static bool module_is_there(const char *module)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return !stat(path, &st);
}

static int fail(int err, char *why, size_t why_sz, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static int fail(int err, char *why, size_t why_sz, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, why_sz, format, args);
	va_end(args);
	return err;
}

/* Copies the first of "a|b|c" and returns the rest, or NULL when there is no more. */
static const char *alternative_next(const char *list, char *name, size_t name_sz)
{
	size_t n = strcspn(list, "|");

	snprintf(name, name_sz, "%.*s", (int)n, list);
	return list[n] ? list + n + 1 : NULL;
}

static struct plan_func *func_add(struct plan *plan)
{
	return plan->func_cnt < PLAN_FUNCS_MAX ? &plan->funcs[plan->func_cnt++] : NULL;
}

/* Finds the newest of the function's names that can be had by fentry. */
static bool func_resolve(const struct plan *plan, const struct walk_func *walk,
			 struct plan_func *func)
{
	const char *rest = walk->symbols;

	while (rest) {
		rest = alternative_next(rest, func->symbol, sizeof(func->symbol));
		if (kernel_btf_func(&plan->btf, func->symbol, &func->kernel)) {
			func->rung = RUNG_FENTRY;
			snprintf(func->owner, sizeof(func->owner), "%s", func->kernel.part->name);
			return true;
		}
	}
	alternative_next(walk->symbols, func->symbol, sizeof(func->symbol));
	func->rung = RUNG_MISSING;
	return false;
}

static void walk_resolve(struct plan *plan, enum func_vendor vendor)
{
	for (size_t i = 0; i < WALK_FUNC_CNT; i++) {
		const struct walk_func *walk = &walk_funcs[i];
		struct plan_func *func;

		if (walk->vendor != ANY && walk->vendor != vendor)
			continue;
		func = func_add(plan);
		func->layer = walk->vendor == ANY ? LAYER_KVM : LAYER_VENDOR;
		func->concept = walk->concept;
		func->under = walk->under;
		func->args = walk->args;
		snprintf(func->owner, sizeof(func->owner), "%s",
			 walk->vendor == ANY ? "kvm" : plan->vendor_module);
		if (!func_resolve(plan, walk, func) && walk->presence == ALWAYS)
			func->rung = RUNG_INLINED;
	}
}

/* What the symbol table says of a function without BTF, into its rung and note. */
static void missing_explain(struct plan_func *func, const struct symbol_query *query)
{
	switch (query->state) {
	case SYMBOL_PRESENT:
		func->rung = RUNG_MISSING;
		snprintf(func->note, sizeof(func->note), "the kernel's BTF does not describe it");
		break;
	case SYMBOL_CLONE:
		func->rung = RUNG_INLINED;
		snprintf(func->note, sizeof(func->note), "the compiler made %s of it",
			 query->clone);
		break;
	case SYMBOL_ABSENT:
		snprintf(func->note, sizeof(func->note), "%s",
			 func->rung == RUNG_INLINED ? "inlined by the compiler" :
						      "not in this kernel, or inlined");
		break;
	}
}

static int missing_query(struct plan *plan)
{
	struct symbol_query queries[WALK_FUNC_CNT];
	size_t query_cnt = 0;
	int err;

	for (uint32_t i = 0; i < plan->func_cnt; i++)
		if (plan->funcs[i].rung == RUNG_INLINED || plan->funcs[i].rung == RUNG_MISSING)
			queries[query_cnt++].name = plan->funcs[i].symbol;
	err = kernel_symbols_query(queries, query_cnt);
	for (uint32_t i = 0; !err && i < plan->func_cnt; i++)
		for (size_t q = 0; q < query_cnt; q++)
			if (queries[q].name == plan->funcs[i].symbol)
				missing_explain(&plan->funcs[i], &queries[q]);
	return err;
}

static int ioctls_resolve(struct plan *plan, char *why, size_t why_sz)
{
	for (int i = 0; i < IOCTL_FUNC_CNT; i++) {
		struct plan_func *func = func_add(plan);

		func->layer = LAYER_IOCTL;
		func->rung = RUNG_FENTRY;
		func->concept = ioctl_funcs[i];
		func->under = func->args = "";
		snprintf(func->symbol, sizeof(func->symbol), "%s", ioctl_funcs[i]);
		if (!kernel_btf_func(&plan->btf, ioctl_funcs[i], &func->kernel))
			return fail(-ENOENT, why, why_sz,
				    "the kernel has no type information (BTF) for %s: it was built "
				    "without CONFIG_DEBUG_INFO_BTF_MODULES; use a kernel that has it, "
				    "or `scripts/lab`, which brings one",
				    ioctl_funcs[i]);
		snprintf(func->owner, sizeof(func->owner), "%s", func->kernel.part->name);
	}
	return 0;
}

static int vendor_find(struct plan *plan, enum func_vendor *vendor, char *why, size_t why_sz)
{
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		if (!module_is_there(vendors[i].module))
			continue;
		plan->vendor = vendors[i].name;
		plan->vendor_module = vendors[i].module;
		*vendor = vendors[i].id;
		return 0;
	}
	return fail(-ENODEV, why, why_sz,
		    "neither kvm_amd nor kvm_intel is loaded: load the one for this processor with "
		    "`modprobe kvm_amd` or `modprobe kvm_intel`; on a machine without KVM, put "
		    "`scripts/lab --` before the command");
}

int plan_make(struct plan *plan, char *why, size_t why_sz)
{
	enum func_vendor vendor = ANY;
	int err;

	memset(plan, 0, sizeof(*plan));
	err = vendor_find(plan, &vendor, why, why_sz);
	if (err)
		return err;
	plan->funcs = calloc(PLAN_FUNCS_MAX, sizeof(*plan->funcs));
	if (!plan->funcs)
		return fail(-ENOMEM, why, why_sz, "no memory for the probe plan");
	err = tracefs_read(&plan->tracepoints);
	if (err)
		return fail(err, why, why_sz,
			    "tracefs cannot be read: %s; mount it with `mount -t tracefs nodev "
			    "/sys/kernel/tracing` and run as root",
			    strerror(-err));
	if (!plan->tracepoints.is_there[TPE_kvm_exit])
		return fail(-ENOENT, why, why_sz,
			    "the kernel has no tracepoint kvm:kvm_exit, or it may not be read: is "
			    "`kvm` loaded, and are you root?");
	err = kernel_btf_load(&plan->btf, plan->vendor_module);
	if (err)
		return fail(err, why, why_sz,
			    "the kernel's type information (BTF) cannot be read: %s; the kernel "
			    "needs CONFIG_DEBUG_INFO_BTF, as Debian's kernels have it",
			    strerror(-err));
	err = ioctls_resolve(plan, why, why_sz);
	if (err)
		return err;
	walk_resolve(plan, vendor);
	err = missing_query(plan);
	return err ? fail(err, why, why_sz, "/proc/kallsyms: %s", strerror(-err)) : 0;
}

void plan_release(struct plan *plan)
{
	kernel_btf_release(&plan->btf);
	free(plan->funcs);
	plan->funcs = NULL;
	plan->func_cnt = 0;
}

int plan_add_user(struct plan *plan, const char *binary, const char *symbol, const char *args,
		  const char *returns)
{
	struct plan_func *func = func_add(plan);
	const char *slash = strrchr(binary, '/');

	if (!func)
		return -ENOSPC;
	func->layer = LAYER_VMM;
	func->rung = RUNG_UPROBE;
	snprintf(func->owner, sizeof(func->owner), "%.63s", slash ? slash + 1 : binary);
	snprintf(func->symbol, sizeof(func->symbol), "%s", symbol);
	func->concept = func->symbol;
	func->under = "";
	func->args = args;
	func->kernel.returns = returns;
	return (int)(func - plan->funcs);
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

char *plan_funcs_text(const struct plan *plan, uint32_t first, size_t *text_sz)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, text_sz);

	if (!out)
		return NULL;
	for (uint32_t id = first; id < plan->func_cnt; id++) {
		const struct plan_func *func = &plan->funcs[id];

		fprintf(out, "%u\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", id,
			plan_layer_names[func->layer], or_dash(func->owner), func->symbol,
			func->concept, plan_rung_names[func->rung], or_dash(func->under),
			or_dash(func->args), or_dash(func->note), or_dash(func->kernel.returns));
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
