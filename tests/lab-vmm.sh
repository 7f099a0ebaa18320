#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs each guest under real KVM and prints TAP. Wants /dev/kvm: either this machine's or the
# lab's, on either vendor: scripts/lab -- tests/lab-vmm.sh, or prove -e '' tests/lab-vmm.sh
# It does not assert how long anything takes, nor how the output of two vCPUs mixes.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/lab/verdict.bash
. "$here/lab/verdict.bash"
vmm=${VMM:-$here/../build/vmm}
[ -e /dev/kvm ] || skip_all "no /dev/kvm; use scripts/lab -- $0"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

why() { echo "status $status, output: $out"; cat "$scratch/err"; }

# start ARGS...: runs vmm; leaves status, out, and standard error in $scratch/err.
start() {
	out=$("$vmm" "$@" 2>"$scratch/err")
	status=$?
}

# gives STATUS OUTPUT ARGS...: that and nothing on standard error.
gives() {
	local want=$1 text=$2
	shift 2
	start "$@"
	[ $status -eq "$want" ] && [ "$out" = "$text" ] && [ ! -s "$scratch/err" ]
	verdict "vmm $*"
}

# tells STATUS PATTERN ARGS...: no output, and each line of PATTERN found on standard error.
tells() {
	local want=$1 patterns=$2 good=0
	shift 2
	start "$@"
	[ $status -eq "$want" ] && [ -z "$out" ] || good=1
	while IFS= read -r pattern; do
		grep -qE -- "$pattern" "$scratch/err" || { echo "# missing: $pattern"; good=1; }
	done <<<"$patterns"
	[ $good -eq 0 ]
	verdict "vmm $*"
}

# letters TEXT: its characters in order of the alphabet, as two vCPUs print them in any order
letters() { fold -w1 <<<"$1" | sort | tr -d '\n'; }

case $(grep -m1 -o 'GenuineIntel\|AuthenticAMD' /proc/cpuinfo) in
GenuineIntel) vendor=GenuineIntel ;;
*) vendor=AuthenticAMD ;;
esac
echo "# $vendor, Linux $(uname -r)"

gives 0 'Hello, KVM!' hello
gives 0 'Hello, string!' string
gives 0 '' mmio
gives 0 '' halt
gives 0 $vendor$'\nKVMKVMKVM' cpuid
gives 0 '' storm
gives 0 '' storm 0
gives 0 '' exit
gives 77 '' exit 77
gives 255 '' exit 0xff
gives 0 'Hello, KVM!' --mem 1M hello
gives 0 'Hello, KVM!' --mem 3G hello
gives 0 'Hello, KVM!' --mem 4G hello
gives 0 '' --cpus 4 mmio
gives 0 'Hello, KVM!' hello + storm 3000
gives 9 '' exit 5 + exit 9 + storm 10

# leaves N ARGS...: the guest finds all as it should be, and vCPU 0 exits N times to user space.
leaves() {
	local exits=$1
	shift
	tells 0 "$1, vCPU 0: $exits exits" --verbose "$@"
}
leaves 1 real
leaves 1 protected
leaves 1 paging
leaves 1 long
leaves 1 elf64
leaves 1 multiboot
leaves 1 pvh
leaves 1 bzimage
leaves 12 ports
leaves 10 mmio
leaves 1 msr
leaves 1 hypercall
leaves 1 breakpoint
leaves 1 pages
leaves 1 pages 0
leaves 1 pages 3840
leaves 301 storm_in 300
leaves 301 storm_mmio 300
leaves 1 storm_cpuid 300
leaves 1 storm_msr 300
leaves 1 storm_hypercall 300
leaves 1 timer 3
leaves 1 storm_hlt 300
leaves 1 storm_ipi 300
gives 0 '' --cpus 2 ipi 20
gives 0 '' smp
gives 0 '' --cpus 4 smp

tells 0 'storm, vCPU 0: 1001 exits' --verbose storm 1000
tells 0 'storm, vCPU 0: 70001 exits' --verbose storm 70000
tells 0 $'halt, vCPU 0: 1 exits\nhalt, vCPU 2: 1 exits' -v -c 3 halt
tells 0 '8 bytes read, 8 written' -v mmio
tells 126 $'KVM_EXIT_SHUTDOWN: triple fault\nrip 0000' triple
tells 124 $'KVM_EXIT_INTERNAL_ERROR 1: KVM cannot emulate\nrip 00000000e0000000\nno memory is at' wild

tells 124 $'KVM_EXIT_FAIL_ENTRY 0x.*invalid guest state\nbroken: CS has both L and D' invalid

start --probe
[ $status -eq 0 ] && [ ! -s "$scratch/err" ] && grep -q '^KVM_CAP_IMMEDIATE_EXIT  *yes' <<<"$out" &&
	grep -q '^vmm  *can run all guests and kernels' <<<"$out"
verdict "vmm --probe"

start --cpus 2 hello
[ $status -eq 0 ] && [ "$(letters "$out")" = "$(letters 'Hello, KVM!Hello, KVM!')" ]
verdict "two vCPUs print the line twice"

start triple
if [ -d /sys/module/kvm_amd ]; then
	grep -q 'registers of a reset' "$scratch/err"
else
	grep -q 'rip 0000000000001000' "$scratch/err" && grep -q 'code at rip: 0f 0b' "$scratch/err"
fi
verdict "the registers after a triple fault are told for what they are"

printf '\xb0\x21\xba\xf8\x03\xee\xf4' >"$scratch/image" # mov $'!',%al; mov $0x3f8,%dx; out; hlt
gives 0 '!' "$scratch/image"
printf '\xe6\xf4' >"$scratch/image" # out %al, $0xf4
gives 42 '' "$scratch/image" 42

# ends SIGNAL ARGS...: vmm ARGS, which does not end by itself, ends by SIGNAL and says nothing.
ends() {
	local sig=$1
	shift
	env --default-signal=INT "$vmm" "$@" 2>"$scratch/err" >"$scratch/out" &
	local pid=$!
	sleep 0.3
	kill "-$sig" $pid
	wait $pid
	status=$? out=$(cat "$scratch/out")
	[ $status -eq $((128 + $(kill -l "$sig"))) ] && [ ! -s "$scratch/err" ] && [ -z "$out" ]
	verdict "SIG$sig ends vmm $*"
}

# sandboxed MODE NUMBER: the Seccomp line of a vCPU's thread, with vmm in that mode
sandboxed() {
	"$vmm" --seccomp "$1" storm 4000000000 2>"$scratch/err" &
	local pid=$! good=1
	for ((i = 0; i < 100; i++)); do
		cat /proc/$pid/task/*/status >"$scratch/status" 2>/dev/null || break
		# every thread, so not one line of another mode
		if [ "$(grep -c '^Seccomp:' "$scratch/status")" -ge 2 ] &&
			! grep '^Seccomp:' "$scratch/status" | grep -qvw "$2"; then
			good=0
			break
		fi
		sleep 0.1
	done
	kill $pid
	wait $pid
	[ $? -eq 143 ] && [ $good -eq 0 ] && [ ! -s "$scratch/err" ]
	verdict "--seccomp $1 binds every thread accordingly"
}
sandboxed on 2
sandboxed log 2
sandboxed off 0

ends INT storm 4000000000
ends TERM --cpus 2 storm 4000000000 + storm 4000000000
ends HUP storm 4000000000
# sti; jmp . never exits by itself. With interrupts off Bochs 2.7 would hang, its kernel and all:
# there the timer does not interrupt such a guest, as on hardware it does.
printf '\xfb\xeb\xfe' >"$scratch/image"
ends TERM --cpus 2 "$scratch/image" + storm 4000000000

env --ignore-signal=INT "$vmm" storm 4000000000 2>"$scratch/err" &
pid=$!
sleep 0.2
kill -INT $pid
sleep 0.2
kill -TERM $pid
wait $pid
status=$? out=
[ $status -eq 143 ]
verdict "a signal that vmm was started to ignore is ignored"

"$vmm" hello >/dev/full 2>"$scratch/err"
status=$? out=
[ $status -eq 125 ] && grep -q 'standard output: No space left' "$scratch/err"
verdict "output that cannot be written is a failure"

# The number of a standard descriptor that is closed must not go to /dev/kvm, nor to a disk.
"$vmm" hello >&- 2>"$scratch/err"
status=$? out=
[ $status -eq 125 ] && grep -q 'standard output: Bad file descriptor' "$scratch/err"
verdict "output that is closed is a failure"
out=$("$vmm" hello <&- 2>&-)
status=$?
[ $status -eq 0 ] && [ "$out" = 'Hello, KVM!' ]
verdict "no input and no standard error is none"

# mov $'!',%al; mov $0x3f8,%dx; 1: out %al,%dx; jmp 1b
printf '\xb0\x21\xba\xf8\x03\xee\xeb\xfd' >"$scratch/image"
"$vmm" "$scratch/image" 2>"$scratch/err" | head -c 10 >"$scratch/out"
status=${PIPESTATUS[0]} out=$(cat "$scratch/out")
[ "$status" -eq 125 ] && [ "$out" = '!!!!!!!!!!' ] &&
	grep -q 'standard output: Broken pipe' "$scratch/err"
verdict "a reader that goes away ends vmm"

mkfifo "$scratch/unread"
exec 5<>"$scratch/unread"
"$vmm" "$scratch/image" 2>"$scratch/err" >&5 &
pid=$!
sleep 0.5 # or longer, until the pipe is full: either way it has to end
kill $pid
wait $pid
status=$? out=
exec 5<&-
[ $status -eq 143 ] && [ ! -s "$scratch/err" ]
verdict "output that nobody reads does not keep vmm from its end"

done_all
