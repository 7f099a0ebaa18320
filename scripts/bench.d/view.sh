#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# how fast kvmtree reads a recording, beside perf kvm stat report and trace-cmd report
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
	cat <<END
usage: scripts/bench view [EXITS]

In one run on this machine, for recordings of EXITS exits (200,000): the processor time of
kvmtree stat, tree and tree --no-fold, of perf kvm stat report and of trace-cmd report, the least
of five times, and what each is of perf's. kvmtree's recording is made by tests/gen_load, with
default detail, six records an exit; those of perf and trace-cmd, with all of KVM's tracepoints,
are made of the guest storm in the AMD lab, once for each number of exits, and kept below build/bench:
how many records they hold is printed.
END
}

exits=200000
scratch=build/bench

case ${1:-} in
-h | --help) usage && exit 0 ;;
'') ;;
*[!0-9]*) usage >&2 && exit 2 ;;
*) exits=$1 ;;
esac

# peers_record: the recordings of perf and trace-cmd, by one run of the lab.
peers_record() {
	scripts/lab --quiet --timeout 1800 -- sh -ec "
		perf record -q -m 4096 -a -o $scratch/perf.$exits -e 'kvm:*' -- build/vmm storm $exits
		trace-cmd record -q -b 200000 -o $scratch/trace-cmd.$exits -e kvm build/vmm storm $exits
	" >/dev/null
}

# least COMMAND...: its processor time in milliseconds, the least of five times.
least() {
	for _ in 1 2 3 4 5; do
		{ TIMEFORMAT='%U %S'; time "$@" >"$scratch/view.out" 2>/dev/null; } 2>&1
	done | awk '{ ms = ($1 + $2) * 1000 } NR == 1 || ms < best { best = ms } END { printf "%d", best }'
}

# row NAME MS: and what it is of perf's.
row() {
	awk -v name="$1" -v ms="$2" -v perf="$perf_ms" \
		'BEGIN { printf "  %-24s %7d ms  %5.2f of perf\n", name, ms, ms / perf }'
}

mkdir -p $scratch
make -s all build/tests/gen_load
if ! [ -s "$scratch/perf.$exits" ] || ! [ -s "$scratch/trace-cmd.$exits" ]; then peers_record; fi
[ -s "$scratch/view.$exits" ] || build/tests/gen_load "$exits" >"$scratch/view.$exits"

perf_ms=$(least perf kvm -i "$scratch/perf.$exits" stat report)
printf '%s exits, processor time; ' "$exits"
trace-cmd report -i "$scratch/trace-cmd.$exits" 2>/dev/null | grep -c ' kvm_' | sed 's/$/ records for perf and trace-cmd/'
row 'perf kvm stat report' "$perf_ms"
row 'trace-cmd report' "$(least trace-cmd report -i "$scratch/trace-cmd.$exits")"
for command in stat tree 'tree --no-fold'; do
	# shellcheck disable=SC2086 # a command and its option
	ms=$(least build/kvmtree $command "$scratch/view.$exits")
	row "kvmtree $command" "$ms"
done
wc -l <"$scratch/view.out" | awk -v ms="$ms" '{ printf "  tree --no-fold: %d lines, %.1f million a second\n", $1, $1 / ms / 1000 }'
