/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Loads and attaches the eBPF programs as the plan says. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/explain.h"
#include "bpf/func_programs.h"
#include "bpf/in_effect.h"
#include "bpf/probe_event.h"
#include "bpf/programs_parts.h"

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int fixed_attach(struct programs *programs, const struct plan *plan)
{
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		const struct fixed_program *fixed = &fixed_programs[i];
		const struct plan_func *func = plan_func_find(plan, fixed->concept);
		struct bpf_program *prog = program_by_name(programs, fixed->name);
		struct bpf_link **link = &programs->fixed_links[i];

		if (!bpf_program__autoload(prog))
			continue;
		*link = fixed->rung == RUNG_KPROBE ?
				bpf_program__attach_kprobe(prog, fixed->is_return, func->symbol) :
				program_attach(prog);
		if (!*link)
			return -errno;
	}
	return 0;
}

/* Attached one by one, for the pattern programs must not be. */
static int attach(struct programs *programs, const struct plan *plan)
{
	struct kvmtree_bpf *skel = programs->skel;
	struct {
		struct bpf_program *program;
		struct bpf_link **link;
	} always[] = {
		{ skel->progs.on_fork, &skel->links.on_fork },
		{ skel->progs.on_exec, &skel->links.on_exec },
		{ skel->progs.on_exit, &skel->links.on_exit },
		{ skel->progs.on_free, &skel->links.on_free },
		{ skel->progs.on_switch, &skel->links.on_switch },
		{ skel->progs.on_waking, &skel->links.on_waking },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(always) / sizeof(always[0]); i++) {
		*always[i].link = program_attach(always[i].program);
		err = *always[i].link ? 0 : -errno;
	}
	for (int event = 0; !err && event < TP_EVENT_CNT; event++) {
		struct bpf_link **link = &programs->event_links[event];

		if (!plan_wants_event(plan, (enum tp_event)event))
			continue;
		*link = program_attach(program_of_event(programs, plan, event));
		err = *link ? 0 : -errno;
	}
	return err;
}

/* Does a program serve it that is there once? */
static bool is_fixed(const struct plan *plan, const struct plan_func *func)
{
	if (func->layer == LAYER_IOCTL && plan->options.detail == DETAIL_EXITS)
		return false;
	for (size_t i = 0; func->concept && i < FIXED_PROGRAM_CNT; i++)
		if (!strcmp(fixed_programs[i].concept, func->concept))
			return true;
	return false;
}

/* Is a program loaded anew for this function? */
static bool is_copied(const struct plan *plan, const struct plan_func *func)
{
	(void)plan;
	return func->layer != LAYER_IOCTL;
}

/* The functions one by one; one that the kernel refuses is missing then, and the rest goes on. */
static int funcs_attach(struct programs *programs, struct plan *plan,
			const struct programs_options *options)
{
	const struct func_patterns patterns = {
		.fentry = programs->skel->progs.fentry_func,
		.fexit = programs->skel->progs.fexit_func,
		.probe = programs->skel->progs.probe_func,
		.retprobe = programs->skel->progs.retprobe_func,
		.cookie = plan->can_cookie ? programs->skel->progs.cookie_func : NULL,
		.retcookie = plan->can_cookie ? programs->skel->progs.retcookie_func : NULL,
		.multi = programs->skel->progs.multi_func,
		.retmulti = programs->skel->progs.retmulti_func,
	};

	programs->funcs = func_programs_new(&patterns);
	if (!programs->funcs)
		return -ENOMEM;
	if (plan->options.detail == DETAIL_EXITS)
		return 0;
	if (func_programs_attach_multi(programs->funcs, plan))
		return -ENOMEM;
	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		struct plan_func *func = &plan->funcs[id];

		if (is_copied(plan, func) && (func->rung == RUNG_FENTRY || func->rung == RUNG_KPROBE))
			func_programs_attach(programs->funcs, func, id, NULL);
		if (options->on_progress)
			options->on_progress(options->context, id + 1, plan->func_cnt);
	}
	if (!in_effect_check(plan, is_copied))
		return 0;
	for (uint32_t id = 0; id < plan->func_cnt; id++)
		if (plan->funcs[id].is_vain && plan->funcs[id].rung == RUNG_KPROBE)
			func_programs_attach(programs->funcs, &plan->funcs[id], id, NULL);
	return 0;
}

/* Returns 0, or -errno: then there is no object. */
static int object_load(struct programs *programs, const struct plan *plan,
		       const struct programs_options *options)
{
	int err;

	programs->skel = kvmtree_bpf__open();
	if (!programs->skel)
		return -errno;
	err = programs_configure(programs, plan, options);
	if (!err)
		err = kvmtree_bpf__load(programs->skel);
	if (!err)
		return 0;
	kvmtree_bpf__destroy(programs->skel);
	programs->skel = NULL;
	return err;
}

static void object_unload(struct programs *programs)
{
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		bpf_link__destroy(programs->fixed_links[i]);
		programs->fixed_links[i] = NULL;
	}
	kvmtree_bpf__destroy(programs->skel);
	programs->skel = NULL;
}

/* Attaches what is there once; anew, by kprobe where fentry turns out to be in vain. */
static int fixed_start(struct programs *programs, struct plan *plan,
		       const struct programs_options *options)
{
	int err = fixed_attach(programs, plan);

	if (err || !in_effect_check(plan, is_fixed))
		return err;
	object_unload(programs);
	/* rounds want fentry on KVM_RUN */
	plan->has_rounds = plan->has_rounds && plan->funcs[IOCTL_FUNC_VCPU].rung == RUNG_FENTRY;
	err = object_load(programs, plan, options);
	return err ? err : fixed_attach(programs, plan);
}

int programs_start(struct programs **out, struct plan *plan, const struct programs_options *options,
		   char *why, size_t why_sz)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	int err;

	*out = NULL;
	if (!programs)
		return explain(-ENOMEM, why, why_sz, "no memory for the eBPF programs");
	programs->rules = options->rules;
	if (!options->is_verbose)
		libbpf_set_print(quiet);
	err = object_load(programs, plan, options);
	if (err && plan->has_rounds) {
		/* the verifier of a kernel that we do not know may not like them */
		plan->has_rounds = false;
		err = object_load(programs, plan, options);
	}
	if (err) {
		free(programs);
		return explain(err, why, why_sz, "the kernel refused the eBPF programs: %s",
			       strerror(-err));
	}
	err = fixed_start(programs, plan, options);
	if (!err)
		err = funcs_attach(programs, plan, options);
	if (!err)
		err = attach(programs, plan);
	if (err) {
		programs_stop(programs);
		return explain(err, why, why_sz, "the eBPF programs cannot be attached: %s",
			       strerror(-err));
	}
	*out = programs;
	return 0;
}

void programs_hush(struct programs *programs)
{
	struct bpf_map *traced = programs->skel->maps.traced;
	__u32 key;

	programs->skel->bss->is_ending = true;
	while (!bpf_map__get_next_key(traced, NULL, &key, sizeof(key)))
		if (bpf_map__delete_elem(traced, &key, sizeof(key), 0))
			break;
	/* who has a slot is not looked up any more */
	for (int i = 0; i < SLOT_CNT; i++) {
		struct slot *slot = &programs->skel->bss->slots[i];

		if (slot->pid_tgid)
			slot->pid_tgid = 0;
	}
	/* It waits until all CPUs have left the programs that they are in: who got past the flag has
	 * written its record then. With one CPU there is nobody else, and it may fail. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

void programs_rounds_left(struct programs *programs, programs_rounds_fn *fn, void *context)
{
	for (int i = 0; i < SLOT_CNT; i++) {
		struct slot *slot = &programs->skel->bss->slots[i];
		struct ring_rounds *rounds = &slot->rounds;

		if (rounds->cnt)
			fn(context, rounds);
		if (slot->parts) {
			rounds->parts = slot->parts;
			rounds->cnt = 1;
			rounds->times[0] = slot->now;
			fn(context, rounds);
		}
		if (rounds->cnt)
			rounds->cnt = slot->parts = 0;
	}
}

void programs_counts_left(struct programs *programs, programs_count_fn *fn, void *context)
{
	for (int i = 0; i < SLOT_CNT; i++) {
		const struct slot *slot = &programs->skel->bss->slots[i];
		struct rec_vcpu_counter counter = {
			.header = slot->rounds.header,
			.vm = slot->rounds.vm,
			.exits = slot->entry_exits + slot->exits_since,
			.vcpu_id = (__u32)slot->rounds.vcpu_id,
		};

		if (slot->based)
			fn(context, &counter);
	}
}

static void detach(struct programs *programs)
{
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		bpf_link__destroy(programs->fixed_links[i]);
		programs->fixed_links[i] = NULL;
	}
	for (int event = 0; event < TP_EVENT_CNT; event++) {
		bpf_link__destroy(programs->event_links[event]);
		programs->event_links[event] = NULL;
	}
	func_programs_free(programs->funcs);
	programs->funcs = NULL;
	if (programs->skel)
		kvmtree_bpf__detach(programs->skel);
}

void programs_stop(struct programs *programs)
{
	if (!programs)
		return;
	detach(programs);
	kvmtree_bpf__destroy(programs->skel);
	free(programs);
}

int programs_trace(struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 how = TRACED_YES;

	return bpf_map__update_elem(programs->skel->maps.traced, &key, sizeof(key), &how,
				    sizeof(how), BPF_ANY);
}

void programs_trace_all(struct programs *programs)
{
	programs->skel->bss->wants_all = true;
}

void programs_refuse(struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 how = TRACED_REFUSED;

	/* it may have ended meanwhile */
	if (bpf_map__update_elem(programs->skel->maps.traced, &key, sizeof(key), &how, sizeof(how),
				 BPF_EXIST))
		return;
	for (int i = 0; i < SLOT_CNT; i++) {
		struct slot *slot = &programs->skel->bss->slots[i];

		if (slot->pid_tgid >> 32 == key)
			slot->mute = MUTE_PROCESS;
	}
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

/*
 * The kernel looks at an instruction only when a process has it mapped; who maps it later is not told
 * that there is no probe. So it is mapped here as long as it takes. NULL: it is not.
 */
static void *code_map(const char *path, size_t *sz)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *code = MAP_FAILED;

	*sz = 0;
	if (fd >= 0 && !fstat(fd, &st) && st.st_size > 0) {
		*sz = (size_t)st.st_size;
		code = mmap(NULL, *sz, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	return code == MAP_FAILED ? NULL : code;
}

static int user_funcs_attach(struct programs *programs, struct plan *plan, const char *path,
			     const char *name, const struct user_funcs *funcs)
{
	int err = 0;
	size_t code_sz;
	void *code;

	if (!plan->can_uprobe || plan->options.detail == DETAIL_EXITS || plan->options.is_kernel_only ||
	    !funcs->cnt)
		return 0;
	code = code_map(path, &code_sz);
	for (uint32_t i = 0; i < funcs->cnt && !err; i++) {
		const struct user_func *func = &funcs->at[i];
		const struct probe_place place = {
			.name = path, .file_off = func->file_off, .is_user = true,
			.is_entry_only = func->is_entry_only,
		};
		int id = plan_add_user(plan, name, func);

		if (id < 0)
			err = id;
		else
			func_programs_attach(programs->funcs, &plan->funcs[id], (uint32_t)id, &place);
	}
	if (code)
		munmap(code, code_sz);
	return err;
}

int programs_probe_binary(struct programs *programs, struct plan *plan, const char *path)
{
	struct bpf_map *seen = programs->skel->maps.seen;
	char target[PATH_MAX];
	struct user_funcs funcs;
	struct seen_file file;
	__u8 one = 1;
	ssize_t n;
	int err;

	if (!file_of(path, &file) ||
	    !bpf_map__lookup_elem(seen, &file, sizeof(file), &one, sizeof(one), 0))
		return 0;
	/* /proc/PID/exe is a link to the program; else the path names it */
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	err = user_funcs_find(&funcs, path, n < 0 ? path : target, programs->rules);
	if (!err)
		err = user_funcs_attach(programs, plan, path, n < 0 ? path : target, &funcs);
	user_funcs_release(&funcs);
	/* Only now: until its probes are there, each process that executes it stops for them. */
	bpf_map__update_elem(seen, &file, sizeof(file), &one, sizeof(one), BPF_ANY);
	return err == -ENOEXEC ? 0 : err;
}

int programs_stopped_fd(const struct programs *programs)
{
	return bpf_map__fd(programs->skel->maps.stopped);
}

void programs_let_go(struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;

	kill(tgid, SIGCONT);
	bpf_map__delete_elem(programs->skel->maps.stopped, &key, sizeof(key), 0);
}

int programs_ring_fd(const struct programs *programs)
{
	return bpf_map__fd(programs->skel->maps.ring);
}

void programs_cpu_losses(const struct programs *programs, programs_cpu_loss_fn *fn, void *context)
{
	int cpu_cnt = libbpf_num_possible_cpus();
	struct cpu_loss *each = cpu_cnt > 0 ? calloc((size_t)cpu_cnt, sizeof(*each)) : NULL;
	__u32 zero = 0;

	if (each && !bpf_map__lookup_elem(programs->skel->maps.loss, &zero, sizeof(zero), each,
					  (size_t)cpu_cnt * sizeof(*each), 0))
		for (int cpu = 0; cpu < cpu_cnt; cpu++)
			if (each[cpu].total)
				fn(context, cpu, &each[cpu]);
	free(each);
}

static void loss_add(void *context, int cpu, const struct cpu_loss *loss)
{
	(void)cpu;
	*(uint64_t *)context += loss->total;
}

uint64_t programs_lost(const struct programs *programs)
{
	uint64_t sum = 0;

	programs_cpu_losses(programs, loss_add, &sum);
	return sum;
}

void programs_misses(const struct programs *programs, const struct plan *plan, programs_miss_fn *fn,
		     void *context)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, programs->skel->obj) {
		uint64_t missed = bpf_program__fd(prog) < 0 ? 0 : program_misses(bpf_program__fd(prog));

		if (missed)
			fn(context, bpf_program__name(prog), missed);
	}
	func_programs_misses(programs->funcs, plan, fn, context);
}
