/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Functions of user space: the programs that are executed, and wait for their probes. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
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

/*
 * A file that is looked through and probed. It is opened once, and that descriptor is all that is used of
 * it: a process may become another program at any time, and offsets of one file are no beginnings of
 * instructions in another.
 */
struct binary {
	int fd;
	char path[32];	     /* by which the kernel finds what the descriptor has open */
	char name[PATH_MAX]; /* for people and rules */
	struct seen_file file;
};

/* Returns 0 or -errno. */
static int binary_open(struct binary *binary, const char *path)
{
	struct stat st;
	ssize_t n;

	binary->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (binary->fd < 0)
		return -errno;
	if (fstat(binary->fd, &st)) {
		int err = -errno;

		close(binary->fd);
		return err;
	}
	binary->file = (struct seen_file){
		.ino = st.st_ino,
		.dev = (__u64)major(st.st_dev) << 20 | minor(st.st_dev),
	};
	snprintf(binary->path, sizeof(binary->path), "/proc/self/fd/%d", binary->fd);
	/* what is in /proc, as /proc/PID/exe, is a link to the program; else the path names it */
	n = readlink(strncmp(path, "/proc/", 6) ? path : binary->path, binary->name,
		     sizeof(binary->name) - 1);
	if (n < 0)
		snprintf(binary->name, sizeof(binary->name), "%s", path);
	else
		binary->name[n] = '\0';
	return 0;
}

/*
 * The kernel looks at an instruction only when a process has it mapped; who maps it later is not told
 * that there is no probe. So it is mapped here as long as it takes. NULL: it is not.
 */
static void *code_map(int fd, size_t *sz)
{
	struct stat st;
	void *code = MAP_FAILED;

	*sz = 0;
	if (!fstat(fd, &st) && st.st_size > 0) {
		*sz = (size_t)st.st_size;
		code = mmap(NULL, *sz, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	}
	return code == MAP_FAILED ? NULL : code;
}

static int user_funcs_attach(struct programs *programs, struct plan *plan,
			     const struct binary *binary, const struct user_funcs *funcs)
{
	int err = 0;
	size_t code_sz;
	void *code;

	if (!plan->can_uprobe || plan->options.detail == DETAIL_EXITS || plan->options.is_kernel_only ||
	    !funcs->cnt)
		return 0;
	code = code_map(binary->fd, &code_sz);
	for (uint32_t i = 0; i < funcs->cnt && !err; i++) {
		const struct user_func *func = &funcs->at[i];
		const struct probe_place place = {
			.name = binary->path, .file_off = func->file_off, .is_user = true,
			.is_entry_only = func->is_entry_only,
		};
		int id = plan_add_user(plan, binary->name, func);

		if (id < 0)
			err = id;
		else
			func_programs_attach(programs->funcs, &plan->funcs[id], (uint32_t)id, &place);
	}
	if (code)
		munmap(code, code_sz);
	return err;
}

static int binary_probe(struct programs *programs, struct plan *plan, const struct binary *binary)
{
	struct user_funcs funcs;
	int err = user_funcs_find(&funcs, binary->path, binary->name, programs->rules);

	if (!err)
		err = user_funcs_attach(programs, plan, binary, &funcs);
	user_report_cut(binary->name, &funcs);
	if (err == -ENOSPC)
		user_report_full(binary->name);
	user_funcs_release(&funcs);
	return err == -ENOEXEC ? 0 : err;
}

int programs_probe_binary(struct programs *programs, struct plan *plan, const char *path)
{
	struct bpf_map *seen = programs->skel->maps.seen;
	struct binary binary;
	__u8 one = 1;
	int err = binary_open(&binary, path);

	if (err)
		return err;
	if (bpf_map__lookup_elem(seen, &binary.file, sizeof(binary.file), &one, sizeof(one), 0)) {
		err = binary_probe(programs, plan, &binary);
		/* Only now: until its probes are there, each process that executes it stops for them. */
		bpf_map__update_elem(seen, &binary.file, sizeof(binary.file), &one, sizeof(one), BPF_ANY);
	}
	close(binary.fd);
	return err;
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
