/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A recording as the lives of its VMs: feed it a reader's items, finish it, and each VM is a
 * tree of nodes with its exits counted. It knows no text but that of the recording.
 */
#ifndef KVMTREE_MODEL_H
#define KVMTREE_MODEL_H

#include "trace-viewer/filter.h"
#include "trace-viewer/node.h"
#include "trace-viewer/observer.h"
#include "trace-viewer/trace_reader.h"

#define MODEL_VMS_MAX	   1024u
#define MODEL_THREADS_MAX  8192u
#define MODEL_MIX_ROWS_MAX 4096u
#define MODEL_META_MAX	   128u
#define MODEL_GAPS_MAX	   16u
#define MODEL_CPUS_MAX	   1024u

/* The exits of one reason on one vCPU. */
struct mix_row {
	uint32_t isa, reason;	/* isa 0: those that found no row of their own */
	uint64_t user_cnt;	/* of them went up to user space */
	uint64_t kernel_ns, user_ns;
	struct hist costs;	/* from VM exit to the next VM entry */
	uint64_t open_cnt;	/* had no next entry: not in costs */
	struct mix_row *next;
};

struct vcpu {
	int32_t id;
	uint64_t exit_cnt, entry_cnt, guest_ns;
	bool has_counter, has_base;
	uint64_t counter;      /* KVM's own count of exits, */
	uint64_t counter_base; /* less those before the recording began */
	int64_t last_user_reason; /* why KVM_RUN returned last: KVM_EXIT_*, or -1 */
	struct mix_row *rows;
	struct vcpu *next; /* by id */
};

struct vm {
	uint32_t number; /* from 1, in order of appearance; 0: records of no known VM */
	uint64_t pointer;
	uint32_t tgid;
	char comm[REC_COMM_MAX + 1];
	bool is_destroyed, is_creation_seen;
	bool is_process_ended;
	uint32_t wait_status; /* of the process, when it has ended */
	struct node *root;
	struct vcpu *vcpus;
	uint32_t vcpu_cnt;
	uint64_t exit_cnt;
};

struct model_meta {
	char *key, *value;
};

/* What is left in a model of the frames that have closed. */
enum model_keep {
	MODEL_FACTS,  /* nothing: its counts and its observer tell all; memory is bounded */
	MODEL_FOLDED, /* trees in which what repeats is folded; memory is bounded */
	MODEL_WHOLE,  /* whole trees: memory grows with the recording */
};

struct model;
struct thread;

/*
 * Who takes the frames of a MODEL_WHOLE away while it grows. `settled`: the node has closed, is kept,
 * and is the last child of its parent; what is before it may be taken. `thread_done`: no more is
 * to come below this thread node.
 */
struct model_sink {
	void *owner;
	void (*settled)(void *owner, struct model *model, struct thread *t, struct node *node);
	void (*thread_done)(void *owner, struct model *model, struct node *thread_node);
};

struct model {
	enum model_keep keep;
	struct observer observer;
	const struct filter *filter; /* or NULL: all frames are kept */
	const struct model_sink *sink; /* or NULL */
	struct vm *vms[MODEL_VMS_MAX + 1]; /* [0] is that of number 0 */
	uint32_t vm_cnt;		   /* without number 0 */
	const struct func_row *funcs[TRACE_FUNCS_MAX];
	uint32_t func_cnt, func_end; /* none is at func_end or beyond */
	struct model_meta meta[MODEL_META_MAX];
	uint32_t meta_cnt;
	char *gaps[MODEL_GAPS_MAX];
	uint64_t gap_cnt, lost_cnt, exit_cnt, record_cnt, entry_cnt;
	uint64_t unplaced_cnt; /* records beyond what the model can hold */
	uint64_t unplaced_exit_cnt;
	uint32_t mix_row_cnt;
	uint32_t thread_node_cnt;
	uint64_t time_first_ns, time_last_ns;
	/* losses are numbered; the last one of a CPU (modulo), and of all, here */
	uint64_t loss_number, loss_everywhere, loss_on_cpu[MODEL_CPUS_MAX];
	struct trace_ending ending;
	struct symbols *symbols; /* the guest's, as the recording has them */
	struct threads *threads; /* while it is fed */
	struct thread *thread_last; /* the one of them that was asked for last, or NULL */
};

/* NULL: no memory. observer may be NULL; it is copied. */
struct model *model_new(enum model_keep keep, const struct observer *observer);
void model_free(struct model *model);

/* Before anything is fed: keeps only what the filter, which outlives the model, asks for. */
void model_filter(struct model *model, const struct filter *filter);

/* Before anything is fed to a MODEL_WHOLE: the sink outlives it. */
void model_drain(struct model *model, const struct model_sink *sink);

/* Takes an item; func rows must outlive the model. */
void model_feed(struct model *model, const struct trace_item *item);
/* Closes what is open; the trees are whole after it. */
void model_finish(struct model *model, const struct trace_ending *ending);

/* Tells of the exits whose next entry has not been seen yet, with their times as they are at now_ns. */
void model_open_exits(struct model *model, uint64_t now_ns,
		      void (*fn)(void *owner, const struct exit_fact *fact), void *owner);

/* The last value with this key, or NULL. */
const char *model_meta(const struct model *model, const char *key);

/* KVM's own count of a VM's exits; false when some vCPU has none. */
bool vm_counter(const struct vm *vm, uint64_t *counter);
/* The vCPU with this id, made if need be; NULL: no memory. */
struct vcpu *vm_vcpu(struct vm *vm, int32_t id);

/* Feeds a whole reader. */
void model_read(struct model *model, struct trace_reader *rd);

/* The row of a function with this id, or NULL. */
const struct func_row *model_func(const struct model *model, uint32_t id);

#endif
