/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Loads and attaches the eBPF programs as the plan says. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/membarrier.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/elf_symbols.h"
#include "bpf/func_programs.h"
#include "bpf/kvmtree.skel.h"
#include "bpf/programs.h"

struct programs {
	struct kvmtree_bpf *skel;
	struct func_programs *funcs;
	struct bpf_link *event_links[TP_EVENT_CNT];
	struct bpf_link **user_links;
	size_t user_link_cnt;
	int tracepoint_cnt;
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int fail(int err, char *why, size_t why_sz, const char *what)
{
	snprintf(why, why_sz, "%s: %s", what, strerror(-err));
	return err;
}

/* The program that serves a tracepoint, by enum tp_event. */
static struct bpf_program *event_program(struct programs *programs, int event)
{
	char name[64];

	snprintf(name, sizeof(name), "on_%s", tp_event_names[event]);
	return bpf_object__find_program_by_name(programs->skel->obj, name);
}

/* Before loading: where the fields lie, how large the ring is, which programs are wanted. */
static int configure(struct programs *programs, const struct plan *plan,
		     const struct programs_options *options)
{
	struct kvmtree_bpf *skel = programs->skel;
	const struct {
		struct bpf_program *program;
		const char *function;
	} targets[] = {
		{ skel->progs.dev_ioctl_enter, "kvm_dev_ioctl" },
		{ skel->progs.dev_ioctl_exit, "kvm_dev_ioctl" },
		{ skel->progs.vm_ioctl_enter, "kvm_vm_ioctl" },
		{ skel->progs.vm_ioctl_exit, "kvm_vm_ioctl" },
		{ skel->progs.vcpu_ioctl_enter, "kvm_vcpu_ioctl" },
		{ skel->progs.vcpu_ioctl_exit, "kvm_vcpu_ioctl" },
		{ skel->progs.vcpu_destroy_enter, "kvm_arch_vcpu_destroy" },
		/* patterns for func_programs.c; any function will do to have them verified */
		{ skel->progs.kernel_func_enter, "kvm_vm_ioctl" },
		{ skel->progs.kernel_func_exit, "kvm_vm_ioctl" },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(targets) / sizeof(targets[0]); i++)
		err = bpf_program__set_attach_target(targets[i].program, 0, targets[i].function);
	for (int event = 0; !err && event < TP_EVENT_CNT; event++)
		err = bpf_program__set_autoload(event_program(programs, event),
						plan->tracepoints.is_there[event]);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.ring, (__u32)options->ring_sz);
	memcpy((void *)skel->rodata->tp_places, plan->tracepoints.places,
	       sizeof(plan->tracepoints.places));
	return err;
}

/* Attached one by one, for the pattern programs must not be. */
static int attach(struct programs *programs, const struct plan *plan)
{
	struct kvmtree_bpf *skel = programs->skel;
	struct {
		struct bpf_program *program;
		struct bpf_link **link;
	} always[] = {
		{ skel->progs.dev_ioctl_enter, &skel->links.dev_ioctl_enter },
		{ skel->progs.dev_ioctl_exit, &skel->links.dev_ioctl_exit },
		{ skel->progs.vm_ioctl_enter, &skel->links.vm_ioctl_enter },
		{ skel->progs.vm_ioctl_exit, &skel->links.vm_ioctl_exit },
		{ skel->progs.vcpu_ioctl_enter, &skel->links.vcpu_ioctl_enter },
		{ skel->progs.vcpu_ioctl_exit, &skel->links.vcpu_ioctl_exit },
		{ skel->progs.vcpu_destroy_enter, &skel->links.vcpu_destroy_enter },
		{ skel->progs.on_fork, &skel->links.on_fork },
		{ skel->progs.on_exec, &skel->links.on_exec },
		{ skel->progs.on_exit, &skel->links.on_exit },
		{ skel->progs.on_free, &skel->links.on_free },
	};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		*always[i].link = bpf_program__attach(always[i].program);
		if (!*always[i].link)
			return -errno;
	}
	for (int event = 0; event < TP_EVENT_CNT; event++) {
		struct bpf_link **link = &programs->event_links[event];

		if (!plan->tracepoints.is_there[event])
			continue;
		*link = bpf_program__attach(event_program(programs, event));
		if (!*link)
			return -errno;
		programs->tracepoint_cnt++;
	}
	return 0;
}

int programs_start(struct programs **out, struct plan *plan, const struct programs_options *options,
		   char *why, size_t why_sz)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	int err;

	*out = NULL;
	if (!programs)
		return fail(-ENOMEM, why, why_sz, "no memory for the eBPF programs");
	if (!options->is_verbose)
		libbpf_set_print(quiet);
	programs->skel = kvmtree_bpf__open();
	if (!programs->skel) {
		free(programs);
		return fail(-errno, why, why_sz, "the eBPF programs cannot be opened");
	}
	err = configure(programs, plan, options);
	if (err) {
		fail(err, why, why_sz, "the eBPF programs do not fit this kernel");
		goto failed;
	}
	err = kvmtree_bpf__load(programs->skel);
	if (err) {
		fail(err, why, why_sz, "the kernel refused the eBPF programs");
		goto failed;
	}
	programs->funcs = func_programs_attach(
		plan, bpf_program__insns(programs->skel->progs.kernel_func_enter),
		bpf_program__insn_cnt(programs->skel->progs.kernel_func_enter),
		bpf_program__insns(programs->skel->progs.kernel_func_exit),
		bpf_program__insn_cnt(programs->skel->progs.kernel_func_exit));
	err = programs->funcs ? attach(programs, plan) : -ENOMEM;
	if (err) {
		fail(err, why, why_sz, "the eBPF programs cannot be attached");
		goto failed;
	}
	*out = programs;
	return 0;
failed:
	programs_stop(programs);
	return err;
}

void programs_hush(struct programs *programs)
{
	struct bpf_map *traced = programs->skel->maps.traced;
	__u32 key;

	programs->skel->bss->is_ending = true;
	/* It waits until all CPUs have left the programs that they are in: who got past the flag has
	 * written its record then. With one CPU there is nobody else, and it may fail. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);

	while (!bpf_map__get_next_key(traced, NULL, &key, sizeof(key)))
		if (bpf_map__delete_elem(traced, &key, sizeof(key), 0))
			break;
}

static void detach(struct programs *programs)
{
	for (size_t i = 0; i < programs->user_link_cnt; i++)
		bpf_link__destroy(programs->user_links[i]);
	programs->user_link_cnt = 0;
	for (int event = 0; event < TP_EVENT_CNT; event++) {
		bpf_link__destroy(programs->event_links[event]);
		programs->event_links[event] = NULL;
	}
	func_programs_detach(programs->funcs);
	programs->funcs = NULL;
	kvmtree_bpf__detach(programs->skel);
}

void programs_stop(struct programs *programs)
{
	if (!programs)
		return;
	detach(programs);
	free(programs->user_links);
	kvmtree_bpf__destroy(programs->skel);
	free(programs);
}

int programs_trace(struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 one = 1;

	return bpf_map__update_elem(programs->skel->maps.traced, &key, sizeof(key), &one,
				    sizeof(one), BPF_ANY);
}

bool programs_is_traced(const struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 one;

	return !bpf_map__lookup_elem(programs->skel->maps.traced, &key, sizeof(key), &one,
				     sizeof(one), 0);
}

static bool file_of(const char *path, struct seen_file *file)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	file->ino = st.st_ino;
	file->dev = (__u64)major(st.st_dev) << 20 | minor(st.st_dev);
	return true;
}

/* A uprobe and a uretprobe on one function, whose row in the plan is `id`. */
static int user_func_attach(struct programs *programs, int id, const char *path,
			    const struct user_func *func)
{
	LIBBPF_OPTS(bpf_uprobe_opts, enter, .bpf_cookie = (__u64)id);
	LIBBPF_OPTS(bpf_uprobe_opts, leave, .bpf_cookie = (__u64)id, .retprobe = true);
	struct bpf_link **links = &programs->user_links[programs->user_link_cnt];

	links[0] = bpf_program__attach_uprobe_opts(programs->skel->progs.user_func_exit, -1, path,
						   func->file_off, &leave);
	if (!links[0])
		return -errno;
	links[1] = bpf_program__attach_uprobe_opts(programs->skel->progs.user_func_enter, -1, path,
						   func->file_off, &enter);
	if (!links[1]) {
		int err = -errno;

		bpf_link__destroy(links[0]);
		return err;
	}
	programs->user_link_cnt += 2;
	return 0;
}

static int user_funcs_attach(struct programs *programs, struct plan *plan, const char *path,
			     const char *name, const struct user_func *funcs, int cnt)
{
	struct bpf_link **links = realloc(programs->user_links,
					  (programs->user_link_cnt + 2 * (size_t)cnt) *
						  sizeof(*links));

	if (!links)
		return -ENOMEM;
	programs->user_links = links;
	for (int i = 0; i < cnt; i++) {
		int id = plan_add_user(plan, name, funcs[i].symbol, funcs[i].args,
				       funcs[i].returns);
		int err = id < 0 ? id : user_func_attach(programs, id, path, &funcs[i]);

		if (id < 0)
			return id;
		if (err) {
			plan->funcs[id].rung = RUNG_MISSING;
			snprintf(plan->funcs[id].note, sizeof(plan->funcs[id].note),
				 "the kernel refused a uprobe: %s", strerror(-err));
		}
	}
	return cnt;
}

int programs_probe_binary(struct programs *programs, struct plan *plan, const char *path)
{
	struct bpf_map *seen = programs->skel->maps.seen;
	char target[PATH_MAX];
	struct user_func *funcs;
	struct seen_file file;
	__u8 one = 1;
	ssize_t n;
	int cnt;

	if (!file_of(path, &file) ||
	    !bpf_map__lookup_elem(seen, &file, sizeof(file), &one, sizeof(one), 0))
		return 0;
	/* /proc/PID/exe is a link to the program; else the path names it */
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	cnt = elf_user_funcs(path, &funcs);
	if (cnt > 0)
		cnt = user_funcs_attach(programs, plan, path, n < 0 ? path : target, funcs, cnt);
	free(funcs);
	/* Only now: until its probes are there, each process that executes it stops for them. */
	bpf_map__update_elem(seen, &file, sizeof(file), &one, sizeof(one), BPF_ANY);
	return cnt == -ENOEXEC ? 0 : cnt;
}

int programs_ring_fd(const struct programs *programs)
{
	return bpf_map__fd(programs->skel->maps.ring);
}

void programs_loss(const struct programs *programs, struct cpu_loss *sum)
{
	int cpu_cnt = libbpf_num_possible_cpus();
	struct cpu_loss *each = cpu_cnt > 0 ? calloc((size_t)cpu_cnt, sizeof(*each)) : NULL;
	__u32 zero = 0;

	memset(sum, 0, sizeof(*sum));
	if (each && !bpf_map__lookup_elem(programs->skel->maps.loss, &zero, sizeof(zero), each,
					  (size_t)cpu_cnt * sizeof(*each), 0)) {
		for (int i = 0; i < cpu_cnt; i++) {
			sum->untold += each[i].untold;
			sum->total += each[i].total;
		}
	}
	free(each);
}

struct programs_counts programs_counts(const struct programs *programs)
{
	return (struct programs_counts){
		.functions = func_programs_count(programs->funcs),
		.tracepoints = programs->tracepoint_cnt,
		.user_functions = (int)programs->user_link_cnt / 2,
	};
}
