#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Counts tracepoints as perf does, on all processors, while a command runs.

    tests/lab/perf-count.py OUT EVENT... -- COMMAND...

OUT gets a line for each EVENT, such as kvm/kvm_exit: its name and how often it was. Exit status: COMMAND's.
"""
import ctypes
import os
import struct
import subprocess
import sys

SYS_PERF_EVENT_OPEN = 298  # x86-64
TYPE_TRACEPOINT = 2
ATTR_SIZE = 64  # PERF_ATTR_SIZE_VER0


def counter(event, cpu):
    with open(f"/sys/kernel/tracing/events/{event}/id") as number:
        attr = struct.pack("IIQ", TYPE_TRACEPOINT, ATTR_SIZE, int(number.read())).ljust(ATTR_SIZE, b"\0")
    fd = ctypes.CDLL(None, use_errno=True).syscall(SYS_PERF_EVENT_OPEN, attr, -1, cpu, -1, 0)
    if fd < 0:
        sys.exit(f"perf-count: {event}: {os.strerror(ctypes.get_errno())}")
    return fd


split = sys.argv.index("--")
events = {event: [counter(event, cpu) for cpu in range(os.cpu_count())] for event in sys.argv[2:split]}
status = subprocess.call(sys.argv[split + 1:])
with open(sys.argv[1], "w") as out:
    for event, fds in events.items():
        print(event, sum(struct.unpack("Q", os.read(fd, 8))[0] for fd in fds), file=out)
sys.exit(status)
