/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the machine: what it is built of, in which order, and how it ends. */
#include <errno.h>
#include <stdlib.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/event_loop.h"
#include "vmm/firmware.h"
#include "vmm/pc.h"
#include "vmm/signals.h"
#include "vmm/status.h"
#include "vmm/vcpu.h"
#include "vmm/walk.h"

static int init_buses(struct machine *m)
{
	int err = bus_init(&m->ports, BUS_PORTS_LEN);

	if (!err)
		err = bus_init(&m->mmio, BUS_MMIO_LEN);
	if (err)
		complain("the table of ports: out of memory; free some");
	return err ? err : devices_init(m);
}

static int init_vcpus(struct machine *m)
{
	unsigned int cnt = m->config.vcpu_cnt, max = vm_vcpus_max(&m->vm);
	int err = 0;

	if (cnt > max) {
		complain("%u vCPUs: KVM allows a VM %u; ask for fewer with --cpus", cnt, max);
		return -EINVAL;
	}
	m->vcpus = calloc(cnt, sizeof(*m->vcpus));
	if (!m->vcpus) {
		complain("%u vCPUs: out of memory; ask for fewer with --cpus", cnt);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < cnt && !err; i++)
		err = vcpu_new(m, i);
	return err;
}

static int build(struct machine *m)
{
	int err = vm_create(&m->vm);

	m->vm.huge_pages = m->config.guest->platform == PLATFORM_PC;
	if (!err && m->config.guest->platform == PLATFORM_PC)
		err = pc_create(m);
	if (!err)
		err = memory_add(&m->vm, m->config.ram_sz);
	if (!err)
		err = init_buses(m);
	if (!err && m->config.guest->platform == PLATFORM_PC)
		err = firmware_write(m);
	if (!err)
		err = guest_load(m);
	if (!err)
		err = init_vcpus(m);
	return err;
}

/*
 * Seed: machine->init(), that is pc_init_pci() -> pc_init1(); QEMU today:
 * machine_run_board_init() -> pc_init1() -> x86_cpus_init(). The seed creates the VM before
 * it, in kvm_qemu_init(); with us the VM is the first part of its machine.
 */
WALK struct machine *machine_init(const struct machine_config *config)
{
	struct machine *m = calloc(1, sizeof(*m));

	if (!m) {
		complain("machine for %s: out of memory; free some", config->guest->name);
		return NULL;
	}
	m->config = *config;
	m->vm.fd = m->vm.kvm_fd = -1;
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	if (build(m) < 0) {
		machine_release(m);
		return NULL;
	}
	return m;
}

void machine_start(struct machine *m)
{
	pthread_mutex_lock(&m->lock);
	m->open = true;
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
}

bool machine_ending(struct machine *m)
{
	return machine_stopping(m) && !machine_ended(m);
}

bool machine_ended(struct machine *m)
{
	bool ended;

	pthread_mutex_lock(&m->lock);
	ended = m->vcpu_ended == m->vcpu_started;
	pthread_mutex_unlock(&m->lock);
	return ended;
}

void machine_report_status(struct machine *m, int status)
{
	int old = __atomic_load_n(&m->status, __ATOMIC_ACQUIRE);

	while (status > old && !__atomic_compare_exchange_n(&m->status, &old, status, false,
							    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
}

void machine_stop(struct machine *m, int status)
{
	machine_report_status(m, status);
	pthread_mutex_lock(&m->lock);
	__atomic_store_n(&m->stop, true, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	machine_kick(m);
	signals_notify();
}

void machine_kick(struct machine *m)
{
	pthread_mutex_lock(&m->lock);
	for (unsigned int i = 0; i < m->vcpu_started; i++)
		vcpu_kick(&m->vcpus[i]);
	pthread_mutex_unlock(&m->lock);
}

/* Who types Ctrl-A x just now has the event loop's thread kick vCPUs: only those that are there. */
static void release_vcpus(struct machine *m)
{
	while (m->vcpu_started) {
		pthread_mutex_lock(&m->lock);
		m->vcpu_started--;
		pthread_mutex_unlock(&m->lock);
		vcpu_release(&m->vcpus[m->vcpu_started]);
	}
	free(m->vcpus);
}

/* Everything in the opposite order of machine_init(). */
WALK void machine_release(struct machine *m)
{
	if (!machine_ended(m))
		machine_stop(m, VMM_OK);
	release_vcpus(m);
	event_loop_free(m->io);
	devices_release(m);
	bus_release(&m->mmio);
	bus_release(&m->ports);
	vm_release(&m->vm);
	pthread_cond_destroy(&m->changed);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
