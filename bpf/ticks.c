/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A clock event of perf for each CPU. */
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "bpf/ticks.h"

#define TICK_NS 250000000

struct ticks {
	int cpu_cnt;
	struct bpf_link *links[]; /* NULL: none on this CPU */
};

/* NULL: the CPU is offline, or the kernel does not want to. */
static struct bpf_link *tick_attach(const struct bpf_program *program, int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = TICK_NS,
		.exclude_kernel = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	struct bpf_link *link = fd < 0 ? NULL : bpf_program__attach_perf_event(program, fd);

	if (!link && fd >= 0)
		close(fd);
	return link;
}

struct ticks *ticks_start(const struct bpf_program *program)
{
	int cpu_cnt = libbpf_num_possible_cpus();
	struct ticks *ticks;

	if (cpu_cnt < 0)
		cpu_cnt = 0;
	ticks = calloc(1, sizeof(*ticks) + (size_t)cpu_cnt * sizeof(struct bpf_link *));
	if (!ticks)
		return NULL;
	ticks->cpu_cnt = cpu_cnt;
	for (int cpu = 0; cpu < cpu_cnt; cpu++)
		ticks->links[cpu] = tick_attach(program, cpu);
	return ticks;
}

void ticks_stop(struct ticks *ticks)
{
	if (!ticks)
		return;
	for (int cpu = 0; cpu < ticks->cpu_cnt; cpu++)
		bpf_link__destroy(ticks->links[cpu]);
	free(ticks);
}
