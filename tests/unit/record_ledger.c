/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The sum of what KVM has counted, of vCPUs that move between threads, end, and leave their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bpf/vcpu_ledger.h"

#define VM 0xffff888000001000ull

static void base(struct vcpu_ledger *ledger, uint64_t vm, uint32_t id, uint64_t exits)
{
	const union record rec = { .vcpu_base = { .header.kind = REC_vcpu_base, .vm = vm,
						  .exits = exits, .vcpu_id = id } };

	assert_int_equal(vcpu_ledger_note(ledger, &rec), 0);
}

static void count(struct vcpu_ledger *ledger, uint64_t vm, uint32_t id, uint64_t exits, uint32_t is_alive)
{
	const union record rec = { .vcpu_counter = { .header.kind = REC_vcpu_counter, .vm = vm, .exits = exits,
						     .vcpu_id = id, .is_alive = is_alive } };

	assert_int_equal(vcpu_ledger_note(ledger, &rec), 0);
}

static void sum_is(struct vcpu_ledger *ledger, uint64_t vcpus, uint64_t exits)
{
	struct vcpu_sum sum = vcpu_ledger_sum(ledger);

	assert_int_equal(sum.vcpus, vcpus);
	assert_int_equal(sum.exits, exits);
}

static int ledger_begin(void **state)
{
	*state = vcpu_ledger_new();
	return *state ? 0 : -1;
}

static int ledger_end(void **state)
{
	vcpu_ledger_free(*state);
	return 0;
}

static void each_vcpu_of_each_vm(void **state)
{
	sum_is(*state, 0, 0);
	for (uint64_t vm = 0; vm < 50; vm++)
		for (uint32_t id = 0; id < 8; id++)
			count(*state, VM + vm * 64, id, vm * 10 + id, 0);
	sum_is(*state, 400, 49 * 50 / 2 * 10 * 8 + 28 * 50);
}

static void threads_that_have_run_it(void **state)
{
	count(*state, VM, 0, 100, 1);
	count(*state, VM, 0, 300, 1);
	count(*state, VM, 0, 200, 1);
	sum_is(*state, 1, 300);
	count(*state, VM, 0, 400, 0);
	sum_is(*state, 1, 400);
}

static void met_in_the_midst(void **state)
{
	base(*state, VM, 0, 1000);
	sum_is(*state, 0, 0);
	base(*state, VM, 0, 1200); /* as it moves to another thread */
	count(*state, VM, 0, 1500, 1);
	sum_is(*state, 1, 500);
	count(*state, VM, 1, 7, 1);
	sum_is(*state, 2, 507);
}

static void another_one_at_its_place(void **state)
{
	base(*state, VM, 0, 1000);
	count(*state, VM, 0, 1500, 0);
	count(*state, VM, 0, 20, 1); /* another VM's, which is not as far */
	sum_is(*state, 2, 520);
	count(*state, VM, 0, 30, 0);
	sum_is(*state, 2, 530);
	base(*state, VM, 0, 5);
	sum_is(*state, 2, 530);
	count(*state, VM, 0, 6, 0);
	sum_is(*state, 3, 531);
}

static void records_of_other_kinds(void **state)
{
	const union record rec = { .kvm_exit = { .header.kind = REC_kvm_exit } };

	assert_int_equal(vcpu_ledger_note(*state, &rec), 0);
	sum_is(*state, 0, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, ledger_begin, ledger_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_vcpu_of_each_vm),
		TEST(threads_that_have_run_it),
		TEST(met_in_the_midst),
		TEST(another_one_at_its_place),
		TEST(records_of_other_kinds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
