#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records more and less than the walk.
#
#   scripts/lab -- tests/lab/detail.sh DIR
#
# For each case NAME: DIR/NAME.kvmtree, .out, .err, .status. tests/lab/detail.bats looks at them.
set -u
. tests/lab/recording.bash

storm=5000
recording_begin "$1"

record exits-storm --detail exits -- build/vmm storm "$storm"
record exits-two --detail exits -- build/vmm hello + mmio
record glob --function 'kvm_mmu_*' -- build/vmm hello
record glob-none --function 'no_such_*' -- build/vmm hello
record glob-many --function 'kvm_*' -- build/vmm hello
record full --detail full -- build/vmm hello
record symbols --symbols build/vmm-obj/guests/hello.elf -- build/vmm hello
record symbols-none --symbols build/vmm-obj/guests/hello.bin -- build/vmm hello
# who counts the same tracepoints by perf meanwhile: the programs of the recorder, and of live, are on them, too
perf_beside() {
	tests/lab/perf-count.py "$dir/$1.perf" kvm/kvm_exit kvm/kvm_msr syscalls/sys_enter_ioctl -- build/vmm msr
}
export -f perf_beside
export dir
try perf-alone perf_beside perf-alone
record perf-rounds --kernel-only -- bash -c 'perf_beside perf-rounds'
record perf-events --kernel-only --probe-with tracepoint -- bash -c 'perf_beside perf-events'
build/kvmtree live -f json >"$dir/live.out" 2>"$dir/live.err" &
live=$!
until_written "$dir/live.out" 1
try perf-live perf_beside perf-live
kill -INT $live
wait $live
# vCPUs that wait for their start are all in the same function
record missed --probe-with kprobe --function kvm_vcpu_block -- build/vmm -c 24 timer 3
true >"$dir/complete"
