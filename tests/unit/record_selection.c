/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which VMM a name means, and what becomes of the records of the others. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "bpf/selection.h"

static void lists_of_vcpus(void **state)
{
	static const char *const wrong[] = { "", ",", "1,", ",1", "a", "-1", "1-", "2-1", "4096", "0-4096",
					     "1 2", "1;2", "0x1", "99999999999999999999", "1--2" };
	uint64_t vcpus[VCPU_WORDS];

	(void)state;
	assert_true(selection_parse_vcpus("0", vcpus));
	assert_int_equal(vcpus[0], 1);
	assert_true(selection_parse_vcpus("1,3-5,64,4095", vcpus));
	assert_int_equal(vcpus[0], 0x3a);
	assert_int_equal(vcpus[1], 1);
	assert_int_equal(vcpus[VCPU_WORDS - 1], 1ull << 63);
	assert_true(selection_parse_vcpus("0-4095", vcpus));
	for (int i = 0; i < VCPU_WORDS; i++)
		assert_int_equal(vcpus[i], UINT64_MAX);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(selection_parse_vcpus(wrong[i], vcpus));
}

static void pids_and_descriptors(void **state)
{
	static const char *const names[] = { "web", "12", "12-", "-12", "0-3", "12-3-4", "web-1", "12-x",
					     "99999999999-1" };
	pid_t pid;
	int fd;

	(void)state;
	assert_true(selection_parse_vm("1234-15", &pid, &fd));
	assert_int_equal(pid, 1234);
	assert_int_equal(fd, 15);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(selection_parse_vm(names[i], &pid, &fd));
}

static bool is_named(const char *name, const char *comm, const char *guest)
{
	const struct selection_wish wish = { .vm = name };
	struct running_vmm vmm = { .pid = 1 };

	snprintf(vmm.comm, sizeof(vmm.comm), "%s", comm);
	snprintf(vmm.name, sizeof(vmm.name), "%s", guest);
	return selection_is_named(&wish, &vmm);
}

static void names(void **state)
{
	(void)state;
	assert_true(is_named("web", "qemu-system-x86", "web"));
	assert_true(is_named("qemu-system-x86", "qemu-system-x86", "web"));
	/* the kernel keeps 15 characters of it */
	assert_true(is_named("qemu-system-x86_64", "qemu-system-x86", "web"));
	assert_false(is_named("vmmx", "vmm", ""));
	assert_false(is_named("we", "qemu-system-x86", "web"));
	assert_false(is_named("webs", "qemu-system-x86", "web"));
}

/* A process with this command line. The caller ends it. */
static pid_t process_start(char *const argv[])
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		close(ready[0]);
		dup2(ready[1], STDOUT_FILENO);
		execv("/bin/sh", argv);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void process_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void the_name_of_a_guest(void **state)
{
	static const struct { const char *value, *name; } rows[] = {
		{ "web", "web" }, { "web,process=x", "web" }, { "guest=web,debug-threads=on", "web" },
		{ "debug-threads=on,guest=db", "db" }, { "debug-threads=on", "" },
		{ "nog,xguest=y", "nog" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *const argv[] = { "sh", "-c", "echo; kill -STOP $$", "-S", "-name", (char *)rows[i].value,
				       "-m", "512", NULL };
		pid_t pid = process_start(argv);
		struct running_vmm vmm;

		assert_int_equal(running_vmm_names(&vmm, pid), 0);
		assert_string_equal(vmm.name, rows[i].name);
		assert_string_equal(vmm.comm, "sh");
		process_end(pid);
		assert_int_equal(running_vmm_names(&vmm, pid), -ESRCH);
		assert_int_equal(running_vmm_may_trace(pid), -ESRCH);
	}
	assert_int_equal(running_process_of(getpid()), getpid());
	assert_int_equal(running_vmm_may_trace(getpid()), 0);
}

static enum verdict judge(struct selection *selection, uint32_t kind, uint32_t tgid, const char *comm,
			  uint64_t time_ns)
{
	union record rec = { .header = { .kind = kind, .tid = tgid, .tgid = tgid, .time_ns = time_ns } };

	if (kind == REC_process_exec)
		memcpy(rec.process_exec.comm, comm, strlen(comm));
	return selection_judge(selection, &rec);
}

/* Ids beyond what a kernel gives: no such process is there, so all is known by records. */
#define ONE 4194400u
#define TWO 4194500u

static void by_records_alone(void **state)
{
	const struct selection_wish wish = { .vm = "vmm" };
	struct selection *selection = selection_new(&wish, true);
	union record fork = { .process_fork = { .header = { .kind = REC_process_fork, .tid = ONE, .tgid = ONE },
						.child_tid = TWO, .child_tgid = TWO } };

	(void)state;
	/* nothing is known of it */
	assert_int_equal(judge(selection, REC_kvm_exit, ONE, NULL, 1), VERDICT_REFUSE);
	/* it becomes the one that is wanted; what is not of KVM is always taken */
	assert_int_equal(judge(selection, REC_process_exec, ONE, "vmm", 2), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_kvm_exit, ONE, NULL, 3), VERDICT_TAKE);
	/* a child is asked again: it is called as its parent is, until it is another program */
	assert_int_equal(selection_judge(selection, &fork), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_ioctl_enter, TWO, NULL, 4), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_process_exec, TWO, "other", 5), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_ioctl_enter, TWO, NULL, 6), VERDICT_REFUSE);
	/* another child gets the id of one that was refused */
	assert_int_equal(selection_judge(selection, &fork), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_ioctl_enter, TWO, NULL, 6), VERDICT_TAKE);
	/* its VMs go after it has ended */
	assert_int_equal(judge(selection, REC_process_exit, ONE, NULL, 7), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_vcpu_counter, ONE, NULL, 8), VERDICT_TAKE);
	assert_int_equal(judge(selection, REC_lost, TWO, NULL, 9), VERDICT_TAKE);
	selection_free(selection);
}

/* Who may not be asked about is not recorded, whatever it is called. */
static void whom_we_may_not_trace(void **state)
{
	const struct selection_wish wish = { 0 };
	struct selection *selection = selection_new(&wish, false);

	(void)state;
	assert_int_equal(judge(selection, REC_kvm_exit, ONE, NULL, 1), VERDICT_REFUSE);
	assert_int_equal(judge(selection, REC_kvm_exit, (uint32_t)getpid(), NULL, 1), VERDICT_TAKE);
	selection_free(selection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_vcpus),
		cmocka_unit_test(pids_and_descriptors),
		cmocka_unit_test(names),
		cmocka_unit_test(the_name_of_a_guest),
		cmocka_unit_test(by_records_alone),
		cmocka_unit_test(whom_we_may_not_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
