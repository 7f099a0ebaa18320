/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The eBPF programs, all in one object. */
#include "bpf/events.bpf.h"
#include "bpf/functions.bpf.h"
#include "bpf/interrupts.bpf.h"
#include "bpf/ioctl.bpf.h"
#include "bpf/ioctl_syscall.bpf.h"
#include "bpf/process.bpf.h"
#include "bpf/round.bpf.h"
#include "bpf/round_exit.bpf.h"
#include "bpf/tick.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
