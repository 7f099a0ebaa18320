/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads which functions of KVM's modules can be traced, and where they are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/kernel_functions.h"
#include "bpf/kernel_symbols.h"
#include "bpf/tracefs.h"

static int by_name(const void *a, const void *b)
{
	const struct kernel_function *fa = a, *fb = b;
	int order = strcmp(fa->name, fb->name);

	return order ? order : strcmp(fa->module, fb->module);
}

static const char *module_find(const struct kernel_functions *functions, const char *module)
{
	for (size_t i = 0; i < functions->module_cnt; i++)
		if (!strcmp(functions->modules[i], module))
			return functions->modules[i];
	return NULL;
}

static int function_add(struct kernel_functions *functions, const char *name, const char *module)
{
	struct kernel_function *function;

	if (strlen(name) >= sizeof(function->name))
		return 0;
	if (functions->cnt == functions->room) {
		size_t room = functions->room ? 2 * functions->room : 1024;
		struct kernel_function *at = realloc(functions->at, room * sizeof(*at));

		if (!at)
			return -ENOMEM;
		functions->at = at;
		functions->room = room;
	}
	function = &functions->at[functions->cnt++];
	memset(function, 0, sizeof(*function));
	strcpy(function->name, name);
	function->module = module;
	return 0;
}

/* Lines such as "kvm_mmu_load [kvm]"; what the compiler has made has a dot in its name. */
static int names_read(struct kernel_functions *functions)
{
	FILE *file = tracefs_open("available_filter_functions");
	char line[256], name[128], module[64];
	int err = 0;

	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		const char *ours;

		if (sscanf(line, "%127s [%63[^]]]", name, module) != 2 || strchr(name, '.'))
			continue;
		ours = module_find(functions, module);
		if (ours)
			err = function_add(functions, name, ours);
	}
	fclose(file);
	return err;
}

/* One entry of several with the same name and module, which then is ambiguous. */
static void names_unite(struct kernel_functions *functions)
{
	size_t kept = 0;

	qsort(functions->at, functions->cnt, sizeof(*functions->at), by_name);
	for (size_t i = 0; i < functions->cnt; i++) {
		if (kept && !by_name(&functions->at[kept - 1], &functions->at[i]))
			functions->at[kept - 1].is_ambiguous = true;
		else
			functions->at[kept++] = functions->at[i];
	}
	functions->cnt = kept;
}

static int address_take(void *context, const struct kernel_symbol *symbol)
{
	struct kernel_functions *functions = context;
	struct kernel_function key = { 0 }, *found;

	key.module = module_find(functions, symbol->module);
	if (!key.module || strlen(symbol->name) >= sizeof(key.name))
		return 0;
	strcpy(key.name, symbol->name);
	found = bsearch(&key, functions->at, functions->cnt, sizeof(key), by_name);
	if (!found)
		return 0;
	/* one of the two may be beyond ftrace: then its name does not tell which it is */
	found->is_ambiguous |= found->address && found->address != symbol->address;
	found->address = symbol->address;
	return 0;
}

int kernel_functions_read(struct kernel_functions *functions, const char *const *modules,
			  size_t module_cnt)
{
	int err;

	memset(functions, 0, sizeof(*functions));
	functions->modules = modules;
	functions->module_cnt = module_cnt;
	err = names_read(functions);
	if (!err && functions->cnt) {
		names_unite(functions);
		err = kernel_symbols_each(address_take, functions);
	}
	if (err)
		kernel_functions_release(functions);
	return err;
}

void kernel_functions_release(struct kernel_functions *functions)
{
	free(functions->at);
	functions->at = NULL;
	functions->cnt = functions->room = 0;
}
