/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds functions in the BTF of vmlinux and of the KVM modules. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf/btf_words.h"
#include "bpf/kernel_btf.h"

/* A descriptor of a module's BTF, by its name; -ENOENT when there is none. */
static int module_btf_fd(const char *module)
{
	__u32 id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		struct bpf_btf_info info = { 0 };
		char name[64] = "";
		__u32 info_sz = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd < 0)
			continue;
		info.name = (__u64)(uintptr_t)name;
		info.name_len = sizeof(name);
		if (!bpf_obj_get_info_by_fd(fd, &info, &info_sz) && info.kernel_btf &&
		    !strcmp(name, module))
			return fd;
		close(fd);
	}
	return -ENOENT;
}

static uint32_t name_hash(const char *name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 16777619u;
	return hash;
}

static const char *func_name(const struct kernel_btf_part *part, __u32 id)
{
	return btf__name_by_offset(part->btf, btf__type_by_id(part->btf, id)->name_off);
}

/*
 * A table of its own functions: the walk asks for a hundred names, and libbpf's search goes through
 * all types for each, in a module through all of vmlinux first.
 */
static int part_index(struct kernel_btf_part *part, __u32 first_id)
{
	__u32 end = btf__type_cnt(part->btf), places = 1024;

	while (places < 2 * (end - first_id))
		places <<= 1;
	part->func_ids = calloc(places, sizeof(*part->func_ids));
	if (!part->func_ids)
		return -ENOMEM;
	part->func_ids_mask = places - 1;
	for (__u32 id = first_id; id < end; id++) {
		__u32 place;

		if (!btf_is_func(btf__type_by_id(part->btf, id)))
			continue;
		place = name_hash(func_name(part, id));
		while (part->func_ids[place & part->func_ids_mask])
			place++;
		part->func_ids[place & part->func_ids_mask] = id;
	}
	return 0;
}

static __u32 part_find(const struct kernel_btf_part *part, const char *name)
{
	__u32 place = name_hash(name), id;

	while ((id = part->func_ids[place & part->func_ids_mask])) {
		if (!strcmp(func_name(part, id), name))
			return id;
		place++;
	}
	return 0;
}

static int module_add(struct kernel_btf *btf, const char *module)
{
	struct kernel_btf_part *part = &btf->parts[btf->part_cnt];
	int err;

	part->btf = btf__load_module_btf(module, btf->parts[0].btf);
	if (!part->btf)
		return 0; /* built in, or without BTF: the plan says which */
	part->fd = module_btf_fd(module);
	if (part->fd < 0) {
		btf__free(part->btf);
		return 0;
	}
	part->name = module;
	btf->part_cnt++;
	err = part_index(part, btf__type_cnt(btf->parts[0].btf));
	return err;
}

int kernel_btf_load(struct kernel_btf *btf, const char *vendor_module)
{
	int err;

	memset(btf, 0, sizeof(*btf));
	btf->parts[0].name = "vmlinux";
	btf->parts[0].btf = btf__load_vmlinux_btf();
	if (!btf->parts[0].btf)
		return -errno;
	btf->part_cnt = 1;
	err = part_index(&btf->parts[0], 1);
	if (!err)
		err = module_add(btf, "kvm");
	if (!err && vendor_module)
		err = module_add(btf, vendor_module);
	return err;
}

void kernel_btf_release(struct kernel_btf *btf)
{
	for (int i = btf->part_cnt - 1; i >= 0; i--) {
		free(btf->parts[i].func_ids);
		btf__free(btf->parts[i].btf);
		if (i > 0)
			close(btf->parts[i].fd);
	}
	btf->part_cnt = 0;
}

bool kernel_btf_lacks(const struct kernel_btf *btf, const char *module)
{
	char path[64];
	struct stat st;

	for (int i = 1; i < btf->part_cnt; i++)
		if (!strcmp(btf->parts[i].name, module))
			return false;
	/* only what can be unloaded has this: what is built in is in vmlinux' BTF */
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", module);
	return !stat(path, &st);
}

static bool part_func(const struct kernel_btf_part *part, const char *name, struct kernel_func *func)
{
	__u32 type_id = part_find(part, name);

	if (!type_id)
		return false;
	func->part = part;
	func->type_id = (int32_t)type_id;
	func->proto_id = btf__type_by_id(part->btf, type_id)->type;
	func->returns = btf_base_word(part->btf, btf__type_by_id(part->btf, func->proto_id)->type);
	return true;
}

bool kernel_btf_func(const struct kernel_btf *btf, const char *name, struct kernel_func *func)
{
	for (int i = btf->part_cnt - 1; i >= 0; i--)
		if (part_func(&btf->parts[i], name, func))
			return true;
	return false;
}

bool kernel_btf_module_func(const struct kernel_btf *btf, const char *module, const char *name,
			    struct kernel_func *func)
{
	for (int i = 0; i < btf->part_cnt; i++)
		if (!strcmp(btf->parts[i].name, module))
			return part_func(&btf->parts[i], name, func);
	return false;
}

bool kernel_btf_has_helper(const struct kernel_btf *btf, const char *helper)
{
	const struct btf *types = btf->parts[0].btf;
	__s32 id = btf__find_by_name_kind(types, "bpf_func_id", BTF_KIND_ENUM);
	const struct btf_type *type = id > 0 ? btf__type_by_id(types, (__u32)id) : NULL;
	char name[64];

	snprintf(name, sizeof(name), "BPF_FUNC_%s", helper);
	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(types, btf_enum(type)[i].name_off), name))
			return true;
	return false;
}

bool kernel_btf_tracepoint_takes(const struct kernel_btf *btf, const char *tracepoint,
				 const char *struct_name)
{
	char name[64];

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	for (int i = 0; i < btf->part_cnt; i++) {
		const struct btf *types = btf->parts[i].btf;
		__s32 id = btf__find_by_name_kind(types, name, BTF_KIND_TYPEDEF);
		const struct btf_type *type = id > 0 ? btf__type_by_id(types, (__u32)id) : NULL;

		if (!type)
			continue;
		/* typedef void (*btf_trace_NAME)(void *, FIRST, ...) */
		type = btf__type_by_id(types, type->type);
		type = btf_is_ptr(type) ? btf__type_by_id(types, type->type) : type;
		if (!btf_is_func_proto(type) || btf_vlen(type) < 2)
			return false;
		type = btf__type_by_id(types, btf_params(type)[1].type);
		type = btf_is_ptr(type) ? btf__type_by_id(types, type->type) : type;
		return btf_is_struct(type) &&
		       !strcmp(btf__name_by_offset(types, type->name_off), struct_name);
	}
	return false;
}

void kernel_btf_modules_try(struct bpf_program *fentry)
{
	/* a name that no function has: nothing comes of it but the look */
	bpf_program__set_attach_target(fentry, 0, "kvmtree_no_such_function");
}
