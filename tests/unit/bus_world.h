/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A machine for the tests of buses, exits and devices: without KVM, and what it asks is remembered. */
#ifndef TESTS_BUS_WORLD_H
#define TESTS_BUS_WORLD_H

#include <linux/kvm.h>
#include <pthread.h>

#include "vmm/device.h"
#include "vmm/vcpu.h"

#define RUN_SZ 12288

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

static int world_new(void **state)
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

static int world_free(void **state)
{
	struct world *w = *state;

	bus_release(&w->m.ports);
	bus_release(&w->m.mmio);
	test_free(w);
	return 0;
}

#endif
