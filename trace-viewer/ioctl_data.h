/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The structure that an ioctl was given, or gave back, as far as it was recorded. */
#ifndef KVMTREE_IOCTL_DATA_H
#define KVMTREE_IOCTL_DATA_H

#include "trace-viewer/json.h"
#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/* " slot=0 gpa=0x0 size=16 MiB log-dirty": what matters of it. False: nothing is known. */
bool ioctl_data_add(struct text *t, const struct node_ioctl *io);

/* All fields, as an object with this key: {"type": "kvm_regs", "rip": "0x1000", ...}; null: nothing is known. */
void ioctl_data_json(struct json *j, const char *key, const struct node_ioctl *io);

#endif
