#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Prints the table of docs/kernels.md from folders that tests/lab/ladder.sh has made:
#   tests/lab/ladder-table.sh build/test/ladder-*
set -euo pipefail

kvmtree=$(dirname "$0")/../../build/kvmtree

# rungs DIR: how many functions each rung serves, as the doctor counts them.
rungs() {
	sed -nE 's/^([0-9]+) traced by fentry, (([0-9]+) by kprobe, )?([0-9]+) inlined.*, ([0-9]+) missing$/\1 \3 \4 \5/p' \
		"$1/doctor.out" | awk '{ if (NF == 3) print $1, 0, $2, $3; else print }'
}

# outcome DIR RUNG: what its recording of the storm says of itself.
outcome() {
	if [ -s "$1/$2-storm.kvmtree" ]; then
		"$kvmtree" tree --color never "$1/$2-storm.kvmtree" 2>/dev/null | head -1 |
			sed -E 's/.*, ([0-9,]+ exits), ([0-9,]+ lost), coverage (.*)/\1, \2, \3/'
	else
		echo "not on this kernel"
	fi
}

# shellcheck disable=SC2016 # the backticks are for markdown
echo '| kernel | vendor | fentry | kprobe | inlined | missing | best | `--probe-with kprobe` | `tracepoint` |'
echo '|---|---|---:|---:|---:|---:|---|---|---|'
for dir; do
	vendor=$(sed -nE 's/^ +ok +vendor +//p' "$dir/doctor.out")
	read -r fentry kprobe inlined missing < <(rungs "$dir")
	echo "| $(cat "$dir/release") | $vendor | $fentry | $kprobe | $inlined | $missing |" \
		"$(outcome "$dir" best) | $(outcome "$dir" kprobe) | $(outcome "$dir" tracepoint) |"
done
