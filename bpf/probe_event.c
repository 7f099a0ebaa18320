/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kprobes and uprobes as perf events. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/probe_event.h"
#include "bpf/tracefs.h"

#define PMU_DIR "/sys/bus/event_source/devices"

/* A number in a one-line file of the probes' PMU, behind `format`; -ENOENT: there is none. */
static int pmu_number(const char *pmu, const char *file, const char *format)
{
	char path[128];
	int number = -ENOENT;
	FILE *in;

	snprintf(path, sizeof(path), PMU_DIR "/%s/%s", pmu, file);
	in = fopen(path, "re");
	if (!in)
		return -ENOENT;
	if (fscanf(in, format, &number) != 1)
		number = -ENOENT;
	fclose(in);
	return number;
}

/* What perf calls the PMU by, and its bit for probes of returns. They do not change while the machine runs. */
struct probe_pmu {
	const char *name;
	int type, return_bit; /* 0: not read yet; less: there is none */
};

/* Hundreds of probes ask. */
static const struct probe_pmu *probe_pmu(bool is_user)
{
	static struct probe_pmu pmus[] = { { .name = "kprobe" }, { .name = "uprobe" } };
	struct probe_pmu *pmu = &pmus[is_user];

	if (!pmu->type) {
		pmu->type = pmu_number(pmu->name, "type", "%d");
		pmu->return_bit = pmu_number(pmu->name, "format/retprobe", "config:%d");
	}
	return pmu;
}

/* Returns a perf event without a program, or -errno. */
static int event_open(const struct probe_place *place, bool is_return)
{
	const struct probe_pmu *pmu = probe_pmu(place->is_user);
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int fd;

	if (pmu->type < 0 || pmu->return_bit < 0)
		return -ENOTSUP;
	attr.type = (uint32_t)pmu->type;
	attr.config = (uint64_t)is_return << pmu->return_bit;
	attr.config1 = place->address ? 0 : (uint64_t)(uintptr_t)place->name;
	attr.config2 = place->address ? place->address : place->file_off;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			  PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int probe_event_open(const struct probe_place *place, bool is_return, int prog_fd)
{
	int fd = event_open(place, is_return), err;

	if (fd < 0)
		return fd;
	if (!ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) && !ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int probe_event_open_cookie(const struct probe_place *place, bool is_return, int prog_fd,
			    uint64_t cookie)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int fd = event_open(place, is_return), link;

	if (fd < 0)
		return fd;
	link = bpf_link_create(prog_fd, fd, BPF_PERF_EVENT, &opts);
	link = link < 0 ? -errno : link;
	if (link >= 0 && ioctl(fd, PERF_EVENT_IOC_ENABLE, 0)) {
		int err = -errno;

		close(link);
		link = err;
	}
	close(fd); /* the link holds it */
	return link;
}

struct bpf_link *program_attach(const struct bpf_program *program)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_TRACEPOINT };
	char category[32], event[64];
	struct bpf_link *link;
	int id, fd, err;

	if (sscanf(bpf_program__section_name(program), "tracepoint/%31[^/]/%63s", category, event) != 2)
		return bpf_program__attach(program);
	id = tracefs_event_id(category, event);
	errno = id < 0 ? -id : 0;
	if (id < 0)
		return NULL;
	attr.config = (uint64_t)id;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(program, fd);
	err = errno;
	/* the program runs all the same, and perf does not count what it passes on */
	if (link)
		ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	else
		close(fd);
	errno = err;
	return link;
}
