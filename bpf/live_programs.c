/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Chooses the programs that see entries, exits and ends of vCPUs: what the kernel can do decides. */
#include "bpf/live_programs.h"

#include <errno.h>
#include <stdbool.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf/privileges.h"
#include "bpf/tracepoint_fields.h"
#include "bpf/live.skel.h"

/*
 * Until 5.17 the tracepoint kvm_exit had the reason as its first argument. The type of its handler says
 * which it is: its own first argument is the tracepoint's data. Kernels of that age without BTF for
 * modules are older than the change.
 */
static bool is_reason_first(void)
{
	struct btf *vmlinux = btf__load_vmlinux_btf(), *kvm = btf__load_module_btf("kvm", vmlinux);
	const struct btf *btf = kvm ? kvm : vmlinux;
	const struct btf_type *type;
	bool is_first = true;
	int id = btf ? btf__find_by_name_kind(btf, "btf_trace_kvm_exit", BTF_KIND_TYPEDEF) : -ENOENT;

	if (id > 0) {
		type = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);
		type = btf_is_ptr(type) ? btf__type_by_id(btf, type->type) : type;
		is_first = btf_is_func_proto(type) && btf_vlen(type) > 1 &&
			   !btf_is_ptr(btf__type_by_id(btf, btf_params(type)[1].type));
	}
	btf__free(kvm);
	btf__free(vmlinux);
	return is_first;
}

/* Does the kernel, or this module of it, describe this type? Where the vCPU keeps its exit reason. */
static bool has_type(const char *module, const char *name)
{
	struct btf *vmlinux = btf__load_vmlinux_btf(), *btf = btf__load_module_btf(module, vmlinux);
	bool is_there = (btf ? btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT) :
			 vmlinux ? btf__find_by_name_kind(vmlinux, name, BTF_KIND_STRUCT) : -ENOENT) > 0;

	btf__free(btf);
	btf__free(vmlinux);
	return is_there;
}

void live_programs_choose(struct live_programs *programs, struct live_bpf *skel, enum destroy_rung rung)
{
	struct bpf_program *choices[] = {
		skel->progs.live_entry, skel->progs.live_entry_event, skel->progs.live_exit,
		skel->progs.live_exit_old, skel->progs.live_exit_event, skel->progs.live_destroy,
		skel->progs.live_destroy_kprobe,
	};

	programs->entry = skel->progs.live_entry;
	if (is_reason_first()) {
		programs->exit = skel->progs.live_exit_old;
	} else if (privileges_effective() & CAP_BIT(CAP_SYS_ADMIN) && /* else libbpf gets no module's types */
		   (has_type("kvm_amd", "vcpu_svm") || has_type("kvm_intel", "vcpu_vmx"))) {
		programs->exit = skel->progs.live_exit;
	} else {
		programs->exit = skel->progs.live_exit_event;
		programs->entry = skel->progs.live_entry_event;
	}
	programs->destroy = rung == BY_FENTRY ? skel->progs.live_destroy :
			    rung == BY_KPROBE ? skel->progs.live_destroy_kprobe : NULL;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct bpf_program *program = choices[i];

		bpf_program__set_autoload(program, program == programs->entry ||
						   program == programs->exit ||
						   program == programs->destroy);
	}
}
