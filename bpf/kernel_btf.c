/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds functions in the BTF of vmlinux and of the KVM modules. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

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

static void module_add(struct kernel_btf *btf, const char *module)
{
	struct kernel_btf_part *part = &btf->parts[btf->part_cnt];

	part->btf = btf__load_module_btf(module, btf->parts[0].btf);
	if (!part->btf)
		return; /* built in, or without BTF: the plan says which */
	part->fd = module_btf_fd(module);
	if (part->fd < 0) {
		btf__free(part->btf);
		return;
	}
	part->name = module;
	btf->part_cnt++;
}

int kernel_btf_load(struct kernel_btf *btf, const char *vendor_module)
{
	memset(btf, 0, sizeof(*btf));
	btf->parts[0].name = "vmlinux";
	btf->parts[0].btf = btf__load_vmlinux_btf();
	if (!btf->parts[0].btf)
		return -errno;
	btf->part_cnt = 1;
	module_add(btf, "kvm");
	if (vendor_module)
		module_add(btf, vendor_module);
	return 0;
}

void kernel_btf_release(struct kernel_btf *btf)
{
	for (int i = btf->part_cnt - 1; i >= 0; i--) {
		btf__free(btf->parts[i].btf);
		if (i > 0)
			close(btf->parts[i].fd);
	}
	btf->part_cnt = 0;
}

static const char *returns_word(const struct btf *btf, __u32 type_id)
{
	const struct btf_type *type;

	if (!type_id)
		return "void";
	type = btf__type_by_id(btf, (__u32)btf__resolve_type(btf, type_id));
	if (type && btf_is_ptr(type))
		return "pointer";
	if (type && btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL)
		return "bool";
	return "int";
}

/*
 * The id of a function among a part's own types, or 0. Not btf__find_by_name_kind: in a
 * module that searches all of vmlinux first, which an emulated machine feels.
 */
static __u32 own_func_id(const struct kernel_btf *btf, int part_no, const char *name)
{
	const struct btf *types = btf->parts[part_no].btf;
	__u32 id = part_no ? btf__type_cnt(btf->parts[0].btf) : 1;

	for (__u32 end = btf__type_cnt(types); id < end; id++) {
		const struct btf_type *type = btf__type_by_id(types, id);

		if (btf_is_func(type) && !strcmp(btf__name_by_offset(types, type->name_off), name))
			return id;
	}
	return 0;
}

bool kernel_btf_func(const struct kernel_btf *btf, const char *name, struct kernel_func *func)
{
	for (int i = btf->part_cnt - 1; i >= 0; i--) {
		const struct kernel_btf_part *part = &btf->parts[i];
		__u32 type_id = own_func_id(btf, i, name);
		const struct btf_type *proto;

		if (!type_id)
			continue;
		proto = btf__type_by_id(part->btf, btf__type_by_id(part->btf, type_id)->type);
		func->part = part;
		func->type_id = (int32_t)type_id;
		func->arg_cnt = btf_vlen(proto);
		func->returns = returns_word(part->btf, proto->type);
		return true;
	}
	return false;
}
