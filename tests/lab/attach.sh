#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: attaches to VMMs that run already, and records QEMU.
#
#   scripts/lab -- tests/lab/attach.sh DIR
#
# For each case NAME: DIR/NAME.kvmtree, .err, .status. tests/lab/attach.bats looks at them.
set -u

dir=$1
mkdir -p "$dir"
rm -f "$dir"/*

# until_written FILE: the recording has come to records of exits.
until_written() { until [ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -gt 30000 ]; do sleep 0.1; done; }

# attach NAME OPTION...: records until the file has some size, and ends it as ^C does.
attach() {
	local name=$1
	shift
	build/kvmtree record -o "$dir/$name.kvmtree" "$@" 2>"$dir/$name.err" &
	local recorder=$!
	until_written "$dir/$name.kvmtree"
	kill -INT "$recorder"
	wait "$recorder"
	echo $? >"$dir/$name.status"
	echo "lab: $name: status $(cat "$dir/$name.status")" >&2
}

# nice: they must not keep from the processor who comes to record them
nice -n 19 build/vmm storm 100000000 >/dev/null &
one=$!
nice -n 19 build/vmm -c 2 storm 100000000 >/dev/null &
two=$!
until [ "$(find /proc/$two/fd -lname 'anon_inode:kvm-vcpu:1' 2>/dev/null | wc -l)" = 1 ]; do sleep 0.1; done

attach one -p "$one"
attach all -a

# the VMM ends while it is recorded
build/kvmtree record -o "$dir/ends.kvmtree" -p "$one" 2>"$dir/ends.err" &
recorder=$!
until_written "$dir/ends.kvmtree"
kill -KILL "$one"
wait "$recorder"
echo $? >"$dir/ends.status"
kill -KILL "$two"

# what goes wrong
build/kvmtree record -o "$dir/none.kvmtree" -p 4000000 2>"$dir/none.err"
echo $? >"$dir/none.status"
build/kvmtree record -o "$dir/no-vmm.kvmtree" -p $$ 2>"$dir/no-vmm.err"
echo $? >"$dir/no-vmm.status"
true >"$dir/complete"
