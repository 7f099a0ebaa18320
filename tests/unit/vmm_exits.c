/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exits that the buses serve, and bad ends: from an exit as KVM writes it to the device. No KVM. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/bus_world.h"
#include "vmm/exits.h"
#include "vmm/status.h"

#define DATA_OFF 4096

static void exit_io(struct world *w, int direction, unsigned int size, unsigned int count)
{
	w->run.exit_reason = KVM_EXIT_IO;
	w->run.io.direction = (uint8_t)direction;
	w->run.io.size = (uint8_t)size;
	w->run.io.port = 0x100;
	w->run.io.count = count;
	w->run.io.data_offset = DATA_OFF;
}

static void string_out(void **state)
{
	struct world *w = *state;

	memcpy(w->bytes + DATA_OFF, "string", 6);
	exit_io(w, KVM_EXIT_IO_OUT, 1, 6);
	assert_int_equal(exit_handler(KVM_EXIT_IO)(&w->vcpu), VCPU_AGAIN);
	assert_int_equal(w->port.writes, 6);
	/* The port stays, the data move on. */
	assert_int_equal(w->port.last_offset, 0);
	for (int i = 0; i < 6; i++)
		assert_int_equal(w->port.values[i], "string"[i]);
}

static void string_in(void **state)
{
	struct world *w = *state;

	memset(w->bytes + DATA_OFF, 0x55, 16);
	w->port.answer = 0x80;
	exit_io(w, KVM_EXIT_IO_IN, 1, 3);
	assert_int_equal(handle_io(&w->vcpu), VCPU_AGAIN);
	assert_memory_equal(w->bytes + DATA_OFF, "\x80\x81\x82\x55", 4);

	/* Nobody there: all ones over what lay in the page. */
	exit_io(w, KVM_EXIT_IO_IN, 4, 2);
	w->run.io.port = 0x500;
	handle_io(&w->vcpu);
	assert_memory_equal(w->bytes + DATA_OFF, "\xff\xff\xff\xff\xff\xff\xff\xff\x55", 9);
}

/* Data that would lie outside of the mapping end the vCPU and touch nothing. */
static void io_bounds(void **state)
{
	struct world *w = *state;

	exit_io(w, KVM_EXIT_IO_OUT, 4, (RUN_SZ - DATA_OFF) / 4);
	assert_int_equal(handle_io(&w->vcpu), VCPU_AGAIN);
	exit_io(w, KVM_EXIT_IO_OUT, 4, (RUN_SZ - DATA_OFF) / 4 + 1);
	assert_int_equal(handle_io(&w->vcpu), VCPU_END);
	exit_io(w, KVM_EXIT_IO_OUT, 4, UINT32_MAX);
	assert_int_equal(handle_io(&w->vcpu), VCPU_END);
	exit_io(w, KVM_EXIT_IO_OUT, 1, 1);
	w->run.io.data_offset = UINT64_MAX;
	assert_int_equal(handle_io(&w->vcpu), VCPU_END);
	exit_io(w, KVM_EXIT_IO_IN, 8, 1);
	assert_int_equal(handle_io(&w->vcpu), VCPU_END);
	assert_int_equal(w->m.status, VMM_NO_VCPU);
}

static void mmio(void **state)
{
	struct world *w = *state;

	w->run.exit_reason = KVM_EXIT_MMIO;
	w->run.mmio.phys_addr = 0xd0000008;
	w->run.mmio.len = 4;
	w->run.mmio.is_write = 1;
	memcpy(w->run.mmio.data, "\x78\x56\x34\x12\x99", 5);
	assert_int_equal(exit_handler(KVM_EXIT_MMIO)(&w->vcpu), VCPU_AGAIN);
	assert_int_equal(w->mmio.values[0], 0x12345678);
	assert_int_equal(w->mmio.last_offset, 8);

	w->run.mmio.is_write = 0;
	w->mmio.answer = 0xcafe;
	handle_mmio(&w->vcpu);
	assert_memory_equal(w->run.mmio.data, "\xfe\xca\0\0\x99", 5);

	w->run.mmio.len = 9;
	assert_int_equal(handle_mmio(&w->vcpu), VCPU_END);
}

static void exits(void **state)
{
	struct world *w = *state;

	assert_int_equal(handle_halt(&w->vcpu), VCPU_END);
	assert_int_equal(w->m.status, VMM_OK);
	assert_ptr_equal(exit_handler(KVM_EXIT_SHUTDOWN), handle_shutdown);
	assert_ptr_equal(exit_handler(KVM_EXIT_S390_SIEIC), handle_unknown);
	assert_ptr_equal(exit_handler(1000), handle_unknown);
	assert_ptr_equal(exit_handler(UINT32_MAX), handle_unknown);
	assert_string_equal(exit_name(KVM_EXIT_HLT), "KVM_EXIT_HLT");
	assert_string_equal(exit_name(1000), "UNKNOWN");
}

/* The bad ends: each ends the vCPU with its status, and says why (seen, not compared here). */
static void bad_ends(void **state)
{
	struct world *w = *state;

	w->run.exit_reason = KVM_EXIT_FAIL_ENTRY;
	w->run.fail_entry.hardware_entry_failure_reason = 0x80000021;
	assert_int_equal(handle_fail_entry(&w->vcpu), VCPU_END);
	assert_int_equal(w->m.status, VMM_NO_VCPU);
	assert_true(machine_stopping(&w->m));

	w->run.exit_reason = KVM_EXIT_INTERNAL_ERROR;
	w->run.internal.suberror = UINT32_MAX;
	w->run.internal.ndata = UINT32_MAX; /* more than there is room for */
	memset(w->run.internal.data, 0xff, sizeof(w->run.internal.data));
	assert_int_equal(handle_internal_error(&w->vcpu), VCPU_END);

	w->run.exit_reason = KVM_EXIT_SHUTDOWN;
	assert_int_equal(handle_shutdown(&w->vcpu), VCPU_END);
	assert_int_equal(w->m.status, VMM_GUEST_CRASH);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
	const struct CMUnitTest tests[] = {
		TEST(string_out), TEST(string_in), TEST(io_bounds),
		TEST(mmio),	  TEST(exits),	   TEST(bad_ends),
	};

	signal(SIGUSR2, SIG_IGN); /* machine_stop() gives notice to a main thread, which is not here */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
