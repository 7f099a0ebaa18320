/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The type information of the running kernel and its KVM modules. */
#ifndef KVMTREE_KERNEL_BTF_H
#define KVMTREE_KERNEL_BTF_H

#include <stdbool.h>
#include <stdint.h>

struct btf;

#define KERNEL_BTF_MODULES_MAX 3

/* One BTF: vmlinux (fd 0, as the kernel wants it) or a module's. */
struct kernel_btf_part {
	const char *name;
	struct btf *btf;
	int fd;
	uint32_t *func_ids; /* its own functions, hashed by name; 0: a free place */
	uint32_t func_ids_mask;
};

struct kernel_btf {
	struct kernel_btf_part parts[KERNEL_BTF_MODULES_MAX];
	int part_cnt;
};

/* A function as BTF knows it. */
struct kernel_func {
	const struct kernel_btf_part *part;
	int32_t type_id;
	uint32_t proto_id;   /* its arguments and result: btf_words.h */
	const char *returns; /* btf_base_word */
};

/*
 * Loads vmlinux' BTF, and those of `kvm` and of the vendor's module where they are modules.
 * Returns 0, -ENOENT when the kernel has none, or -errno.
 */
int kernel_btf_load(struct kernel_btf *btf, const char *vendor_module);
void kernel_btf_release(struct kernel_btf *btf);

/* Whether kvm, or the vendor's module, is a module whose BTF is not there. */
bool kernel_btf_lacks(const struct kernel_btf *btf, const char *module);

/* True when a function of this name can be had by fentry as far as BTF can tell. */
bool kernel_btf_func(const struct kernel_btf *btf, const char *name, struct kernel_func *func);

/* The same for a function of this module, or of "vmlinux". */
bool kernel_btf_module_func(const struct kernel_btf *btf, const char *module, const char *name,
			    struct kernel_func *func);

/* Whether the first argument of a tracepoint is a pointer to this struct. */
bool kernel_btf_tracepoint_takes(const struct kernel_btf *btf, const char *tracepoint,
				 const char *struct_name);

/* Whether eBPF programs may call this helper, "get_func_arg" for example, on this kernel. */
bool kernel_btf_has_helper(const struct kernel_btf *btf, const char *helper);

struct bpf_program;

/*
 * Before an object is loaded, with any fentry program of it: has libbpf look through the modules' BTF. It does so
 * once for an object, and where the user may not (that takes CAP_SYS_ADMIN), it refuses the object if a weak
 * variable is what it looks for, as in vmcb.bpf.h; but not if it has failed before.
 */
void kernel_btf_modules_try(struct bpf_program *fentry);

#endif
