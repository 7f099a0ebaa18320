/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The buses, and the exits they serve: from an exit as KVM writes it to the device. No KVM. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/device.h"
#include "vmm/exits.h"
#include "vmm/guest_abi.h"
#include "vmm/status.h"

#define RUN_SZ	 12288
#define DATA_OFF 4096

/* Remembers what it was asked. */
struct probe {
	unsigned int reads, writes, last_size;
	uint64_t last_offset, values[16], answer;
};

static uint64_t probe_read(void *owner, uint64_t offset, unsigned int size)
{
	struct probe *p = owner;

	p->reads++;
	p->last_offset = offset;
	p->last_size = size;
	return p->answer++;
}

static void probe_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct probe *p = owner;

	p->last_offset = offset;
	p->last_size = size;
	p->values[p->writes++ % 16] = value;
}

/* A machine of two buses with a probe on each, and a vCPU whose kvm_run is plain memory. */
struct world {
	struct machine m;
	struct vcpu vcpu;
	struct probe port, mmio;
	union {
		struct kvm_run run;
		uint8_t bytes[RUN_SZ];
	};
};

static const struct guest nobody = {.name = "test"};

static int set_up(void **state)
{
	struct world *w = test_calloc(1, sizeof(*w));
	struct bus_region port = {.name = "port",
				  .base = 0x100,
				  .len = 4,
				  .width = 1,
				  .read = probe_read,
				  .write = probe_write,
				  .owner = &w->port};
	struct bus_region mmio = {.name = "mmio",
				  .base = 0xd0000000,
				  .len = 0x1000,
				  .width = 4,
				  .read = probe_read,
				  .write = probe_write,
				  .owner = &w->mmio};

	w->vcpu = (struct vcpu){.machine = &w->m, .run = &w->run, .run_sz = RUN_SZ, .fd = -1};
	w->m.config.guest = &nobody;
	pthread_mutex_init(&w->m.lock, NULL);
	pthread_cond_init(&w->m.changed, NULL);
	*state = w;
	return bus_init(&w->m.ports, BUS_PORTS_LEN) || bus_add(&w->m.ports, &port) ||
	       bus_init(&w->m.mmio, BUS_MMIO_LEN) || bus_add(&w->m.mmio, &mmio);
}

static int tear_down(void **state)
{
	struct world *w = *state;

	bus_release(&w->m.ports);
	bus_release(&w->m.mmio);
	test_free(w);
	return 0;
}

static void lookup(void **state)
{
	struct world *w = *state;

	w->port.answer = 0x1ab;
	/* The device said more than it was asked: cut to size. */
	assert_int_equal(bus_read(&w->m.ports, 0x103, 1), 0xab);
	assert_int_equal(w->port.last_offset, 3);
	bus_read(&w->m.ports, 0x0ff, 1);
	bus_read(&w->m.ports, 0x104, 1);
	assert_int_equal(w->port.reads, 1);

	bus_write(&w->m.mmio, 0xd0000ffc, 4, 0x22334455);
	assert_int_equal(w->mmio.values[0], 0x22334455);
	assert_int_equal(w->mmio.last_offset, 0xffc);
}

static void all_ones(void **state)
{
	struct world *w = *state;

	assert_int_equal(bus_read(&w->m.ports, 0, 1), 0xff);
	assert_int_equal(bus_read(&w->m.ports, 0xffff, 1), 0xff);
	assert_int_equal(bus_read(&w->m.ports, 0x200, 2), 0xffff);
	assert_int_equal(bus_read(&w->m.ports, 0x200, 4), 0xffffffff);
	assert_true(bus_read(&w->m.mmio, 0, 8) == UINT64_MAX);
	assert_true(bus_read(&w->m.mmio, UINT64_MAX - 3, 8) == UINT64_MAX);
	assert_int_equal(w->m.ports.unclaimed_reads, 8);
	bus_write(&w->m.ports, 0x200, 4, 1);
	assert_int_equal(w->m.ports.unclaimed_writes, 4);
}

/* Wider than the device, unaligned, or over its end: split, as on a real bus. */
static void splits(void **state)
{
	struct world *w = *state;

	w->port.answer = 0x10;
	assert_int_equal(bus_read(&w->m.ports, 0x102, 4), 0xffff1110);
	assert_int_equal(w->port.reads, 2);
	bus_write(&w->m.ports, 0x0ff, 4, 0x44332211);
	assert_int_equal(w->port.writes, 3);
	assert_int_equal(w->port.values[0], 0x22);
	assert_int_equal(w->port.values[2], 0x44);

	bus_write(&w->m.mmio, 0xd0000000, 8, 0x1122334455667788);
	assert_int_equal(w->mmio.writes, 2);
	assert_int_equal(w->mmio.values[0], 0x55667788);
	assert_int_equal(w->mmio.values[1], 0x11223344);
	/* 3 bytes: KVM may split an access at a page boundary. */
	bus_write(&w->m.mmio, 0xd0000ffe, 3, 0xccbbaa);
	assert_int_equal(w->mmio.values[2], 0xbbaa);
	assert_int_equal(w->mmio.writes, 3);
	/* The port space ends; it does not go round. */
	assert_int_equal(bus_read(&w->m.ports, 0xfffe, 4), 0xffffffff);
}

static void refuses(void **state)
{
	struct world *w = *state;
	struct bus *ports = &w->m.ports;
	struct bus_region r = {.name = "r", .base = 0xfc, .len = 4, .width = 1};

	assert_int_equal(bus_add(ports, &r), 0);
	r.base = 0xff;
	assert_int_equal(bus_add(ports, &r), -EEXIST);
	r.base = 0x103, r.len = 1;
	assert_int_equal(bus_add(ports, &r), -EEXIST);
	r.base = 0, r.len = 0x10000;
	assert_int_equal(bus_add(ports, &r), -EEXIST);
	r.base = 0xffff, r.len = 2;
	assert_int_equal(bus_add(ports, &r), -EINVAL);
	r.base = 0x10000, r.len = 1;
	assert_int_equal(bus_add(ports, &r), -EINVAL);
	r.base = 0x200, r.len = 0;
	assert_int_equal(bus_add(ports, &r), -EINVAL);
	r.len = UINT64_MAX;
	assert_int_equal(bus_add(ports, &r), -EINVAL);
	r.len = 4, r.width = 3;
	assert_int_equal(bus_add(ports, &r), -EINVAL);
	r.len = 1, r.width = 1;
	while (ports->region_cnt <= BUS_REGIONS_MAX) {
		assert_int_equal(bus_add(ports, &r), 0);
		r.base++;
	}
	assert_int_equal(bus_add(ports, &r), -ENOSPC);
}

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

/* The machine's own devices, where guest_abi.h says they are. */
static void devices(void **state)
{
	struct world *w = *state;
	struct bus *ports = &w->m.ports, *space = &w->m.mmio;

	bus_release(space);
	bus_init(space, BUS_MMIO_LEN);
	assert_int_equal(devices_init(&w->m), 0);
	assert_int_equal(bus_read(ports, SERIAL_PORT + SERIAL_LSR, 1), 0x60);
	assert_int_equal(bus_read(ports, EXIT_PORT, 1), 0xff);

	assert_int_equal(bus_read(space, TEACH_GPA + TEACH_ID, 4), TEACH_ID_VALUE);
	assert_int_equal(bus_read(space, TEACH_GPA + TEACH_SCRATCH, 4), 0);
	bus_write(space, TEACH_GPA + TEACH_SCRATCH, 4, 77);
	bus_write(space, TEACH_GPA + TEACH_ID, 4, 1);
	bus_write(space, TEACH_GPA + TEACH_DOORBELL, 4, 1);
	bus_write(space, TEACH_GPA + TEACH_DOORBELL, 1, 1);
	assert_int_equal(bus_read(space, TEACH_GPA + TEACH_SCRATCH, 4), 77);
	assert_int_equal(bus_read(space, TEACH_GPA + TEACH_COUNT, 4), 1);
	assert_int_equal(bus_read(space, TEACH_GPA + 0x10, 4), UINT32_MAX);
	assert_int_equal(bus_read(space, TEACH_GPA, 1), 0xff);

	assert_false(machine_stopping(&w->m));
	bus_write(ports, EXIT_PORT, 1, 9);
	assert_true(machine_stopping(&w->m));
	bus_write(ports, EXIT_PORT, 1, 8);
	assert_int_equal(w->m.status, 9);
	devices_release(&w->m);
}

struct printer {
	struct bus *ports;
	pid_t tid; /* atomic; 0 until it runs */
};

static void *print_byte(void *arg)
{
	struct printer *p = arg;

	__atomic_store_n(&p->tid, gettid(), __ATOMIC_RELEASE);
	bus_write(p->ports, SERIAL_PORT, 1, '!');
	return NULL;
}

/* It waits in the kernel: for a reader, as nobody holds a lock. */
static bool sleeps(struct printer *p)
{
	char path[64], state = 'R';
	pid_t tid = __atomic_load_n(&p->tid, __ATOMIC_ACQUIRE);
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	stat = tid ? fopen(path, "re") : NULL;
	if (!stat)
		return false;
	assert_int_equal(fscanf(stat, "%*d (%*[^)]) %c", &state), 1);
	fclose(stat);
	return state == 'S';
}

/* While one vCPU waits until its byte is taken, the others have the serial port: none hangs here. */
static void blocked_output(void **state)
{
	struct world *w = *state;
	struct printer p = {&w->m.ports, 0};
	int ends[2], out = dup(STDOUT_FILENO);
	static uint8_t bytes[1 << 20];
	pthread_t thread;
	ssize_t filled;

	bus_release(&w->m.mmio);
	bus_init(&w->m.mmio, BUS_MMIO_LEN);
	assert_int_equal(devices_init(&w->m), 0);
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	filled = write(ends[1], bytes, sizeof(bytes));
	fcntl(ends[1], F_SETFL, 0);
	dup2(ends[1], STDOUT_FILENO);
	alarm(60);
	assert_int_equal(pthread_create(&thread, NULL, print_byte, &p), 0);
	while (!sleeps(&p))
		;
	assert_int_equal(bus_read(p.ports, SERIAL_PORT + SERIAL_LSR, 1), 0x60);
	alarm(0);
	assert_int_equal(read(ends[0], bytes, sizeof(bytes)), filled);
	pthread_join(thread, NULL);
	dup2(out, STDOUT_FILENO);
	assert_int_equal(read(ends[0], bytes, 2), 1);
	assert_int_equal(bytes[0], '!');
	close(out);
	close(ends[0]);
	close(ends[1]);
	devices_release(&w->m);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(lookup),	  TEST(all_ones),  TEST(splits),    TEST(refuses),
		TEST(string_out), TEST(string_in), TEST(io_bounds), TEST(mmio),
		TEST(exits),	  TEST(bad_ends),  TEST(devices),   TEST(blocked_output),
	};

	signal(SIGUSR2, SIG_IGN); /* machine_stop() gives notice to a main thread, which is not here */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
