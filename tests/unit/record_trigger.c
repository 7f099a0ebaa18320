/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which exit stops a recording, what comes after it still, and how many exits are counted as left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bpf/catch_up.h"
#include "bpf/trigger.h"
#include "tests/trace_script.h"
#include "trace-viewer/trace_reader.h"

#define HLT "0x78" /* exit codes of SVM */
#define IO  "0x7b"
#define NPF "0x400"

#define BEGIN                                                                                      \
	"func 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -\n"                          \
	"func 9 vmm vmm handle_io handle_io uprobe - - - int\n"                                    \
	"thread 7 7\n+0 process_exec comm=vmm\n"                                                   \
	"+10 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN\n"
#define ENTRY	       "+10 kvm_entry rip=0x10 vcpu_id=0\n"
#define EXIT(reason)   "+10 kvm_exit rip=0x10 reason=" reason " isa=2 vcpu_id=0\n"
#define OUT(port)      "+10 kvm_exit rip=0x10 reason=" IO " info1=" port "0010 isa=2 vcpu_id=0\n"
#define TURN_OUT(port) ENTRY OUT(port) LEAVE ENTER
#define LEAVE	       "+10 ioctl_exit func=3 cmd=KVM_RUN\n"
#define ENTER	       "+10 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN\n"

struct outcome {
	unsigned int taken_cnt, cnt;
	char text[200];
	uint64_t left_out;
};

/* Puts a script's records through a trigger and a catch-up, as the recorder does. */
static struct outcome outcome_of(const struct trigger_wish *wish, const char *script)
{
	struct outcome o = { 0 };
	struct trigger *trigger = trigger_new(wish);
	struct catch_up *catch_up = catch_up_new();
	struct trace_memory memory;
	struct trace_reader *rd;
	struct trace_item item;
	unsigned char *bytes;
	char why[200];
	size_t sz;

	bytes = trace_script_bytes(script, &sz, why, sizeof(why));
	if (!bytes)
		fail_msg("%s", why);
	memory = (struct trace_memory){ bytes, sz };
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	trigger_funcs(trigger, "9\tvmm\tvmm\thandle_io\thandle_io\tuprobe\t-\t-\t-\tint\n");
	while (trace_reader_next(rd, &item)) {
		bool is_taken;

		if (item.kind != TRACE_ITEM_RECORD)
			continue;
		is_taken = trigger_take(trigger, item.rec);
		catch_up_note(catch_up, item.rec, is_taken);
		o.cnt++;
		o.taken_cnt += is_taken;
	}
	snprintf(o.text, sizeof(o.text), "%s", trigger_text(trigger));
	o.left_out = catch_up_left_out(catch_up, 0xa000, 0);
	trigger_free(trigger);
	catch_up_free(catch_up);
	trace_reader_free(rd);
	free(bytes);
	return o;
}

/* The exit's turn, and the one that begins with the next entry; nothing of what is after them. */
static void a_port(void **state)
{
	const struct trigger_wish wish = { .until = "io:0x3f8" };
	struct outcome o = outcome_of(&wish, BEGIN TURN_OUT("0x80") TURN_OUT("0x3f8") TURN_OUT("0x80")
				      TURN_OUT("0x80") TURN_OUT("0x80"));

	(void)state;
	assert_non_null(strstr(o.text, "io 0x3f8 COM1 of vCPU 0 of vmm (7), 30 ns until the next entry"));
	/* exec, ioctl; two turns of 4; then entry, exit, ioctl's end */
	assert_int_equal(o.taken_cnt, 2 + 8 + 3);
	assert_int_equal(o.left_out, 2);
}

/* In the kernel's own loop it ends before the second entry. */
static void in_the_kernel(void **state)
{
	const struct trigger_wish wish = { .until = "npf" };
	struct outcome o = outcome_of(&wish, BEGIN ENTRY EXIT(NPF) ENTRY EXIT(HLT) ENTRY EXIT(HLT));

	(void)state;
	assert_non_null(strstr(o.text, "npf gpa") ? o.text : strstr(o.text, "npf 0x0"));
	assert_int_equal(o.taken_cnt, 2 + 2 + 2);
	assert_int_equal(o.left_out, 1);
}

static void by_every_name(void **state)
{
	static const char *const names[] = { "halt", "HLT", "hlt", "reason:hlt", "vcpu:0", "concept:halt" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct trigger_wish wish = { .until = names[i] };

		assert_int_equal(outcome_of(&wish, BEGIN ENTRY EXIT(HLT) ENTRY EXIT(HLT) ENTRY).taken_cnt, 6);
	}
}

static void by_its_handler(void **state)
{
	const struct trigger_wish wish = { .until = "handler:handle_io" };
	struct outcome o = outcome_of(&wish, BEGIN TURN_OUT("0x80") ENTRY OUT("0x80") LEAVE
				      "+1 func_enter func=9\n+1 func_exit func=9\n" ENTER ENTRY OUT("0x80")
				      LEAVE ENTER ENTRY);

	(void)state;
	assert_non_null(strstr(o.text, "io 0x80"));
	assert_int_equal(o.cnt - o.taken_cnt, 2);
}

/* HLT is slow because the guest wants it so; what else is slow counts, and HLT when it is named. */
static void slow_exits(void **state)
{
	static const char script[] = BEGIN ENTRY EXIT(HLT) "+5000000 kvm_entry vcpu_id=0\n" EXIT(NPF)
		ENTRY EXIT(NPF) "+2000000 kvm_entry vcpu_id=0\n" EXIT(HLT) ENTRY EXIT(HLT);
	struct trigger_wish wish = { .has_slower = true, .slower_ns = 1000000 };

	(void)state;
	assert_non_null(strstr(outcome_of(&wish, script).text, "npf"));
	assert_non_null(strstr(outcome_of(&wish, script).text, "2 ms") ?: strstr(outcome_of(&wish, script).text, "2.00 ms"));
	wish.until = "halt";
	assert_non_null(strstr(outcome_of(&wish, script).text, "hlt"));
	wish.slower_ns = 10000000;
	assert_string_equal(outcome_of(&wish, script).text, "");
	assert_int_equal(outcome_of(&wish, script).left_out, 0);
}

/* Another thread's records do not end the turn. */
static void among_others(void **state)
{
	const struct trigger_wish wish = { .until = "io" };
	struct outcome o = outcome_of(&wish, BEGIN ENTRY OUT("0x80") LEAVE ENTER ENTRY
				      "thread 8 7\n+1 ioctl_enter func=3 vm=0xa000 vcpu_id=1 cmd=KVM_RUN\n"
				      "+1 kvm_entry vcpu_id=1\n+1 kvm_exit reason=" HLT " isa=2 vcpu_id=1\n"
				      "+1 kvm_entry vcpu_id=1\n"
				      "thread 7 7\n" OUT("0x80") LEAVE ENTER);

	(void)state;
	assert_int_equal(o.cnt - o.taken_cnt, 1);
}

/* A guest that is not entered any more: the clock finds its exit. */
static void an_exit_without_an_end(void **state)
{
	const struct trigger_wish wish = { .until = "npf" }, slow = { .has_slower = true,
								       .slower_ns = 5000000000 };
	const struct trigger_wish *const wishes[] = { &wish, &slow };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct trigger *trigger = trigger_new(wishes[i]);
		union record entry = { .kvm_entry = { .header = { .kind = REC_kvm_entry, .time_ns = 1000,
			.size = sizeof(entry.kvm_entry), .tid = 7, .tgid = 7 } } };
		union record exit = { .kvm_exit = { .header = { .kind = REC_kvm_exit, .time_ns = 2000,
			.size = sizeof(exit.kvm_exit), .tid = 7, .tgid = 7 }, .reason = 0x400, .isa = 2 } };
		const uint64_t late_ns = i ? 6000000000 : 1000000000;

		assert_true(trigger_take(trigger, &entry));
		assert_true(trigger_take(trigger, &exit));
		trigger_look(trigger, 1000 + late_ns);
		assert_false(trigger_is_over(trigger));
		trigger_look(trigger, 2000 + late_ns);
		assert_true(trigger_is_over(trigger));
		assert_non_null(strstr(trigger_text(trigger), "and no entry since"));
		assert_false(trigger_take(trigger, &entry));
		trigger_free(trigger);
	}
}

static void what_cannot_come(void **state)
{
	struct plan plan = { .vendor = "amd" };
	char why[256];

	(void)state;
	assert_int_equal(trigger_check(&(struct trigger_wish){ .until = "npf" }, &plan, why, sizeof(why)), 0);
	assert_int_not_equal(trigger_check(&(struct trigger_wish){ .until = "EPT_VIOLATION" }, &plan, why,
					   sizeof(why)), 0);
	assert_non_null(strstr(why, "which is AMD's; `--until memory` is its like"));
	assert_int_not_equal(trigger_check(&(struct trigger_wish){ .until = "io:many" }, &plan, why,
					   sizeof(why)), 0);
	assert_int_not_equal(trigger_check(&(struct trigger_wish){ .until = "nonsense" }, &plan, why,
					   sizeof(why)), 0);
	plan.options.detail = DETAIL_EXITS;
	assert_int_not_equal(trigger_check(&(struct trigger_wish){ .until = "msr:0x1b" }, &plan, why,
					   sizeof(why)), 0);
	plan.vendor = "intel";
	assert_int_not_equal(trigger_check(&(struct trigger_wish){ .until = "npf" }, &plan, why, sizeof(why)), 0);
	assert_int_equal(trigger_check(&(struct trigger_wish){ .until = "hlt" }, &plan, why, sizeof(why)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port),
		cmocka_unit_test(in_the_kernel),
		cmocka_unit_test(by_every_name),
		cmocka_unit_test(by_its_handler),
		cmocka_unit_test(slow_exits),
		cmocka_unit_test(among_others),
		cmocka_unit_test(an_exit_without_an_end),
		cmocka_unit_test(what_cannot_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
