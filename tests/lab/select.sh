#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records some of the VMs and vCPUs that run, and VMMs that do odd things.
#
#   scripts/lab --cpus 2 -- tests/lab/select.sh DIR
#
# For each case NAME: DIR/NAME.kvmtree, .out, .err, .status. tests/lab/select.bats looks at them.
set -u
. tests/lab/recording.bash

odd=build/tests/lab/odd_vmm

# tenths CNT: waits so many tenths of a second, one by one: a lab whose host was away for long meanwhile has
# missed one of them, and not all.
tenths() {
	local i
	for ((i = 0; i < $1; i++)); do sleep 0.1; done
}

recording_begin "$1"

# storm_begin: a VMM that runs; it has its vCPU, and leaves the processor to who comes to record it.
storm_begin() {
	nice -n 19 build/vmm storm 100000000 >/dev/null &
	storm=$!
	until_vcpus $storm 1
}

# --- one of several -----------------------------------------------------------

record one-vcpu --vcpu 1 -- $odd many 3 1000
record one-vcpu-kprobe --vcpu 0,2 --probe-with kprobe -- $odd many 3 1000
record named --vm odd_vmm -- bash -c "$odd many 2 500; build/vmm hello"
record named-none --vm nobody -- $odd many 1 100
try named-dry build/kvmtree record --dry-run --vm odd_vmm --vcpu 0,2-3 -- build/vmm hello

# nice: they must not keep from the processor who comes to record them
nice -n 19 $odd pair 2 0 >"$dir/pair.out" &
pair=$!
storm_begin
until [ -s "$dir/pair.out" ]; do sleep 0.1; done
read -r _ second <"$dir/pair.out"

attach by-fd -a --vm "$second" --vcpu 0
attach by-fd-exits -p "$pair" --vm "$second" --detail exits
attach by-name -a --vm vmm
attach vcpu-exits -a --vm odd_vmm --vcpu 1 --detail exits
record unknown -a --vm nobody
record unknown-pid -p "$storm" --vm odd_vmm

# a process that is another user's: root's is, for one who has all that a recording needs but CAP_SYS_PTRACE
caps=+sys_admin,+bpf,+perfmon,+dac_override,+sys_resource
try foreign setpriv --reuid 65534 --clear-groups --inh-caps=$caps --ambient-caps=$caps \
	--bounding-set=-sys_ptrace build/kvmtree record -o /tmp/foreign.kvmtree -p "$storm"
kill -KILL $pair $storm
wait 2>/dev/null

# --- VMMs that do odd things --------------------------------------------------

record odd-add -- $odd add 3 1000
record odd-move -- $odd move 1 1000
record odd-move-exits --detail exits -- $odd move 1 1000
record odd-twice -- $odd twice 1 1000
nice -n 19 $odd twice 1 0 &
twice=$!
until_vcpus $twice 1
attach odd-twice-joined -p $twice
kill -KILL $twice
wait $twice 2>/dev/null
record odd-churn -- $odd churn 4 200
record odd-eight -- $odd many 8 2000
# the recording ends when the threads of its vCPUs have, and the vCPUs have not
mkfifo /tmp/keep
exec 9<>/tmp/keep
build/kvmtree record -a -o "$dir/odd-keep.kvmtree" 2>"$dir/odd-keep.err" &
recorder=$!
until_written "$dir/odd-keep.kvmtree" 1000
$odd keep 2 500 <&9 >"$dir/odd-keep.out" &
keeper=$!
until grep -qs 'no thread' "$dir/odd-keep.out"; do sleep 0.01; done
kill -INT $recorder
wait $recorder
ended odd-keep $?
kill -KILL $keeper
wait $keeper 2>/dev/null
exec 9<&-

# --- the last of it, and its end ----------------------------------------------

# size FILE; exits FILE: of what is in it
kept() { build/kvmtree stat --color never "$1" 2>/dev/null | sed -n 's/^all  *\([0-9,]*\) .*/\1/p' | tr -d ,; }

record ring --ring 1M -- build/vmm storm 40000
stat -c %s "$dir/ring.kvmtree" >"$dir/ring.size"

# a file that was there, and is another user's: each that takes its place is that user's, too
true >/tmp/owned
chown 65534:65533 /tmp/owned
chmod 640 /tmp/owned
try ring-owned build/kvmtree record --ring 1M -o /tmp/owned -- build/vmm storm 80000
cp /tmp/owned "$dir/ring-owned.kvmtree"
stat -c '%u:%g %a' /tmp/owned >"$dir/ring-owned.stat"

# no room for both of its files
mkdir -p /tmp/small && mount -t tmpfs -o size=1200k tmpfs /tmp/small
try ring-full build/kvmtree record --ring 1M -o /tmp/small/full.kvmtree -- build/vmm storm 40000
cp /tmp/small/full.kvmtree "$dir/ring-full.kvmtree"
umount /tmp/small

# it greets on COM1, does 20000 exits of another port, so that the recording ends long before it does, and ends its line:
# mov $0x3f8, %dx; out 'H', 'i'; mov $20000, %ecx; 1: out %al, $0x80; addr32 loop 1b; out '!', '\n'; hlt
printf '\xba\xf8\x03\xb0H\xee\xb0i\xee\x66\xb9\x20\x4e\x00\x00\xe6\x80\x67\xe2\xfb\xb0!\xee\xb0\n\xee\xf4' >/tmp/greets
record until-io --until io:0x3f8 -- build/vmm /tmp/greets
# who reads the stream need not wait for COMMAND, which waits for him
try until-stream bash -c "rm -f /tmp/go; mkfifo /tmp/go
	build/kvmtree record -q -o - --until cpuid -- bash -c 'build/vmm cpuid >/dev/null; read -r word </tmp/go' |
		{ build/kvmtree tree -; echo >/tmp/go; }"
# what was attached is gone, though COMMAND is there
mkfifo /tmp/stay
build/kvmtree record --until cpuid -o "$dir/until-stay.kvmtree" -- \
	bash -c 'build/vmm cpuid >/dev/null; read -r word </tmp/stay' 2>"$dir/until-stay.err" &
recorder=$!
until grep -qs 'COMMAND goes on' "$dir/until-stay.err" || ! kill -0 $recorder; do sleep 0.1; done
for ((i = 0; i < 300; i++)); do
	[ "$(cat /sys/module/kvm_amd/refcnt)" != 0 ] || break
	sleep 0.1
done
cat /sys/module/kvm_amd/refcnt >"$dir/until-stay.refcnt"
kill -0 $recorder && echo >/tmp/stay
wait $recorder
ended until-stay $?
record until-never --until cpuid -- build/vmm hello
record until-foreign --until EPT_VIOLATION -- build/vmm hello
record until-nonsense --until nonsense -- build/vmm hello
# the storm is stopped after an exit of port 0x80; the VMM must go on as if nothing had been
record until-storm --until io:0x80 --ring 1M --detail exits -- build/vmm storm 20000
# a VMM that stops in the midst of an exit is slow to enter again
storm_begin
build/kvmtree record -o "$dir/slower.kvmtree" --until-slower 300ms -p $storm 2>"$dir/slower.err" &
recorder=$!
until_written "$dir/slower.kvmtree"
kill -STOP $storm
sleep 0.5
kill -CONT $storm
wait $recorder
ended slower $?
kill -0 $storm && echo alive >"$dir/slower.alive"

# --- who goes while others stay -------------------------------------------------

# two recorders of the same VMM
build/kvmtree record -o "$dir/both-1.kvmtree" --detail exits -p $storm 2>"$dir/both-1.err" &
recorder=$!
attach both-2 -p $storm
kill -INT $recorder
wait $recorder
ended both-1 $?

# the module is in use as long as it is recorded, by the recorder alone, too
kill -KILL $storm
wait $storm 2>/dev/null
build/kvmtree record -a -o "$dir/module.kvmtree" 2>"$dir/module.err" &
recorder=$!
until_written "$dir/module.kvmtree" 1000
try unload rmmod kvm_amd
build/vmm hello >/dev/null
kill -INT $recorder
wait $recorder
ended module $?

# a VMM that ends while the probes are attached to join it
storm_begin
build/kvmtree record -o "$dir/gone.kvmtree" -p $storm 2>"$dir/gone.err" &
recorder=$!
until grep -qs attaching "$dir/gone.err"; do sleep 0.01; done
kill -KILL $storm
wait $storm 2>/dev/null
wait $recorder
ended gone $?

# the recorder is killed while its VMM computes, without a system call, and nobody takes the processor from it
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
build/kvmtree record -q --kernel-only -o "$dir/spin.kvmtree" -- chrt -f 50 taskset -c 1 $odd spin 1 3001 >/tmp/spin.out 2>"$dir/spin.err" &
recorder=$!
until [ -s /tmp/spin.out ] || ! kill -0 $recorder; do sleep 0.1; done
spinner=$(pgrep -P $recorder -x odd_vmm)
tenths 10
kill -KILL $recorder
wait $recorder 2>/dev/null
kill -KILL "$spinner"

# the recorder is killed, 4 x 5 times, at random moments of a storm: what KVM had counted a second
# before must be in the file
storm_begin
until ls -d /sys/kernel/debug/kvm/$storm-* >/dev/null 2>&1; do sleep 0.1; done
counter() { cat /sys/kernel/debug/kvm/$storm-*/exits; }
for round in 1 2 3 4; do
	recorders=()
	for i in 1 2 3 4 5; do
		ring=
		[ $i != 5 ] || ring="--ring 1M"
		# shellcheck disable=SC2086 # words
		build/kvmtree record -q --detail exits $ring -o "$dir/kill-$round-$i.kvmtree" -p $storm 2>/dev/null &
		recorders+=($!)
	done
	for i in 1 2 3 4 5; do until_written "$dir/kill-$round-$i.kvmtree" 4000; done
	before=$(counter)
	tenths 9
	for i in 1 2 3 4 5; do
		sleep 0.0$((RANDOM % 10))
		echo "$before" >"$dir/kill-$round-$i.count"
		awk '{ printf "%.0f\n", $1 * 1e9 }' /proc/uptime >"$dir/kill-$round-$i.time"
		kill -KILL "${recorders[$i - 1]}"
	done
	wait "${recorders[@]}" 2>/dev/null
done
kill -KILL $storm
wait 2>/dev/null
true >"$dir/complete"
