/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A machine: a VM, its memory, its devices on two buses, its vCPUs, and the guest in it. */
#ifndef VMM_MACHINE_H
#define VMM_MACHINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/boot.h"
#include "vmm/bus.h"
#include "vmm/guest.h"
#include "vmm/irq_line.h"
#include "vmm/vm.h"

#define OWNED_MAX 32
#define DISKS_MAX 8
#define NETS_MAX  4

struct event_loop;
struct pci_bus;
struct vcpu;

struct disk_config {
	const char *path; /* borrowed */
	bool read_only;
};

enum net_model { NET_VIRTIO, NET_E1000 };

struct net_config {
	const char *tap; /* borrowed */
	enum net_model model;
};

struct machine_config {
	const struct guest *guest; /* borrowed */
	uint32_t arg;		   /* for the guest, in EAX */
	uint64_t ram_sz;	   /* bytes */
	unsigned int vcpu_cnt;
	struct image initrd; /* borrowed, for machine_init(); empty if there is none */
	const char *cmdline; /* borrowed; NULL if there is none */
	bool takes_input;    /* standard input is for this machine */
	unsigned int disk_cnt, net_cnt;
	struct disk_config disks[DISKS_MAX];
	struct net_config nets[NETS_MAX];
};

enum machine_bus { BUS_PORT, BUS_MMIO };

/* What the machine is to release at its end. */
struct owned {
	void *owner;
	void (*release)(void *owner);
};

struct aml;

/* Who tells the guest's ACPI where a device is. */
struct described {
	void (*describe)(void *owner, struct aml *aml);
	void *owner;
};

struct machine {
	struct machine_config config;
	struct vm vm;
	struct bus ports, mmio;
	struct event_loop *io;	 /* of the devices; NULL on "bare" */
	struct pci_bus *pci;	 /* NULL: no device needs one */
	unsigned int virtio_cnt; /* slots of LAYOUT_VIRTIO that are taken, from the first */
	unsigned int owned_cnt;
	struct owned owned[OWNED_MAX];
	unsigned int described_cnt;
	struct described described[OWNED_MAX];
	struct cpu_start start;	   /* of the first vCPU; on "bare" of all */
	struct vcpu *vcpus;	   /* config.vcpu_cnt of them */
	unsigned int vcpu_started; /* how many of them have a thread */

	/* Between the vCPUs' threads and the main thread; lock guards all but stop, status. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int vcpu_created; /* have been through vcpu_create(), well or not */
	unsigned int vcpu_ended;
	bool open;  /* the vCPUs may run */
	bool stop;  /* the vCPUs are to end; atomic */
	int status; /* the largest reported; atomic */
};

/*
 * The life of a machine, in this order, on the main thread:
 *	machine_init()		builds all; its vCPUs exist, each on its thread, and wait
 *	machine_start()		lets them run
 *	machine_ending()	true when it is to end, and some vCPU has not yet
 *	machine_ended()		true when the last vCPU has ended
 *	machine_release()	ends it if it still runs, gives all back
 * machine_init() returns NULL after a message.
 */
struct machine *machine_init(const struct machine_config *config);
void machine_start(struct machine *m);
bool machine_ending(struct machine *m);
bool machine_ended(struct machine *m);
void machine_release(struct machine *m);

/* The image, where its loader wants it. Returns 0, or < 0 after a message. */
int guest_load(struct machine *m);

/* Ends all vCPUs of the machine; any thread may call it. */
void machine_stop(struct machine *m, int status);

/*
 * Calls the vCPUs back once more. A kick takes them out of the guest for sure, but may come just
 * before a write() that waits for a reader; so who waits for the end of a machine repeats it.
 */
void machine_kick(struct machine *m);

/* The machine's status becomes at least status; any thread may call it. */
void machine_report_status(struct machine *m, int status);

static inline bool machine_stopping(const struct machine *m)
{
	return __atomic_load_n(&m->stop, __ATOMIC_ACQUIRE);
}

#endif
