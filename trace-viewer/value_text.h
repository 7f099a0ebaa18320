/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arguments and results of functions, as the function table types them (trace_format.h). */
#ifndef KVMTREE_VALUE_TEXT_H
#define KVMTREE_VALUE_TEXT_H

#include <stdint.h>

#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/*
 * " msr=0x10 type=MSR_TYPE_W new=&3d8800": those recorded whose types are told; not the VM and the vCPU. Of
 * a pointer the last digits are shown.
 */
void args_add(struct text *t, const struct node_func *f);

/* "0", "-EINVAL", "true", "NULL", "RET_PF_FIXED"; nothing for void and what is not known. */
void value_add_result(struct text *t, const struct func_row *func, int64_t result);

#endif
