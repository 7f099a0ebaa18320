/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The buses: whose an address is, and accesses that are split. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/bus_world.h"

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

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
	const struct CMUnitTest tests[] = {
		TEST(lookup), TEST(all_ones), TEST(splits), TEST(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
