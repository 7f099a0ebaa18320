#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: attaches to VMMs that run already, and records QEMU.
#
#   scripts/lab -- tests/lab/attach.sh DIR
#
# For each case NAME: DIR/NAME.kvmtree, .err, .status. tests/lab/attach.bats looks at them.
set -u
. tests/lab/recording.bash

recording_begin "$1"

# nice: they must not keep from the processor who comes to record them
nice -n 19 build/vmm storm 100000000 >/dev/null &
one=$!
nice -n 19 build/vmm -c 2 storm 100000000 >/dev/null &
two=$!
until_vcpus $two 2

attach one -p "$one"
attach all -a

# the VMM ends while it is recorded
build/kvmtree record -o "$dir/ends.kvmtree" -p "$one" 2>"$dir/ends.err" &
recorder=$!
until_written "$dir/ends.kvmtree"
kill -KILL "$one"
wait "$recorder"
ended ends $?

# ftrace says that nobody's fentry is called
true >"$dir/nobody"
mount --bind "$dir/nobody" /sys/kernel/tracing/enabled_functions
build/kvmtree live -f json >"$dir/live.out" 2>"$dir/live.err" &
live=$!
until_written "$dir/live.out" 1
cp /sys/kernel/debug/kprobes/list "$dir/live.kprobes"
kill -INT "$live"
wait "$live"
ended live $?
umount /sys/kernel/tracing/enabled_functions
kill -KILL "$two"

# what goes wrong
record none -p 4000000
record no-vmm -p $$
true >"$dir/complete"
