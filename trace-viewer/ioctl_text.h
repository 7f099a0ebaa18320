/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An ioctl and its result in words. */
#ifndef KVMTREE_IOCTL_TEXT_H
#define KVMTREE_IOCTL_TEXT_H

#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/* "KVM_CREATE_VCPU", or "ioctl(0x4004ae99)" when the headers have no name for it. */
void ioctl_add_name(struct text *t, uint32_t cmd);
/* " slot=0 gpa=0x0 size=2 MiB" */
void ioctl_add_args(struct text *t, const struct node_ioctl *io);
/* "fd 5", "0", "-EINVAL" */
void ioctl_add_result(struct text *t, const struct node_ioctl *io);
/* "-EINVAL", "5" */
void result_add(struct text *t, int64_t result);

#endif
