/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What vmm's exit status says; a guest's own status is passed on as it is. */
#ifndef VMM_STATUS_H
#define VMM_STATUS_H

enum vmm_status {
	VMM_OK = 0,
#define STATUS(name, value, sentence) VMM_##name = value,
#include "vmm/status.def"
#undef STATUS
	VMM_SIGNAL = 128, /* plus the number of the signal that ended us */
};

#endif
