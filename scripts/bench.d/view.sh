#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# how fast kvmtree reads a recording, beside perf kvm stat report and trace-cmd report
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
	cat <<END
usage: scripts/bench view [EXITS]

In one run on this machine, for recordings of EXITS exits (200,000): how long perf kvm stat report,
trace-cmd report and kvmtree stat, tree and tree --no-fold take, and how much of it is processor
time, the least of nine times; and what the time is of perf's. There are two recordings for kvmtree: one of
the guest storm in the AMD lab, as for perf and trace-cmd, with KVM's part of the default detail, six
records an exit; and 'mixed', made by tests/gen_load, with as many records of exits that differ. Perf and
trace-cmd record all of KVM's tracepoints: how many that are is printed. What the lab made is
kept below build/bench, for each number of exits.

On a machine that has other work to do the time is not worth much; a reader thread of its own inflates.
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

# lab_record: the recordings of one run of the lab.
lab_record() {
	scripts/lab --quiet --timeout 1800 -- sh -ec "
		perf record -q -m 4096 -a -o $scratch/perf.$exits -e 'kvm:*' -- build/vmm storm $exits
		trace-cmd record -q -b 200000 -o $scratch/trace-cmd.$exits -e kvm build/vmm storm $exits
		build/kvmtree record -q --kernel-only -o $scratch/storm.$exits -- build/vmm storm $exits
	" >/dev/null
}

# least COMMAND...: "TIME PROCESSOR" in milliseconds, the least of nine times.
least() {
	for _ in 1 2 3 4 5 6 7 8 9; do
		{ TIMEFORMAT='%R %U %S'; time "$@" >"$scratch/view.out" 2>/dev/null; } 2>&1
	done | awk '{ cpu = $2 + $3 } NR == 1 || $1 < time { time = $1 } NR == 1 || cpu < least { least = cpu }
		END { printf "%d %d", time * 1000, least * 1000 }'
}

# row NAME "TIME PROCESSOR": and what the time is of perf's.
row() {
	# shellcheck disable=SC2086 # two numbers
	set -- "$1" $2
	awk -v name="$1" -v ms="$2" -v cpu="$3" -v perf="$perf_ms" \
		'BEGIN { printf "  %-34s %6d ms %6d ms  %5.2f\n", name, ms, cpu, ms / perf }'
}

mkdir -p $scratch
make -s all build/tests/gen_load
for file in perf trace-cmd storm; do
	if ! [ -s "$scratch/$file.$exits" ]; then lab_record && break; fi
done
[ -s "$scratch/mixed.$exits" ] || build/tests/gen_load "$exits" >"$scratch/mixed.$exits"

perf=$(least perf kvm -i "$scratch/perf.$exits" stat report)
perf_ms=${perf% *}
printf '%s exits; ' "$exits"
trace-cmd report -i "$scratch/trace-cmd.$exits" 2>/dev/null | grep -c ' kvm_' | sed 's/$/ records for perf and trace-cmd/'
printf '  %-34s %9s %9s  %s\n' '' time processor 'time, of perf'
row 'perf kvm stat report' "$perf"
row 'trace-cmd report' "$(least trace-cmd report -i "$scratch/trace-cmd.$exits")"
for file in storm mixed; do
	for command in stat tree 'tree --no-fold'; do
		# shellcheck disable=SC2086 # a command and its option
		took=$(least build/kvmtree $command "$scratch/$file.$exits")
		row "kvmtree $command, $file" "$took"
	done
	wc -l <"$scratch/view.out" | awk -v ms="${took#* }" \
		'{ printf "    %d lines, %.1f million a second of processor time\n", $1, $1 / ms / 1000 }'
done
