/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Functions of user space: the programs that are executed, and wait for their probes. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/func_programs.h"
#include "bpf/probe_event.h"
#include "bpf/programs_parts.h"
#include "bpf/user_report.h"

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
	user_report_cut(n < 0 ? path : target, &funcs);
	if (err == -ENOSPC)
		user_report_full(n < 0 ? path : target);
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
