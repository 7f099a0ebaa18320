/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The threads of a recording while it is read: what is open of each, and what they did for whom. */
#ifndef KVMTREE_MODEL_THREAD_H
#define KVMTREE_MODEL_THREAD_H

#include "trace-viewer/model.h"
#include "trace-viewer/model_account.h"

#define THREAD_STACK_MAX 96
#define THREAD_EARLY_MAX 16 /* records that wait for older ones */
#define THREAD_LEVEL_MAX 6 /* threads that threads created, below each other */

/* What a thread did for one VM. */
struct thread_part {
	struct vm *vm;
	struct node *node;
	struct thread_part *next;
};

struct thread {
	uint32_t tid, tgid, level, last_cpu;
	uint64_t last_ns, loss_seen;
	char comm[REC_COMM_MAX + 1];
	struct node *stack[THREAD_STACK_MAX];
	uint32_t depth, too_deep_cnt;
	struct node *span;     /* open guest or exit */
	struct node *answered; /* the exit that a later record may say more about */
	struct node *root_part; /* that the open root's line was written below */
	struct node *pending;  /* thread node whose VM is not known yet */
	struct thread_part *parts;
	struct vm *vm; /* the last one seen */
	int32_t vcpu_id;
	uint64_t entry_ns;
	struct off_cpu_sum guest_off_cpu; /* since then */
	struct inject inject; /* what the next entry injects */
	struct inject injected; /* what the last one did */
	union record *early; /* room for THREAD_EARLY_MAX */
	uint32_t early_cnt;
	uint64_t first_run_ns; /* when it called KVM_RUN first; 0: not yet */
	struct exit_account account;
	struct thread *next;
};

struct threads;

struct threads *threads_new(void);
void threads_free(struct threads *threads);
/* The thread with this tid, made if need be; NULL: too many. */
struct thread *thread_find(struct model *model, uint32_t tid, uint32_t tgid);

/* The same: most records are of the thread of the one before. */
static inline struct thread *thread_get(struct model *model, uint32_t tid, uint32_t tgid)
{
	struct thread *t = model->thread_last;

	return t && t->tid == tid ? t : thread_find(model, tid, tgid);
}

/* Closes its frames, and forgets it. */
void thread_end(struct model *model, struct thread *t, uint64_t now_ns);
void threads_each(struct model *model,
		  void (*fn)(struct model *model, struct thread *t, const void *arg), const void *arg);

/* A child thread's frames go below the frame that is open now. */
void thread_adopt(struct model *model, struct thread *parent, struct thread *child,
		  uint64_t now_ns);

#endif
