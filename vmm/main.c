/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the program: from the command line to the machines, and to the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/guest.h"
#include "vmm/machine.h"
#include "vmm/number.h"
#include "vmm/options.h"
#include "vmm/probe.h"
#include "vmm/seccomp.h"
#include "vmm/signals.h"
#include "vmm/status.h"
#include "vmm/vcpu.h"

/* What only a guest with a loader of its own can have. 0, or -EINVAL after a message. */
static int configure_boot(struct machine_config *config, const struct options *o)
{
	int err;

	const char *for_kernels = o->initrd	? "initrd"
				  : o->cmdline	? "cmdline"
				  : o->disk_cnt ? "disk"
				  : o->net_cnt	? "net"
						: NULL;

	if (config->guest->platform == PLATFORM_BARE && for_kernels) {
		complain("%s: --%s is for kernels; this guest takes none", config->guest->name,
			 for_kernels);
		return -EINVAL;
	}
	config->cmdline = o->cmdline;
	config->disk_cnt = o->disk_cnt;
	config->net_cnt = o->net_cnt;
	memcpy(config->disks, o->disks, sizeof(o->disks));
	memcpy(config->nets, o->nets, sizeof(o->nets));
	err = o->initrd ? image_read(o->initrd, &config->initrd) : 0;
	if (err)
		complain("--initrd %s: %s; give a file that you can read", o->initrd,
			 err == -ENODATA ? "the file is empty" : strerror(-err));
	return err ? -EINVAL : 0;
}

#define RAM_BARE (16ull << 20)
#define RAM_PC	 (512ull << 20)

/* Fills in what one guest's machine is to be. Returns 0, or -EINVAL after a message. */
static int configure(struct machine_config *config, const struct options *o,
		     const struct run_request *run)
{
	uint64_t arg;

	config->vcpu_cnt = (unsigned int)o->cpus;
	config->guest = guest_open(run->guest);
	if (!config->guest || configure_boot(config, o) < 0)
		return -EINVAL;
	config->ram_sz = config->guest->platform == PLATFORM_PC ? RAM_PC : RAM_BARE;
	if (o->ram_sz)
		config->ram_sz = o->ram_sz;
	arg = config->guest->arg_default;
	if (run->arg && !*config->guest->arg_name) {
		complain("%s %s: %s takes no argument; to run two guests, put a + between them",
			 run->guest, run->arg, run->guest);
		return -EINVAL;
	}
	if (run->arg && (number_parse(run->arg, &arg) < 0 || arg > UINT32_MAX)) {
		complain("%s %s: not a number of 32 bits; give one from 0 to 4294967295",
			 run->guest, run->arg);
		return -EINVAL;
	}
	config->arg = (uint32_t)arg;
	return 0;
}

static unsigned int count(struct machine **machines, unsigned int cnt,
			  bool (*is)(struct machine *m))
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < cnt; i++)
		found += is(machines[i]);
	return found;
}

static void run_all(struct machine **machines, unsigned int cnt)
{
	for (unsigned int i = 0; i < cnt; i++)
		machine_start(machines[i]);
	while (count(machines, cnt, machine_ended) < cnt) {
		int sig = signals_wait(count(machines, cnt, machine_ending));

		for (unsigned int i = 0; i < cnt; i++) {
			if (sig)
				machine_stop(machines[i], VMM_SIGNAL + sig);
			else if (machine_ending(machines[i]))
				machine_kick(machines[i]);
		}
	}
}

static void report(const struct machine *m)
{
	for (unsigned int i = 0; i < m->config.vcpu_cnt; i++)
		complain("%s, vCPU %u: %" PRIu64 " exits to user space", m->config.guest->name, i,
			 m->vcpus[i].exits);
	complain("%s: status %d; where no device is: %" PRIu64 " bytes read, %" PRIu64 " written",
		 m->config.guest->name, m->status,
		 m->ports.unclaimed_reads + m->mmio.unclaimed_reads,
		 m->ports.unclaimed_writes + m->mmio.unclaimed_writes);
}

/* Standard input goes to the first machine that can take it. */
static void give_input(struct machine_config *configs, unsigned int cnt)
{
	for (unsigned int i = 0; i < cnt; i++) {
		if (!configs[i].guest || configs[i].guest->platform != PLATFORM_PC)
			continue;
		configs[i].takes_input = true;
		return;
	}
}

/* Once they are in the guest's memory. */
static void drop_images(struct machine_config *configs, unsigned int cnt)
{
	for (unsigned int i = 0; i < cnt; i++) {
		guest_drop_image(configs[i].guest);
		image_free(&configs[i].initrd);
	}
}

/* Builds all machines, runs them at once, ends them. Returns the largest status. */
static int run(struct machine_config *configs, unsigned int cnt, const struct options *o)
{
	struct machine *machines[RUNS_MAX];
	unsigned int built = 0;
	int status = VMM_OK;

	while (built < cnt && (machines[built] = machine_init(&configs[built])))
		built++;
	drop_images(configs, cnt);
	if (built == cnt && !sandbox_enter(o->sandbox))
		run_all(machines, cnt);
	else
		status = VMM_NO_MACHINE;

	for (unsigned int i = 0; i < built; i++) {
		if (machines[i]->status > status)
			status = machines[i]->status;
		if (o->verbose && built == cnt)
			report(machines[i]);
	}
	while (built--)
		machine_release(machines[built]);
	return status;
}

/*
 * If standard output were closed, the next file opened would take its number: a disk's image, with
 * the guest's output on it. What stands in gives EBADF to who reads or writes.
 */
static void hold_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/", O_PATH | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

int main(int argc, char **argv)
{
	struct machine_config configs[RUNS_MAX] = {0};
	struct options o;
	int status = VMM_OK;

	hold_standard_descriptors();
	if (options_parse(&o, argc, argv) < 0)
		return VMM_USAGE;
	if (o.help)
		options_help(stdout);
	else if (o.version)
		puts("vmm " KVMTREE_VERSION);
	else if (o.list)
		guest_list(stdout);
	else if (o.probe)
		status = probe(stdout);
	if (fflush(stdout)) {
		complain("standard output: %s", strerror(errno));
		return VMM_NO_MACHINE;
	}

	for (unsigned int i = 0; i < o.run_cnt && !status; i++)
		if (configure(&configs[i], &o, &o.runs[i]) < 0)
			status = VMM_USAGE;
	give_input(configs, o.run_cnt);
	if (!status && o.run_cnt) {
		signals_init();
		status = run(configs, o.run_cnt, &o);
	}
	drop_images(configs, o.run_cnt);
	for (unsigned int i = 0; i < o.run_cnt; i++)
		guest_free(configs[i].guest);
	return status;
}
