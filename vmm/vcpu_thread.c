/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns a vCPU's thread, from its start to its end, and the signal that calls it back. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/pc.h"
#include "vmm/signals.h"
#include "vmm/status.h"
#include "vmm/thread.h"
#include "vmm/vcpu.h"
#include "vmm/walk.h"

/*
 * Seed: pc_new_cpu() -> cpu_init() -> kvm_init_new_ap(); QEMU today: x86_cpu_new() ->
 * qemu_init_vcpu() -> kvm_start_vcpu_thread(). They too wait for the thread to say "created".
 */
WALK int vcpu_new(struct machine *m, unsigned int id)
{
	struct vcpu *vcpu = &m->vcpus[id];
	int err, status;

	*vcpu = (struct vcpu){.machine = m, .fd = -1, .id = id};
	err = thread_start(&vcpu->thread, vcpu_thread, vcpu);
	if (err) {
		complain("thread of vCPU %u: %s; ask for fewer with --cpus", id, strerror(err));
		return -err;
	}
	pthread_mutex_lock(&m->lock);
	m->vcpu_started++;
	while (m->vcpu_created < m->vcpu_started)
		pthread_cond_wait(&m->changed, &m->lock);
	pthread_mutex_unlock(&m->lock);
	status = __atomic_load_n(&m->status, __ATOMIC_ACQUIRE);
	return status ? -EIO : 0;
}

/* Says that this vCPU is created, and waits until all are, and the machine starts. */
static bool wait_for_start(struct machine *m)
{
	pthread_mutex_lock(&m->lock);
	m->vcpu_created++;
	pthread_cond_broadcast(&m->changed);
	while (!m->open && !machine_stopping(m))
		pthread_cond_wait(&m->changed, &m->lock);
	pthread_mutex_unlock(&m->lock);
	return !machine_stopping(m);
}

/* On a PC the guest starts the other vCPUs itself: until its INIT and SIPI KVM holds them. */
static int prepare(struct vcpu *vcpu)
{
	bool pc = vcpu->machine->config.guest->platform == PLATFORM_PC;
	int err = pc ? pc_vcpu_setup(vcpu) : 0;

	return err || (pc && vcpu->id) ? err : vcpu_load_registers(vcpu);
}

/* Seed: ap_main_loop(); QEMU today: kvm_vcpu_thread_fn() in accel/kvm/kvm-accel-ops.c. */
WALK void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	struct machine *m = vcpu->machine;

	if (vcpu_create(vcpu) < 0)
		machine_stop(m, VMM_NO_MACHINE);
	if (wait_for_start(m)) {
		if (prepare(vcpu) < 0)
			machine_stop(m, VMM_NO_MACHINE);
		else
			vcpu_run(vcpu);
	}

	pthread_mutex_lock(&m->lock);
	m->vcpu_ended++;
	pthread_mutex_unlock(&m->lock);
	signals_notify();
	return NULL;
}

/* Seed: SIG_IPI sent by pthread_kill(); QEMU today: qemu_cpu_kick(). */
void vcpu_kick(struct vcpu *vcpu)
{
	pthread_kill(vcpu->thread, SIGNAL_KICK);
}

WALK void vcpu_release(struct vcpu *vcpu)
{
	pthread_join(vcpu->thread, NULL);
	if (vcpu->run)
		munmap(vcpu->run, vcpu->run_sz);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	vcpu->run = NULL;
	vcpu->fd = -1;
}
