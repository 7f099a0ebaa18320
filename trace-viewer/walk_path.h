/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The parts of the walk that --path names. */
#ifndef KVMTREE_WALK_PATH_H
#define KVMTREE_WALK_PATH_H

#include <stdint.h>

#define WALK_PATHS "create-vm|create-vcpu|run"

/* The ioctl in which this part, one of WALK_PATHS, happens. */
uint32_t walk_path_ioctl(const char *path);

#endif
