#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records and watches with a few capabilities instead of as root.
#
#   scripts/lab -- tests/lab/privileges.sh DIR
#
# For each case NAME: DIR/NAME.out, .err, .status, and .kvmtree where it records.
# tests/lab/privileges.bats looks at them.
set -u
. tests/lab/recording.bash

recording_begin "$1"
home=/tmp/nobody
mkdir -p $home
cp build/kvmtree build/vmm $home
chown 65534 $home
chmod 755 $home $home/*
chmod 666 /dev/kvm

# nobody NAME CAPS COMMAND...: as user 65534, with these capabilities and no others
nobody() {
	local name=$1 caps=$2
	shift 2
	try "$name" setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="-all,$caps" \
		--ambient-caps="-all,$caps" --bounding-set="-all,$caps" "$@"
}

few=+bpf,+perfmon,+dac_read_search

# Debian's kernels begin with 3, where probes are root's alone
echo 3 >/proc/sys/kernel/perf_event_paranoid
nobody paranoid $few $home/kvmtree record -o $home/x.kvmtree -- $home/vmm hello
echo 2 >/proc/sys/kernel/perf_event_paranoid
nobody record $few $home/kvmtree record -o $home/record.kvmtree -- $home/vmm hello
nobody exits $few $home/kvmtree record --detail exits -o $home/exits.kvmtree -- $home/vmm storm 2000
nobody doctor $few $home/kvmtree doctor
nobody no-bpf +perfmon $home/kvmtree record -o $home/x.kvmtree -- $home/vmm hello
nobody no-tracefs +bpf,+perfmon $home/kvmtree record -o $home/x.kvmtree -- $home/vmm hello
nobody live-all $few $home/kvmtree live --once

# root's VMM is none of theirs; with CAP_SYS_PTRACE it is
build/vmm storm 100000000 >/dev/null &
roots=$!
until_vcpus $roots 1
nobody pid $few $home/kvmtree record -o $home/x.kvmtree -p $roots
nobody live-pid $few $home/kvmtree live --once -p $roots
nobody live-ptrace $few,+sys_ptrace $home/kvmtree live --once -f json
kill $roots

# their own is
(nobody own $few $home/vmm storm 100000000) &
until own=$(pgrep -u 65534 -x vmm); do sleep 0.1; done
until_vcpus "$own" 1
nobody live-own $few $home/kvmtree live --once -f json -p "$own"
kill "$own"
wait
cp $home/*.kvmtree "$dir"
stat -c %a $home/record.kvmtree >"$dir/mode"

# as root: what the recorder keeps, with probes in programs and without, and that COMMAND has lost nothing
for name in root kernel-only; do
	options=
	[ $name = root ] || options=--kernel-only
	# shellcheck disable=SC2086 # no word or one
	build/kvmtree record -q $options -o "$dir/$name.kvmtree" -- bash -c "
		sed -n 's/^CapEff:\t//p' /proc/self/status >$dir/$name.command
		sed -n 's/^CapEff:\t//p' /proc/\$PPID/status >$dir/$name.recorder
		exec build/vmm hello" >/dev/null 2>"$dir/$name.err"
done
sed -n 's/^CapEff:\t//p' /proc/self/status >"$dir/caps"

# live's screen attaches what it takes for details when they are looked at, long after it has let go of the rest:
# from the VM to its vCPU, to the exit, to the port
shows() {
	for ((i = 0; i < 600; i++)); do
		tmux -L live capture-pane -p >"$dir/screen.out"
		! grep -qE "$1" "$dir/screen.out" || return 0
		sleep 0.1
	done
}
nice -n 19 build/vmm storm 100000000 >/dev/null &
storm=$!
tmux -L live new-session -d -x 100 -y 30 build/kvmtree live
for level in 'vmm, process' 'vCPU 0, thread' '^ *io '; do
	shows "$level"
	tmux -L live send-keys Enter
done
shows '0x80|cannot be counted'
tmux -L live kill-server
kill -KILL $storm
wait
true >"$dir/complete"
