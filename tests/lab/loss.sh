#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab, with two processors: what is lost, and that nothing is.
#
#   scripts/lab --cpus 2 -- tests/lab/loss.sh DIR [EXITS]
#
# Four vCPUs exit EXITS (20,000) times each as fast as they can. For each case NAME: DIR/NAME.kvmtree, .out,
# .err, .status. tests/lab/loss.bats looks at them.
set -u
. tests/lab/recording.bash

exits=${2:-20000}
counted() { cat /sys/kernel/debug/kvm/exits; }
recording_begin "$1"

record four -- build/vmm -c 4 storm "$exits"

# A recorder that sleeps until its buffer has long been full: what it has lost it knows.
build/kvmtree record --detail exits -b 64K -o "$dir/small.kvmtree" -- build/vmm storm 60000 \
	>/dev/null 2>"$dir/small.err" &
recorder=$!
until [ "$(counted)" -gt 1000 ] || ! kill -0 $recorder; do sleep 0.1; done
kill -STOP $recorder
until [ "$(counted)" -gt 20000 ] || [ "$(counted)" = 0 ]; do sleep 0.1; done # 0: the VM has ended
kill -CONT $recorder
wait $recorder
ended small $?
true >"$dir/complete"
