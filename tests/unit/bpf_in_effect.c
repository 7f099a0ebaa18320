/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What enabled_functions tells of fentry programs that are not called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bpf/in_effect.h"
#include "bpf/tracefs.h"

/* What the next looks find, the last of them and then always `enabled`; NULL: no file is there. */
static const char *const *looks;
static int look_cnt;
static const char *enabled;

/* In place of the kernel's. */
FILE *tracefs_open(const char *format, ...)
{
	assert_string_equal(format, "enabled_functions");
	if (look_cnt) {
		look_cnt--;
		enabled = *looks++;
	}
	return enabled ? fmemopen((void *)enabled, strlen(enabled), "r") : NULL;
}

#define DIRECT                                                                                     \
	"(1) R   D   M \ttramp: ftrace_regs_caller+0x0/0x65 (call_direct_funcs+0x0/0x20)\n"        \
	"\tdirect-->bpf_trampoline_1+0x0/0x128\n"
#define BY_KPROBE "(1) R         \ttramp: 0xffffffffc0680000 (kprobe_ftrace_handler+0x0/0x1d0)\n"

static struct plan_func funcs[4];
static struct plan plan;

static void plan_reset(void)
{
	static const struct plan_func all[] = {
		{.symbol = "kvm_dev_ioctl",
		 .owner = "kvm",
		 .rung = RUNG_FENTRY,
		 .layer = LAYER_IOCTL},
		{.symbol = "kvm_vm_ioctl",
		 .owner = "kvm",
		 .rung = RUNG_FENTRY,
		 .layer = LAYER_IOCTL},
		{.symbol = "fpu_alloc",
		 .owner = "vmlinux",
		 .rung = RUNG_FENTRY,
		 .layer = LAYER_KVM},
		{.symbol = "svm_vm_init",
		 .owner = "kvm_amd",
		 .rung = RUNG_KPROBE,
		 .layer = LAYER_KVM},
	};

	memcpy(funcs, all, sizeof(funcs));
	plan = (struct plan){.funcs = funcs, .func_cnt = 4, .can_kprobe = true, .has_kprobe = true};
}

static bool any(const struct plan *of, const struct plan_func *func)
{
	(void)of, (void)func;
	return true;
}

static bool ioctls(const struct plan *of, const struct plan_func *func)
{
	(void)of;
	return func->layer == LAYER_IOCTL;
}

static void all_are_called(void **state)
{
	(void)state;
	plan_reset();
	enabled = "fpu_alloc " DIRECT "kvm_vm_ioctl [kvm] " DIRECT "kvm_dev_ioctl [kvm] " DIRECT;
	assert_int_equal(in_effect_check(&plan, any), 0);
	assert_int_equal(funcs[1].rung, RUNG_FENTRY);
}

/* As Linux 6.1 writes it. */
static void as_6_1_writes_it(void **state)
{
	(void)state;
	plan_reset();
	enabled = "fpu_alloc (1) R   D\ttramp: "
		  "ftrace_regs_caller+0x0/0x58\n\tdirect-->bpf_trampoline_6\n"
		  "kvm_vm_ioctl [kvm] (1) R    \ttramp: 0xffffffffc0768000 "
		  "(kprobe_ftrace_handler+0xD)\n"
		  "kvm_dev_ioctl [kvm] (1) R   D\ttramp: ftrace_regs_caller+0x0/0x58\n";
	assert_int_equal(in_effect_check(&plan, any), 1);
	assert_true(funcs[1].is_vain);
}

static void one_is_not(void **state)
{
	(void)state;
	plan_reset();
	enabled = "fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT;
	assert_int_equal(in_effect_check(&plan, any), 1);
	assert_int_equal(funcs[1].rung, RUNG_KPROBE);
	assert_true(funcs[1].is_vain);
	assert_false(funcs[0].is_vain || funcs[2].is_vain || funcs[3].is_vain);
	/* asked again, it is not found again */
	assert_int_equal(in_effect_check(&plan, any), 0);
	assert_false(funcs[1].is_vain);
}

/* Another's kprobe, the same name in another module, a longer name: none of them is our program. */
static void others_do_not_count(void **state)
{
	(void)state;
	plan_reset();
	enabled = "fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT "kvm_vm_ioctl [kvm] " BY_KPROBE
		  "kvm_vm_ioctl [other] " DIRECT "kvm_vm_ioctl_irq_line [kvm] " DIRECT;
	assert_int_equal(in_effect_check(&plan, any), 1);
	assert_true(funcs[1].is_vain);
}

static void only_what_is_attached(void **state)
{
	(void)state;
	plan_reset();
	enabled = "kvm_dev_ioctl [kvm] " DIRECT "kvm_vm_ioctl [kvm] " DIRECT;
	assert_int_equal(in_effect_check(&plan, ioctls), 0);
	assert_int_equal(funcs[2].rung, RUNG_FENTRY);
	assert_int_equal(in_effect_check(&plan, any), 1);
	assert_true(funcs[2].is_vain);
}

/* Neither where the kernel has none, nor where the user wants fentry alone. */
static void without_kprobes_it_is_missing(void **state)
{
	(void)state;
	plan_reset();
	plan.has_kprobe = false;
	enabled = "fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT;
	assert_int_equal(in_effect_check(&plan, any), 1);
	assert_int_equal(funcs[1].rung, RUNG_MISSING);
	assert_true(funcs[1].is_refused);
	assert_non_null(strstr(funcs[1].note, "does not call it"));
}

static void who_does_not_tell_is_believed(void **state)
{
	(void)state;
	plan_reset();
	enabled = "kvm_dev_ioctl [kvm] " BY_KPROBE;
	assert_int_equal(in_effect_check(&plan, any), 0);
	enabled = "";
	assert_int_equal(in_effect_check(&plan, any), 0);
	enabled = NULL;
	assert_int_equal(in_effect_check(&plan, any), 0);
	assert_int_equal(funcs[1].rung, RUNG_FENTRY);
}

/* While the probes of a recording before go, a look may leave out a line that is there. */
static void a_line_left_out_is_looked_for_again(void **state)
{
	static const char *const both[] = {
		"gone [kvm] " DIRECT "fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT,
		"fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT "kvm_vm_ioctl [kvm] " DIRECT,
	};
	static const char *const never[] = {
		"gone [kvm] " DIRECT "fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT,
		"fpu_alloc " DIRECT "kvm_dev_ioctl [kvm] " DIRECT,
	};

	(void)state;
	plan_reset();
	looks = both;
	look_cnt = 2;
	assert_int_equal(in_effect_check(&plan, any), 0);
	assert_int_equal(look_cnt, 0);
	assert_int_equal(funcs[1].rung, RUNG_FENTRY);
	looks = never;
	look_cnt = 2;
	assert_int_equal(in_effect_check(&plan, any), 1);
	assert_int_equal(look_cnt, 0);
	assert_true(funcs[1].is_vain);
}

static void one_alone(void **state)
{
	static const char *const later[] = { "gone [kvm] " DIRECT, "kvm_vm_ioctl [kvm] " DIRECT };

	(void)state;
	enabled = "kvm_vm_ioctl [kvm] " DIRECT;
	assert_true(in_effect_is_called("kvm_vm_ioctl"));
	assert_false(in_effect_is_called("kvm_vm"));
	enabled = "kvm_vm_ioctl " DIRECT; /* of a KVM that is no module */
	assert_true(in_effect_is_called("kvm_vm_ioctl"));
	enabled = "kvm_vm_ioctl [kvm] " BY_KPROBE;
	assert_false(in_effect_is_called("kvm_vm_ioctl"));
	enabled = ""; /* nobody else has one: the file tells all the same */
	assert_false(in_effect_is_called("kvm_vm_ioctl"));
	enabled = NULL;
	assert_true(in_effect_is_called("kvm_vm_ioctl"));
	looks = later;
	look_cnt = 2;
	assert_true(in_effect_is_called("kvm_vm_ioctl"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_called),
		cmocka_unit_test(one_is_not),
		cmocka_unit_test(others_do_not_count),
		cmocka_unit_test(only_what_is_attached),
		cmocka_unit_test(without_kprobes_it_is_missing),
		cmocka_unit_test(who_does_not_tell_is_believed),
		cmocka_unit_test(as_6_1_writes_it),
		cmocka_unit_test(a_line_left_out_is_looked_for_again),
		cmocka_unit_test(one_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
