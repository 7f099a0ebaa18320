#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# what recording or counting an exit costs, beside the other tools that are installed
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
	cat <<END
usage: scripts/bench record [NAME...]

In one run of the AMD lab with --icount (one instruction is a nanosecond): the guest storm, which
does nothing but write to a port, untraced and under each NAME that is installed; all of them are
$(names | paste -sd ' ' | fold -s -w 90)

  added     instructions that the tool adds to an exit, everything counted that runs: probes, and
            whoever drains and writes. The difference of two storms, of $less and $more exits: what
            starting and ending cost falls out
  in vmm    those of them that ran in the VMM's own threads
  ratio     added, beside that of 'perf stat', which counts and does nothing else
  bytes     on disk, for each of $disk exits; of another run, without --icount: where every exit
            takes as long as the one before, a file compresses to nearly nothing
  MiB       the tool's own resident memory at the end, at most
END
}

scratch=/tmp/kvmtree-bench # inside the lab: memory
less=10000 more=110000 disk=200000

# The tools: each runs "$@", a command, watched in its way, and may leave $scratch/trace.
counted='BEGIN { @begin[0] = (uint64)0; delete(@begin[0]); }
tracepoint:kvm:kvm_exit { @reasons[args->exit_reason] = count(); @begin[tid] = nsecs; }
tracepoint:kvm:kvm_entry /@begin[tid]/ { @ns = hist(nsecs - @begin[tid]); delete(@begin[tid]); }'

tool_untraced() { "$@"; }
tool_perf-stat() { perf stat -x, -o $scratch/count -e kvm:kvm_exit -- "$@"; }
tool_live() {
	$scratch/kvmtree live -i 86400 -f json >$scratch/live 2>$scratch/live.err &
	local live=$!
	until grep -qs counting $scratch/live.err; do sleep 0.1; done
	"$@"
	awk '/VmHWM/ { print $2 }' /proc/$live/status >$scratch/rss
	kill -TERM $live
	wait $live
}
tool_exits() { $scratch/kvmtree record -q --detail exits -o $scratch/trace -- "$@"; }
tool_path-kernel() { $scratch/kvmtree record -q --kernel-only -o $scratch/trace -- "$@"; }
tool_path() { $scratch/kvmtree record -q -o $scratch/trace -- "$@"; }
tool_bpftrace() { bpftrace -o $scratch/count -e "$counted" -c "$(command -v "$1") ${*:2}"; }
tool_trace-cmd() { trace-cmd record -q -o $scratch/trace -e kvm "$@"; }
tool_perf-kvm() { perf kvm stat record -q -o $scratch/trace "$@"; }
tool_perf-record() { perf record -q -o $scratch/trace -e 'kvm:*' -- "$@"; }
tool_strace() { strace -f -o $scratch/trace -e ioctl "$@"; }

# NAME: PROGRAM it takes: what the table calls it
tools='untraced:build/vmm:untraced
perf-stat:perf:perf stat -e kvm:kvm_exit
live:build/kvmtree:kvmtree live
exits:build/kvmtree:kvmtree record -d exits
path-kernel:build/kvmtree:kvmtree record --kernel-only
path:build/kvmtree:kvmtree record
bpftrace:bpftrace:bpftrace, reasons and latency
trace-cmd:trace-cmd:trace-cmd record -e kvm
perf-kvm:perf:perf kvm stat record
perf-record:perf:perf record -e kvm:*
strace:strace:strace -e ioctl'

names() { cut -d: -f1 <<<"$tools"; }

# What all processes have run, in ns: the lab's one processor, without the time in which it had nothing to do.
busy() { awk '/^cpu0 / { print $8 }' /proc/schedstat; }

# Inside a tool: the storm, its instructions in the VMM's threads and in all, the tool's memory.
inner() {
	local before
	before=$(busy)
	perf stat -x, -o $scratch/perf -e task-clock -- $scratch/vmm storm "$1" >/dev/null
	echo $(($(busy) - before)) >$scratch/busy
	[ "$2" = live ] || awk '/VmHWM/ { print $2 }' /proc/$PPID/status >$scratch/rss
}

# storm NAME EXITS: "VMM ALL RSS", of the whole storm
storm() {
	rm -f $scratch/trace $scratch/{perf,busy,rss}
	"tool_$1" bash "$0" --inner "$2" "$1" >$scratch/out 2>$scratch/err ||
		{ cat $scratch/err >&2 && return 1; }
	awk -F, '$3 == "task-clock" { printf "%.0f ", $1 * 1000000 }' $scratch/perf
	cat $scratch/busy $scratch/rss | paste -sd ' '
}

# What runs lies in memory: reading it from outside takes a time that nobody can foresee.
programs_copy() {
	mkdir -p $scratch
	cp build/vmm build/kvmtree $scratch
	$scratch/vmm storm 1000 >/dev/null
}

# bytes NAME...: what each leaves on disk, a line each
bytes() {
	local name
	programs_copy
	for name; do
		storm "$name" $disk >/dev/null
		echo "$name $(stat -c %s $scratch/trace 2>/dev/null || echo 0)"
	done >build/bench/record.bytes
}

# storm_least NAME EXITS: of three storms, each figure at its least
storm_least() {
	for _ in 1 2 3; do storm "$@"; done |
		awk 'NR == 1 || $1 < vmm { vmm = $1 } NR == 1 || $2 < all { all = $2 } $3 > rss { rss = $3 }
			END { print vmm, all, rss + 0 }'
}

# row NAME TEXT
row() {
	local out vmm0 all0 vmm all bytes rss
	out=$(storm_least "$1" $less)
	read -r vmm0 all0 _ <<<"$out"
	out=$(storm_least "$1" $more)
	read -r vmm all rss <<<"$out"
	bytes=$(sed -n "s/^$1 //p" build/bench/record.bytes)
	vmm=$(((vmm - vmm0) / (more - less))) all=$(((all - all0) / (more - less)))
	if [ "$1" = untraced ]; then
		base_vmm=$vmm base_all=$all
		printf '%-30s %d instructions for an exit, there and back\n\n' "$2" "$all"
		printf '%-30s %8s %8s %8s %8s %6s\n' '' added 'in vmm' ratio bytes MiB
		return
	fi
	[ "$1" != perf-stat ] || perf=$((all - base_all))
	awk -v name="$2" -v all=$((all - base_all)) -v vmm=$((vmm - base_vmm)) -v perf="${perf:-0}" \
		-v bytes="$bytes" -v disk=$disk -v rss="$rss" 'BEGIN {
		printf "%-30s %8d %8d %8s %8s %6.1f\n", name, all, vmm,
			perf ? sprintf("%.2f", all / perf) : "-",
			bytes ? sprintf("%.1f", bytes / disk) : "-", rss / 1024
	}'
}

in_lab() {
	local name
	programs_copy
	for name in untraced "$@"; do
		row "$name" "$(sed -n "s/^$name:[^:]*://p" <<<"$tools")"
	done
}

case ${1:-} in
# not joined by &&: then an error within would not end it
--in-lab) shift; in_lab "$@"; exit ;;
--bytes) shift; bytes "$@"; exit ;;
--inner) inner "$2" "$3"; exit ;;
-h | --help) usage && exit 0 ;;
esac
for name; do
	names | grep -qxF -e "$name" || { usage >&2 && exit 2; }
done
make -s all
mkdir -p build/bench
wanted=()
while IFS=: read -r name program _; do
	[ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
	[ "$name" != untraced ] && command -v "$program" >/dev/null && wanted+=("$name")
done <<<"$tools"
scripts/lab --timeout 3600 -- bash "$0" --bytes "${wanted[@]}"
scripts/lab --icount --timeout 7200 -- bash "$0" --in-lab "${wanted[@]}"
