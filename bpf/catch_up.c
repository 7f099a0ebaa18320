/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Threads and vCPUs as the records tell of them. */
#include <stdlib.h>
#include <string.h>

#include "bpf/catch_up.h"

#define BUCKET_CNT 1024u
#define THREADS_MAX 16384u
#define VCPUS_MAX   16384u

struct known_vcpu {
	uint64_t vm;
	uint32_t id;
	uint32_t tid, tgid; /* that ran it last */
	uint64_t exits, left_out; /* that went by in all, and those that were not kept */
	struct known_vcpu *next;
};

struct known_thread {
	uint32_t tid, tgid;
	unsigned char comm[REC_COMM_MAX];
	uint64_t vm; /* whose ioctl it called last, or 0 */
	struct known_vcpu *vcpu; /* that its last exit was of, or NULL */
	struct known_thread *next;
};

struct catch_up {
	struct known_thread *threads[BUCKET_CNT], *last;
	struct known_vcpu *vcpus[BUCKET_CNT];
	uint32_t thread_cnt, vcpu_cnt;
};

struct catch_up *catch_up_new(void)
{
	return calloc(1, sizeof(struct catch_up));
}

void catch_up_free(struct catch_up *c)
{
	for (uint32_t i = 0; c && i < BUCKET_CNT; i++) {
		struct known_thread *thread_next;
		struct known_vcpu *vcpu_next;

		for (struct known_thread *t = c->threads[i]; t; t = thread_next) {
			thread_next = t->next;
			free(t);
		}
		for (struct known_vcpu *v = c->vcpus[i]; v; v = vcpu_next) {
			vcpu_next = v->next;
			free(v);
		}
	}
	free(c);
}

/* The thread, new if need be; NULL: there are too many. */
static struct known_thread *thread_get(struct catch_up *c, uint32_t tid, uint32_t tgid)
{
	struct known_thread **bucket = &c->threads[tid % BUCKET_CNT], *t = c->last;

	if (t && t->tid == tid)
		return t;
	for (t = *bucket; t; t = t->next)
		if (t->tid == tid)
			return c->last = t;
	t = c->thread_cnt < THREADS_MAX ? calloc(1, sizeof(*t)) : NULL;
	if (!t)
		return NULL;
	c->thread_cnt++;
	t->tid = tid;
	t->tgid = tgid;
	t->next = *bucket;
	return c->last = *bucket = t;
}

static void thread_forget(struct catch_up *c, uint32_t tid)
{
	struct known_thread **at = &c->threads[tid % BUCKET_CNT], *t;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	t = *at;
	if (!t)
		return;
	*at = t->next;
	if (c->last == t)
		c->last = NULL;
	c->thread_cnt--;
	free(t);
}

static struct known_vcpu **vcpu_place(const struct catch_up *c, uint64_t vm, uint32_t id)
{
	/* a struct kvm is whole pages, or nearly so */
	struct known_vcpu *const *at = &c->vcpus[(vm / 4096 + id) % BUCKET_CNT];

	while (*at && ((*at)->vm != vm || (*at)->id != id))
		at = &(*at)->next;
	return (struct known_vcpu **)at;
}

static struct known_vcpu *vcpu_get(struct catch_up *c, uint64_t vm, uint32_t id, bool *is_new)
{
	struct known_vcpu **at = vcpu_place(c, vm, id), *v = *at;

	*is_new = !v;
	if (v || c->vcpu_cnt == VCPUS_MAX)
		return v;
	v = calloc(1, sizeof(*v));
	if (!v)
		return NULL;
	c->vcpu_cnt++;
	v->vm = vm;
	v->id = id;
	return *at = v;
}

/* It was destroyed: another may have its place in memory, and with it its VM's address. */
static void vcpu_forget(struct catch_up *c, uint64_t vm, uint32_t id)
{
	struct known_vcpu **at = vcpu_place(c, vm, id), *v = *at;

	if (!v)
		return;
	for (uint32_t i = 0; i < BUCKET_CNT; i++)
		for (struct known_thread *t = c->threads[i]; t; t = t->next)
			if (t->vcpu == v)
				t->vcpu = NULL;
	*at = v->next;
	c->vcpu_cnt--;
	free(v);
}

static void on_vm_exit(struct catch_up *c, struct known_thread *t, const struct rec_kvm_exit *rec,
		    bool is_kept)
{
	struct known_vcpu *v = t->vcpu;
	bool is_new;

	if (!v || v->id != rec->vcpu_id || v->vm != t->vm)
		v = t->vcpu = t->vm ? vcpu_get(c, t->vm, rec->vcpu_id, &is_new) : NULL;
	if (!v)
		return;
	v->tid = t->tid;
	v->tgid = t->tgid;
	v->exits++;
	v->left_out += !is_kept;
}

static void on_base(struct catch_up *c, struct known_thread *t, const struct rec_vcpu_base *rec)
{
	bool is_new;
	struct known_vcpu *v = vcpu_get(c, rec->vm, rec->vcpu_id, &is_new);

	t->vm = rec->vm;
	if (!v || !is_new)
		return; /* it has only moved to another thread */
	v->exits = rec->exits;
	v->tid = t->tid;
	v->tgid = t->tgid;
}

static void on_fork(struct catch_up *c, const struct known_thread *t, const struct rec_process_fork *rec)
{
	struct known_thread *child;
	unsigned char comm[REC_COMM_MAX];

	memcpy(comm, t->comm, sizeof(comm));
	thread_forget(c, rec->child_tid); /* of old */
	child = thread_get(c, rec->child_tid, rec->child_tgid);
	if (child)
		memcpy(child->comm, comm, sizeof(comm));
}

void catch_up_note(struct catch_up *c, const union record *rec, bool is_kept)
{
	const struct rec_header *h = &rec->header;
	struct known_thread *t;

	switch (h->kind) {
	/* those may come of a thread that has ended, and must not bring it back */
	case REC_vcpu_counter:
		if (!rec->vcpu_counter.is_alive)
			vcpu_forget(c, rec->vcpu_counter.vm, rec->vcpu_counter.vcpu_id);
		return;
	case REC_process_exit:
		thread_forget(c, h->tid);
		return;
	case REC_ioctl_enter:
	case REC_kvm_exit:
	case REC_vcpu_base:
	case REC_process_fork:
	case REC_process_exec:
		break;
	default:
		return;
	}
	t = thread_get(c, h->tid, h->tgid);
	if (!t)
		return;
	if (h->kind == REC_kvm_exit)
		on_vm_exit(c, t, &rec->kvm_exit, is_kept);
	else if (h->kind == REC_ioctl_enter)
		t->vm = rec->ioctl_enter.vm ? rec->ioctl_enter.vm : t->vm;
	else if (h->kind == REC_vcpu_base)
		on_base(c, t, &rec->vcpu_base);
	else if (h->kind == REC_process_fork)
		on_fork(c, t, &rec->process_fork);
	else
		memcpy(t->comm, rec->process_exec.comm, sizeof(t->comm));
}

static int thread_tell(const struct known_thread *t, uint64_t time_ns, catch_up_fn *fn, void *context)
{
	union record rec = { .process_exec = {
		.header = { .size = sizeof(rec.process_exec), .kind = REC_process_exec,
			    .time_ns = time_ns, .tid = t->tid, .tgid = t->tgid },
		.comm_sz = REC_COMM_MAX,
	} };

	if (!t->comm[0])
		return 0;
	memcpy(rec.process_exec.comm, t->comm, sizeof(t->comm));
	return fn(context, &rec);
}

static int vcpu_tell(const struct known_vcpu *v, uint64_t time_ns, catch_up_fn *fn, void *context)
{
	union record rec = { .vcpu_base = {
		.header = { .size = sizeof(rec.vcpu_base), .kind = REC_vcpu_base,
			    .time_ns = time_ns, .tid = v->tid, .tgid = v->tgid },
		.vm = v->vm,
		.exits = v->exits,
		.vcpu_id = v->id,
	} };

	return fn(context, &rec);
}

int catch_up_each(const struct catch_up *c, uint64_t time_ns, catch_up_fn *fn, void *context)
{
	int err = 0;

	for (uint32_t i = 0; i < BUCKET_CNT; i++)
		for (const struct known_thread *t = c->threads[i]; t && !err; t = t->next)
			err = thread_tell(t, time_ns, fn, context);
	for (uint32_t i = 0; i < BUCKET_CNT; i++)
		for (const struct known_vcpu *v = c->vcpus[i]; v && !err; v = v->next)
			err = vcpu_tell(v, time_ns, fn, context);
	return err;
}

uint64_t catch_up_left_out(const struct catch_up *c, uint64_t vm, uint32_t vcpu_id)
{
	const struct known_vcpu *v = *vcpu_place(c, vm, vcpu_id);

	return v ? v->left_out : 0;
}
