/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* VMMs that run already. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/running_vmm.h"

#define CMDLINE_MAX 4096

/* Calls fn for each entry of a folder of /proc whose name is a number. */
static int numbers_each(const char *path, int (*fn)(void *context, long number), void *context)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while (!err && (entry = readdir(dir))) {
		char *end;
		long number = strtol(entry->d_name, &end, 10);

		if (end != entry->d_name && !*end)
			err = fn(context, number);
	}
	closedir(dir);
	return err;
}

/* KVM names its descriptors: anon_inode:kvm-vm, anon_inode:kvm-vcpu:0. */
static int descriptor_look(void *context, long fd)
{
	struct running_vmm *vmm = context;
	char path[64], target[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%ld", (int)vmm->pid, fd);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return 0; /* closed meanwhile */
	target[n] = '\0';
	if (!strcmp(target, "anon_inode:kvm-vm")) {
		if (vmm->vm_cnt < VMM_FDS_MAX)
			vmm->vm_fds[vmm->vm_cnt] = (int)fd;
		vmm->vm_cnt++;
	}
	vmm->vcpu_cnt += !strncmp(target, "anon_inode:kvm-vcpu:", 20);
	return 0;
}

/* One file of a process, as text. Returns its size or -errno. */
static ssize_t proc_read(pid_t pid, const char *name, char *text, size_t text_sz)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, text_sz - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n;
}

/* QEMU's -name: "web", "guest=web,debug-threads=on", "web,process=x". */
static void guest_name_take(const char *value, char *out, size_t out_sz)
{
	const char *guest = !strncmp(value, "guest=", 6) ? value : strstr(value, ",guest=");

	if (guest)
		value = strchr(guest, '=') + 1;
	else if (memchr(value, '=', strcspn(value, ",")))
		return; /* debug-threads=on and its like alone name nothing */
	snprintf(out, out_sz, "%.*s", (int)strcspn(value, ","), value);
}

int running_vmm_names(struct running_vmm *vmm, pid_t pid)
{
	char comm[REC_COMM_MAX + 1], text[CMDLINE_MAX];
	bool is_name = false;
	ssize_t n;

	*vmm = (struct running_vmm){ .pid = pid };
	if (proc_read(pid, "comm", comm, sizeof(comm)) < 0)
		return -ESRCH;
	comm[strcspn(comm, "\n")] = '\0';
	memcpy(vmm->comm, comm, sizeof(vmm->comm));
	vmm->comm[sizeof(vmm->comm) - 1] = '\0';
	n = proc_read(pid, "cmdline", text, sizeof(text));
	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(text + at) + 1) {
		const char *word = text + at;

		if (is_name)
			guest_name_take(word, vmm->name, sizeof(vmm->name));
		is_name = !is_name && (!strcmp(word, "-name") || !strcmp(word, "--name"));
	}
	return 0;
}

pid_t running_process_of(pid_t tid)
{
	char text[CMDLINE_MAX];
	const char *line = proc_read(tid, "status", text, sizeof(text)) > 0 ? strstr(text, "\nTgid:") : NULL;

	return line ? (pid_t)strtol(line + strlen("\nTgid:"), NULL, 10) : -ESRCH;
}

int running_vmm_may_trace(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : errno == EACCES || errno == EPERM ? -EPERM : -ESRCH;
}

int running_vmm_read(struct running_vmm *vmm, pid_t pid)
{
	char path[64];
	int err = running_vmm_names(vmm, pid);

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	return numbers_each(path, descriptor_look, vmm);
}

struct vmms_visit {
	running_vmm_fn *fn;
	void *context;
};

static int process_visit(void *context, long pid)
{
	const struct vmms_visit *visit = context;
	struct running_vmm vmm;

	if (running_vmm_read(&vmm, (pid_t)pid) || !vmm.vm_cnt)
		return 0;
	return visit->fn(visit->context, &vmm);
}

int running_vmms_each(running_vmm_fn *fn, void *context)
{
	struct vmms_visit visit = { fn, context };

	return numbers_each("/proc", process_visit, &visit);
}

struct threads_visit {
	running_thread_fn *fn;
	void *context;
};

static int thread_visit(void *context, long tid)
{
	const struct threads_visit *visit = context;

	return visit->fn(visit->context, (pid_t)tid);
}

int running_threads_each(pid_t pid, running_thread_fn *fn, void *context)
{
	struct threads_visit visit = { fn, context };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	return numbers_each(path, thread_visit, &visit);
}

char **running_vmm_command(pid_t pid)
{
	char text[CMDLINE_MAX], *copy;
	ssize_t n = proc_read(pid, "cmdline", text, sizeof(text));
	size_t word_cnt = 0, i = 0;
	char **words;

	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(text + at) + 1)
		word_cnt++;
	if (!word_cnt)
		return NULL;
	words = malloc((word_cnt + 1) * sizeof(*words) + (size_t)n + 1);
	if (!words)
		return NULL;
	copy = (char *)(words + word_cnt + 1);
	memcpy(copy, text, (size_t)n + 1);
	for (; i < word_cnt; copy += strlen(copy) + 1)
		words[i++] = copy;
	words[i] = NULL;
	return words;
}
