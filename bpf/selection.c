/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names against processes, and what was thought of each process. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/selection.h"

#define BUCKET_CNT 256u

/* Records come after a process has ended, when its VMs go; later its id may be another's. */
#define OVER_FOR_NS 2000000000ull

/* A process that was heard of. */
struct met {
	uint32_t tgid;
	enum verdict verdict;
	int may_trace; /* as running_vmm_may_trace has said last */
	struct running_vmm vmm; /* its names */
	uint64_t over_ns; /* when it ended, or 0 */
	struct met *next;
};

struct selection {
	const struct selection_wish *wish;
	bool may_trace_all;
	struct met *buckets[BUCKET_CNT], *last;
};

/* A number and what is behind it; false: no number, or too large. */
static bool number_take(const char **at, unsigned long max, unsigned long *number)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*number = strtoul(*at, &end, 10);
	*at = end;
	return !errno && *number <= max;
}

bool selection_parse_vcpus(const char *text, uint64_t vcpus[VCPU_WORDS])
{
	memset(vcpus, 0, VCPU_WORDS * sizeof(*vcpus));
	for (;;) {
		unsigned long first, last;

		if (!number_take(&text, VCPU_IDS - 1, &first))
			return false;
		last = first;
		if (*text == '-' && (text++, !number_take(&text, VCPU_IDS - 1, &last)))
			return false;
		if (last < first)
			return false;
		for (; first <= last; first++)
			vcpus[first / 64] |= 1ull << first % 64;
		if (!*text)
			return true;
		if (*text++ != ',')
			return false;
	}
}

bool selection_parse_vm(const char *text, pid_t *pid, int *fd)
{
	unsigned long pid_number, fd_number;

	if (!number_take(&text, INT_MAX, &pid_number) || *text++ != '-' ||
	    !number_take(&text, INT_MAX, &fd_number) || *text || !pid_number)
		return false;
	*pid = (pid_t)pid_number;
	*fd = (int)fd_number;
	return true;
}

bool selection_is_named(const struct selection_wish *wish, const struct running_vmm *vmm)
{
	if (!wish->vm)
		return true;
	if (wish->vm_pid) {
		if (running_process_of(wish->vm_pid) != vmm->pid)
			return false;
		for (unsigned int i = 0; i < vmm->vm_cnt && i < VMM_FDS_MAX; i++)
			if (vmm->vm_fds[i] == wish->vm_fd)
				return true;
		return false;
	}
	return !strcmp(wish->vm, vmm->name) || !strcmp(wish->vm, vmm->comm) ||
	       (strlen(vmm->comm) == REC_COMM_MAX - 1 &&
		!strncmp(wish->vm, vmm->comm, REC_COMM_MAX - 1));
}

struct selection *selection_new(const struct selection_wish *wish, bool may_trace_all)
{
	struct selection *selection = calloc(1, sizeof(*selection));

	if (!selection)
		return NULL;
	selection->wish = wish;
	selection->may_trace_all = may_trace_all;
	return selection;
}

void selection_free(struct selection *selection)
{
	for (uint32_t i = 0; selection && i < BUCKET_CNT; i++) {
		struct met *next;

		for (struct met *met = selection->buckets[i]; met; met = next) {
			next = met->next;
			free(met);
		}
	}
	free(selection);
}

/* The process with this id, new if need be; NULL: no memory. */
static struct met *met_get(struct selection *selection, uint32_t tgid)
{
	struct met **bucket = &selection->buckets[tgid % BUCKET_CNT], *met = selection->last;

	if (met && met->tgid == tgid)
		return met;
	for (met = *bucket; met; met = met->next)
		if (met->tgid == tgid)
			return selection->last = met;
	met = calloc(1, sizeof(*met));
	if (!met)
		return NULL;
	met->tgid = tgid;
	met->may_trace = -ESRCH;
	met->next = *bucket;
	return selection->last = *bucket = met;
}

/* Looks at the process as it is now; what was known of it holds when it is gone. */
static void met_look(struct met *met)
{
	struct running_vmm vmm;
	int may_trace = running_vmm_may_trace((pid_t)met->tgid);

	if (may_trace != -ESRCH)
		met->may_trace = may_trace;
	if (running_vmm_names(&vmm, (pid_t)met->tgid))
		return;
	if (!*vmm.name) /* a process that has ended, and is still there, has no command line any more */
		memcpy(vmm.name, met->vmm.name, sizeof(vmm.name));
	met->vmm = vmm;
}

/* What was known of the process before is not true of it any more. */
static void met_renew(struct met *met)
{
	met->verdict = VERDICT_UNKNOWN;
	met->over_ns = 0;
}

void selection_add(struct selection *selection, const struct running_vmm *vmm)
{
	struct met *met = met_get(selection, (uint32_t)vmm->pid);

	if (!met)
		return;
	met_renew(met);
	met->vmm = *vmm;
	met->verdict = VERDICT_TAKE;
}

static void on_fork(struct selection *selection, const struct rec_process_fork *rec)
{
	struct met *parent = met_get(selection, rec->header.tgid), *child;

	if (rec->child_tgid == rec->header.tgid || !parent)
		return;
	child = met_get(selection, rec->child_tgid);
	if (!child)
		return;
	met_renew(child);
	child->vmm = parent->vmm;
	child->may_trace = parent->may_trace;
}

static void on_exec(struct selection *selection, const struct rec_process_exec *rec)
{
	struct met *met = met_get(selection, rec->header.tgid);

	if (!met)
		return;
	met_renew(met);
	met->may_trace = -ESRCH;
	memset(&met->vmm, 0, sizeof(met->vmm));
	memcpy(met->vmm.comm, rec->comm, sizeof(met->vmm.comm) - 1);
	met_look(met);
}

static enum verdict vmm_judge(const struct selection *selection, struct met *met, uint64_t now_ns)
{
	if (met->over_ns && now_ns > met->over_ns + OVER_FOR_NS)
		met_renew(met);
	if (met->verdict)
		return met->verdict;
	met_look(met);
	/* by PID-FD one process is chosen, and it has been added */
	met->verdict = !selection->wish->vm_pid && selection_is_named(selection->wish, &met->vmm) &&
				       (selection->may_trace_all || !met->may_trace) ?
			       VERDICT_TAKE :
			       VERDICT_REFUSE;
	return met->verdict;
}

enum verdict selection_judge(struct selection *selection, const union record *rec)
{
	struct met *met;

	switch (rec->header.kind) {
	case REC_process_fork:
		on_fork(selection, &rec->process_fork);
		return VERDICT_TAKE;
	case REC_process_exec:
		on_exec(selection, &rec->process_exec);
		return VERDICT_TAKE;
	case REC_process_exit:
		met = met_get(selection, rec->header.tgid);
		if (met && rec->header.tid == rec->header.tgid)
			met->over_ns = rec->header.time_ns;
		return VERDICT_TAKE;
	case REC_lost:
		return VERDICT_TAKE;
	}
	met = met_get(selection, rec->header.tgid);
	return met ? vmm_judge(selection, met, rec->header.time_ns) : VERDICT_REFUSE;
}
