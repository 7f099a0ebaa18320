/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The part of the plan that is about kernel functions. */
#ifndef KVMTREE_PLAN_WALK_H
#define KVMTREE_PLAN_WALK_H

#include "bpf/plan.h"

enum func_vendor { ANY, AMD, INTEL, NEITHER };

/* The rows of KVM's ioctls, first and in the order of enum ioctl_func, and of functions.def. */
int plan_walk(struct plan *plan, enum func_vendor vendor, char *why, size_t why_sz);

#endif
