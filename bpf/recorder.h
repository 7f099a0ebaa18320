/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the ring buffer to the trace file: what comes in is counted, acted upon, written. */
#ifndef KVMTREE_RECORDER_H
#define KVMTREE_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/plan.h"
#include "bpf/programs.h"
#include "bpf/ring_file.h"
#include "bpf/running_vmm.h"
#include "bpf/selection.h"
#include "bpf/trigger.h"
#include "trace-viewer/trace_writer.h"

struct recorder;

struct recorder_totals {
	uint64_t records, exits, lost; /* those that --ring has let go among them */
	uint64_t runs; /* returns to user space that KVM told of */
	uint64_t kvm_exits; /* KVM's own count, from where the recording met each vCPU */
	uint64_t vcpus;	    /* of how many it is known */
};

/* All of it outlives the recorder. */
struct recorder_parts {
	struct programs *programs;
	struct plan *plan;
	struct trace_writer *writer;
	struct selection *selection; /* NULL: all is recorded */
	struct trigger *trigger;     /* NULL: the recording ends with what it is of */
	struct ring_file *ring;	     /* NULL: nothing is let go */
	int *ring_fd;		     /* with it: the file's descriptor, which changes */
};

/* Returns 0 or -errno. */
int recorder_new(struct recorder **recorder, const struct recorder_parts *parts);
void recorder_free(struct recorder *recorder);

/* Probes the functions of the walk that this program has, and writes their rows into the file. */
void recorder_probe(struct recorder *recorder, const char *path);

/* Traces a VMM that runs already, and names its threads in the file. Returns 0 or -errno. */
int recorder_attach(struct recorder *recorder, const struct running_vmm *vmm);

/* A descriptor that is readable when the kernel wants to be read at once. */
int recorder_fd(const struct recorder *recorder);

/*
 * Takes everything out of the ring. Returns how many records, or -errno when the file
 * could not be written (the ring is emptied all the same).
 */
int recorder_drain(struct recorder *recorder);

/* After programs_hush: takes what is in the ring, and what did not come to it any more. */
void recorder_finish(struct recorder *recorder);

/* Writes out what is under way if the last flush is long ago: a killed recorder loses no more. */
int recorder_flush_due(struct recorder *recorder);

/* The exit that was waited for has come, and its turn is whole: what comes now is not recorded. */
bool recorder_is_over(const struct recorder *recorder);

struct recorder_totals recorder_totals(const struct recorder *recorder);

#endif
