/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The machine's own devices on its buses, and the serial port while its reader is slow. No KVM. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/bus_world.h"
#include "vmm/guest_abi.h"

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
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
	const struct CMUnitTest tests[] = {
		TEST(devices), TEST(blocked_output),
	};

	signal(SIGUSR2, SIG_IGN); /* machine_stop() gives notice to a main thread, which is not here */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
