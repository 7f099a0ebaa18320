/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Forged recordings that are well-formed, and ask for more than a tree can hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/trace_script.h"
#include "trace-viewer/infer.h"
#include "trace-viewer/tree_print.h"

#define KVM_VCPU_IOCTL "func 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -\n"
#define ENTER	       "+1 ioctl_enter func=3 vm=0xa000 cmd=KVM_CHECK_EXTENSION arg=1\n"
#define LEAVE	       "+1 ioctl_exit func=3 cmd=KVM_CHECK_EXTENSION\n"

/* The recording that a script describes, read and printed into nothing; its model. */
static struct model *model_printed(const char *script)
{
	struct tree_options tree = { .vcpu = -1 };
	struct output out = { .width = 120 };
	struct trace_memory memory;
	struct trace_reader *rd;
	struct model *model = model_new(MODEL_FOLDED, NULL);
	unsigned char *bytes;
	char why[256];
	size_t sz;

	bytes = trace_script_bytes(script, &sz, why, sizeof(why));
	if (!bytes)
		fail_msg("%s", why);
	memory = (struct trace_memory){ bytes, sz };
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	assert_non_null(rd);
	model_read(model, rd);
	infer_frames(model);
	out.file = fopen("/dev/null", "we");
	assert_non_null(out.file);
	tree_print(&out, model, &tree);
	fclose(out.file);
	trace_reader_free(rd);
	free(bytes);
	return model;
}

/* Each thread says that it made the one before, which runs already. */
static void threads_adopted_upwards(void **state)
{
	char *script = NULL;
	size_t sz;
	FILE *out = open_memstream(&script, &sz);

	(void)state;
	fputs(KVM_VCPU_IOCTL, out);
	for (int i = 0; i < 3000; i++) {
		fprintf(out, "thread %d 7\n" ENTER, 1000 + i);
		if (i)
			fprintf(out, "+1 process_fork child_tid=%d child_tgid=7\n", 999 + i);
	}
	fclose(out);
	model_free(model_printed(script));
	free(script);
}

/* Two threads that made each other: their exits must be in the tree all the same. */
static void threads_in_a_circle(void **state)
{
	struct model *model = model_printed(
		KVM_VCPU_IOCTL "thread 5 7\n+1 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN\n"
		"+1 process_fork child_tid=6 child_tgid=7\n"
		"+1 kvm_entry rip=1 vcpu_id=0\n+1 kvm_exit rip=1 reason=0x78 isa=2 vcpu_id=0\n"
		"thread 6 7\n+1 ioctl_enter func=3 vm=0xa000 vcpu_id=1 cmd=KVM_RUN\n"
		"+1 process_fork child_tid=5 child_tgid=7\n"
		"thread 5 7\n+1 ioctl_exit func=3 cmd=KVM_RUN\n"
		"thread 6 7\n+1 ioctl_exit func=3 cmd=KVM_RUN\n");
	uint64_t in_trees = 0;

	(void)state;
	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		in_trees += node_exit_cnt(model->vms[i]->root);
	assert_int_equal(model->exit_cnt, 1);
	assert_int_equal(in_trees, 1);
	model_free(model);
}

/* A frame is dropped for want of room while another thread's part is below it. */
static void a_dropped_frame_with_a_thread_in_it(void **state)
{
	char *script = NULL;
	size_t sz;
	FILE *out = open_memstream(&script, &sz);

	(void)state;
	fputs(KVM_VCPU_IOCTL "thread 5 7\n" ENTER "+1 process_fork child_tid=6 child_tgid=7\n", out);
	for (int i = 0; i < 9000; i++)
		fprintf(out, "thread %d 9\n+1 kvm_hypercall nr=1\n+1 func_exit func=9\n"
			     "+1 process_exit\n", 1000 + i);
	fputs("thread 5 7\n" LEAVE "thread 6 7\n" ENTER LEAVE, out);
	fclose(out);
	model_free(model_printed(script));
	free(script);
}

/* Rows of inlined functions each of which is below all of them. */
static void inlined_rows_that_multiply(void **state)
{
	char *script = NULL;
	struct model *model;
	size_t sz;
	FILE *out = open_memstream(&script, &sz);

	(void)state;
	for (int i = 1; i <= 60; i++)
		fprintf(out, "func %d kvm kvm f%d x inlined concept:x - - -\n", i, i);
	fputs("func 100 kvm kvm g x fentry - - - int\n"
	      "thread 7 7\n+1 func_enter func=100\n+1 func_exit func=100\n", out);
	fclose(out);
	model = model_printed(script);
	assert_in_range(node_live_cnt(), 60, 25000);
	model_free(model);
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_adopted_upwards),
		cmocka_unit_test(threads_in_a_circle),
		cmocka_unit_test(a_dropped_frame_with_a_thread_in_it),
		cmocka_unit_test(inlined_rows_that_multiply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
