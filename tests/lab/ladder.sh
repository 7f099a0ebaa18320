#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records with each rung of the probe ladder, in one boot.
#
#   scripts/lab --kernel 5.10 -- tests/lab/ladder.sh DIR STORM [RUNG...]
#
# best-hello and best-storm are recorded as a user would, and RUNG-hello with each RUNG alone (all of them
# unless some are named; fentry, where it is there, is the best already). For each: DIR/NAME.kvmtree, .out, .err,
# .status; for the storm .hist, the kernel's own histogram; DIR/doctor.out and dry-run.out.
# tests/lab/ladder.bats looks at them; tests/lab/ladder-table.sh makes the table of docs/kernels.md.
set -u
. tests/lab/common.bash
. tests/lab/recording.bash

recording_begin "$1"
storm=$2
shift 2
[ $# -gt 0 ] || set -- fentry kprobe.multi kprobe tracepoint
kvmtree=build/kvmtree
uname -r >"$dir/release"

"$kvmtree" doctor >"$dir/doctor.out" 2>&1
"$kvmtree" record --dry-run -- build/vmm hello >"$dir/dry-run.out" 2>&1
record best-hello -- build/vmm hello
hist_begin
record best-storm -- build/vmm storm "$storm"
hist_end "$dir/best-storm.hist"
for rung; do
	[ "$rung" = fentry ] && grep -qE '^  ok +fentry ' "$dir/doctor.out" ||
		record "$rung-hello" --probe-with "$rung" -- build/vmm hello
done

# KVM's modules go, in steps: on AMD, where modprobe takes no time
if [ "${KVMTREE_LAB:-}" = amd ]; then
	record module-goes -- bash -c 'modprobe -r kvm_amd 2>&1; build/vmm hello'
	# the probes of the recording before go in the background
	until rmmod kvm_amd 2>/dev/null || [ ! -e /sys/module/kvm_amd ]; do sleep 0.1; done
	record no-vendor -- build/vmm hello
	"$kvmtree" doctor >"$dir/doctor-no-vendor.out" 2>&1
	rmmod kvm
	record no-module -- build/vmm hello
	modprobe kvm_amd
	record module-again -- build/vmm hello
fi
true >"$dir/complete"
