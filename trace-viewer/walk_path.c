/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of parts of the walk, and their ioctls. */
#include "trace-viewer/walk_path.h"

#include <linux/kvm.h>
#include <stddef.h>
#include <string.h>

uint32_t walk_path_ioctl(const char *path)
{
	static const struct { const char *path; uint32_t cmd; } paths[] = {
		{ "create-vm", KVM_CREATE_VM },
		{ "create-vcpu", KVM_CREATE_VCPU },
		{ "run", KVM_RUN },
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(path, paths[i].path))
			return paths[i].cmd;
	return 0;
}
