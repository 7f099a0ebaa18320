/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a reader must have been told who begins to read in the middle of a recording: the names of the
 * threads that live, and how many exits of each vCPU went by. A recording that lets its older records
 * go begins so; one that stops before KVM does counts here what came after.
 */
#ifndef KVMTREE_CATCH_UP_H
#define KVMTREE_CATCH_UP_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-viewer/record_codec.h"

struct catch_up;

/* NULL: no memory. */
struct catch_up *catch_up_new(void);
void catch_up_free(struct catch_up *catch_up);

/* Every record, in order. is_kept: it goes into the file. */
void catch_up_note(struct catch_up *catch_up, const union record *rec, bool is_kept);

/*
 * Calls fn for the records that a file whose next record is at time_ns should begin with; stops when it
 * returns other than 0, which is returned.
 */
typedef int catch_up_fn(void *context, const union record *rec);
int catch_up_each(const struct catch_up *catch_up, uint64_t time_ns, catch_up_fn *fn, void *context);

/* Exits of a vCPU that were noted and not kept. */
uint64_t catch_up_left_out(const struct catch_up *catch_up, uint64_t vm, uint32_t vcpu_id);

#endif
