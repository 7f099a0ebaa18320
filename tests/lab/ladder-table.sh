#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Prints the table of docs/kernels.md from folders that tests/lab/ladder.sh has made:
#   tests/lab/ladder-table.sh build/test/ladder-*
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lab/common.bash

kvmtree=build/kvmtree

# seen DIR RUNG: how many functions of the walk it serves, or how many are inlined or missing.
seen() { awk -v rung="$2" '/^functions of the walk/ { on = 1 } on && $3 == rung { n++ } END { print n + 0 }' "$1/doctor.out"; }

# forced DIR RUNG: what became of the rung alone.
forced() {
	local view=masked

	[ "$2" = tracepoint ] && view=masked_outside
	if grep -qE "^  no +$2 " "$1/doctor.out"; then
		echo "not in this kernel"
	elif [ ! -e "$1/$2-hello.status" ]; then
		echo "-"
	elif [ -s "$1/$2-hello.kvmtree" ] &&
		diff <($view "$1/best-hello.kvmtree") <($view "$1/$2-hello.kvmtree") >/dev/null; then
		echo "same tree"
	else
		echo "FAILED"
	fi
}

# storm DIR: its exits of the guest's own, recorded exits against KVM's count, whether each reason has the
# kernel's own count, and what was lost.
storm() {
	local LAB=$1 reasons="differ"
	diff <(kernel_counts best-storm) <(our_counts best-storm) >/dev/null && reasons=equal
	echo "$(our_counts best-storm | tail -1) |" \
		"$("$kvmtree" tree --color never "$1/best-storm.kvmtree" | head -1 |
			sed -E "s/.*, ([0-9,]+) lost, coverage (.*)/\2 | $reasons | \1/")"
}

# shellcheck disable=SC2016 # the backticks are for markdown
echo '| kernel | vendor | fentry | kprobe | inlined | missing | storm | of KVM'"'"'s count | by reason | lost |' \
	'`kprobe.multi` alone | `kprobe` alone | `tracepoint` alone |'
echo '|---|---|---:|---:|---:|---:|---:|---:|---|---:|---|---|---|'
for dir; do
	echo "| $(cat "$dir/release") | $(sed -nE 's/^ +ok +vendor +//p' "$dir/doctor.out") |" \
		"$(seen "$dir" fentry) | $(seen "$dir" kprobe) | $(seen "$dir" inlined) |" \
		"$(seen "$dir" missing) | $(storm "$dir") | $(forced "$dir" kprobe.multi) |" \
		"$(forced "$dir" kprobe) | $(forced "$dir" tracepoint) |"
done
