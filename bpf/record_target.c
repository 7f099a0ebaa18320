/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds whom to record, and says what is wrong with whom was asked for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/environment.h"
#include "bpf/record_say.h"
#include "bpf/record_target.h"

char *const *target_command(const struct target *target)
{
	static char *const all[] = { (char *)"all VMMs", NULL };

	return target->is_all ? all : target->pid ? target->attached_command : target->options->command;
}

static int vmm_list(void *context, const struct running_vmm *vmm)
{
	bool *is_any = context;

	if (!*is_any)
		fprintf(stderr, "  %-16s %-16s %s\n", "PID-FD", "PROGRAM", "NAME");
	*is_any = true;
	for (unsigned int i = 0; i < vmm->vm_cnt && i < VMM_FDS_MAX; i++) {
		char pid_fd[32];

		snprintf(pid_fd, sizeof(pid_fd), "%d-%d", (int)vmm->pid, vmm->vm_fds[i]);
		fprintf(stderr, "  %-16s %-16s %s\n", pid_fd, vmm->comm, *vmm->name ? vmm->name : "-");
	}
	return 0;
}

/* Nobody has the name: who is there? */
static int name_complain(const struct selection_wish *wish)
{
	bool is_any = false;

	complain("--vm %s: no VM that runs here is called so, by its guest's name, its program's or as "
		 "PID-FD; there %s", wish->vm, "are:");
	running_vmms_each(vmm_list, &is_any);
	if (!is_any)
		fprintf(stderr, "  none that you may see\n");
	return 1;
}

struct naming {
	const struct selection_wish *wish;
	pid_t pid; /* of the first one */
};

static int vmm_name(void *context, const struct running_vmm *vmm)
{
	struct naming *naming = context;

	if (!selection_is_named(naming->wish, vmm))
		return 0;
	naming->pid = vmm->pid;
	return 1;
}

/* Of all VMMs those with the name. By PID-FD it is one, and when that ends, nothing more can come. */
static int all_find(struct target *target)
{
	struct naming naming = { &target->options->wish, 0 };

	target->is_all = true;
	if (!naming.wish->vm)
		return 0;
	running_vmms_each(vmm_name, &naming);
	if (!naming.pid)
		return name_complain(naming.wish);
	if (naming.wish->vm_pid) {
		target->is_all = false;
		target->pid = naming.pid;
	}
	return 0;
}

static int attach_complain(pid_t pid, int err)
{
	if (err == -EPERM || err == -EACCES)
		return complain("attaching to process %d: you may not trace it: it is another user's, or "
				"more privileged than you; run it as root", (int)pid);
	return complain("attaching to process %d: %s; `pgrep -a qemu` and its like show which there are",
			(int)pid, strerror(-err));
}

/* The process must be there, ours to trace, a VMM, and the one that was named. */
static int pid_find(struct target *target)
{
	struct running_vmm vmm;
	int err = 0;

	if (!environment_may_trace_all())
		err = running_vmm_may_trace(target->pid);
	if (!err)
		err = running_vmm_read(&vmm, target->pid);
	if (err)
		return attach_complain(target->pid, err);
	free(target->attached_command);
	target->attached_command = running_vmm_command(vmm.pid);
	if (!target->attached_command) /* it has ended, and waits for its parent */
		return attach_complain(target->pid, -ESRCH);
	if (!vmm.vm_cnt)
		return complain("attaching to process %d: %s has no VM; start the recording with "
				"the VMM: `kvmtree record -- COMMAND`", vmm.pid, vmm.comm);
	return selection_is_named(&target->options->wish, &vmm) ? 0 :
								  name_complain(&target->options->wish);
}

int target_find(struct target *target, const struct record_options *options)
{
	int status = 0;

	target->options = options;
	target->pid = options->pid;
	if (options->is_all)
		status = all_find(target);
	return !status && target->pid ? pid_find(target) : status;
}

int target_open(struct target *target)
{
	const struct record_options *options = target->options;
	int err;

	if (target->is_all)
		return 0;
	if (target->pid) {
		target->fd = (int)syscall(SYS_pidfd_open, target->pid, 0);
		/* it is looked at again, for another may have its number by now */
		return target->fd < 0 ? attach_complain(target->pid, -errno) : pid_find(target);
	}
	err = child_fork(&target->child, options->command, !strcmp(options->output, "-"));
	if (err)
		return complain("starting %s: %s", options->command[0], strerror(-err));
	target->child_is_there = true;
	target->fd = dup(target->child.pidfd);
	return 0;
}

struct attaching {
	const struct target *target;
	struct recorder *recorder;
};

static int vmm_attach(void *context, const struct running_vmm *vmm)
{
	const struct attaching *to = context;
	const struct record_options *options = to->target->options;
	char path[64];

	if (!selection_is_named(&options->wish, vmm) ||
	    (!environment_may_trace_all() && running_vmm_may_trace(vmm->pid)))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)vmm->pid);
	if (access(path, R_OK))
		complain("the program of %s (%d) cannot be read: %s; its functions are not recorded",
			 vmm->comm, (int)vmm->pid, strerror(errno));
	recorder_probe(to->recorder, path);
	if (!options->is_quiet)
		fprintf(stderr, "kvmtree record: attached to %s (%d): %u VMs, %u vCPUs\n", vmm->comm,
			(int)vmm->pid, vmm->vm_cnt, vmm->vcpu_cnt);
	/* who ends meanwhile has nothing to be recorded any more */
	recorder_attach(to->recorder, vmm);
	return 0;
}

int target_trace(struct target *target, struct recorder *recorder, struct programs *programs)
{
	struct attaching to = { target, recorder };
	struct running_vmm vmm;
	int err;

	if (target->child_is_there)
		err = programs_trace(programs, target->child.pid);
	else if (target->is_all)
		err = running_vmms_each(vmm_attach, &to);
	else
		err = running_vmm_read(&vmm, target->pid);
	if (err && !target->pid)
		return complain("beginning to trace: %s", strerror(-err));
	if (target->is_all)
		programs_trace_all(programs);
	if (!target->pid)
		return 0;
	if (err || !vmm.vm_cnt)
		return complain("attaching to process %d: it has ended meanwhile, or its VM has",
				(int)target->pid);
	return vmm_attach(&to, &vmm);
}

void target_release(struct target *target)
{
	if (target->child_is_there)
		child_release(&target->child);
	if (target->fd >= 0)
		close(target->fd);
	free(target->attached_command);
}
