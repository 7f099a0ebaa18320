#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records with each rung of the probe ladder, in one boot.
#
#   scripts/lab --kernel 5.10 -- tests/lab/ladder.sh DIR STORM
#
# For each RUNG: DIR/RUNG-hello.kvmtree, DIR/RUNG-storm.kvmtree, .err, .status; DIR/doctor.out.
# tests/lab/ladder.bats looks at them; tests/lab/ladder-table.sh makes the table of docs/kernels.md.
set -u

dir=$1 storm=$2
mkdir -p "$dir"
rm -f "$dir"/*
uname -r >"$dir/release"
build/kvmtree doctor >"$dir/doctor.out" 2>&1
build/kvmtree record --dry-run -- build/vmm hello >"$dir/dry-run.out" 2>&1
for rung in best fentry kprobe tracepoint; do
	with=(--probe-with "$rung")
	[ "$rung" != best ] || with=()
	for guest in hello "storm $storm"; do
		name=$rung-${guest% *}
		# shellcheck disable=SC2086 # the guest's argument is a word of its own
		build/kvmtree record "${with[@]}" -o "$dir/$name.kvmtree" -- build/vmm $guest \
			>"$dir/$name.out" 2>"$dir/$name.err" </dev/null
		echo $? >"$dir/$name.status"
		echo "lab: $name: status $(cat "$dir/$name.status")" >&2
	done
done
true >"$dir/complete"
