#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# build/kvmtree as a command, as far as it goes on a machine without KVM: help, usage, and what it
# says of files that are no recordings. What it records is looked at in tests/lab/checks.bats.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	kvmtree=build/kvmtree
	sample=docs/samples/hello-amd-6.1.kvmtree
	scratch=$(mktemp -d)
}

teardown() {
	rm -rf "$scratch"
}

# complains STATUS TEXT ARGS...: exactly that status, TEXT on standard error, nothing on standard output.
complains() {
	local want=$1 text=$2 got=0 out
	shift 2
	out=$("$kvmtree" "$@" 2>"$scratch/err") || got=$?
	echo "kvmtree $*: status $got, $(cat "$scratch/err")"
	[ "$got" -eq "$want" ]
	[ -z "$out" ]
	grep -qF -- "$text" "$scratch/err"
}

@test "every command has --help of at most 80 columns, and --version" {
	[ "$("$kvmtree" --version)" = "kvmtree 0.1.0" ]
	commands=$("$kvmtree" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
	for command in record tree stat compare diff check explain tui live doctor; do
		grep -qx "$command" <<<"$commands"
	done
	for command in $commands; do
		"$kvmtree" "$command" --help >"$scratch/help"
		head -n 1 "$scratch/help" | grep -q "^usage: kvmtree $command"
		[ "$(wc -L <"$scratch/help")" -le 80 ]
		[ "$("$kvmtree" "$command" --version)" = "kvmtree 0.1.0" ]
	done
}

@test "kvmtree record --help" {
	diff <("$kvmtree" record --help) - <<'END'
usage: kvmtree record [options] -- COMMAND [ARG...] | -p PID | -a
Runs COMMAND and records the life of every KVM virtual machine that it, or a
process that it starts, creates, until COMMAND ends: ioctls, kernel functions,
VM entries and exits. Needs root. FILE is COMMAND's name with .kvmtree. With
--pid or --all: of VMMs that run already.

Exit status: COMMAND's; 128+N if signal N killed it; 127 or 126 if it could not
be started; 1 if the recording failed; 2 on a usage error.

  -p, --pid PID            record a VMM that runs already, until it ends or ^C
  -a, --all                record every VMM of this machine, until ^C
      --vm NAME            only VMs of this name: QEMU's -name, the program's
                           name, or PID-FD
      --vcpu LIST          only these vCPUs, such as 0,2-3
  -o, --output FILE        write to FILE, - for standard output
      --ring SIZE          keep only the last of it, at most SIZE, such as 64M
      --until REASON       stop after an exit: npf, EPT_VIOLATION, halt,
                           io:0x3f8, KVM_EXIT_MMIO, ...
      --until-slower TIME  stop after an exit that took so long to the next
                           entry, such as 1ms
  -b, --buffer SIZE        ring buffer, such as 32M (16M a CPU, at most 64M)
  -d, --detail DETAIL      exits alone, the walk and its exits (the default), or
                           all functions of KVM: exits, path, full
  -f, --function GLOB      trace the functions of KVM's modules that match, too:
                           'kvm_mmu_*'; may repeat
  -u, --user-function BINARY:GLOB
                           trace the functions of a program or library that
                           match, too; may repeat
      --returns            see them return, too, where a program has coroutines:
                           may crash it
      --many               even if that are hundreds of functions
      --kernel-only        leave out the VMM's own functions: two uprobes a call
                           are what costs most
      --probe-with RUNG    see functions so and not otherwise; tracepoint: not
                           at all: fentry, kprobe.multi, kprobe, tracepoint
      --symbols FILE       keep the names, and the code, of the guest's ELF file
                           or System.map with the recording
      --dry-run            print what would be attached, and attach nothing
  -q, --quiet              say only what went wrong
  -v, --verbose            say what libbpf says
  -h, --help               print this help
      --version            print the version
END
}

@test "usage errors have status 2 and name what is wrong" {
	complains 2 "tre" tre
	complains 2 "an argument is missing" tree
	complains 2 "an argument is missing" record
	complains 2 "--buffer 1: it takes a size" record --buffer 1 -- true
	complains 2 "--nonsense" record --nonsense -- true
	complains 2 "--vcpu 2-1: it takes ids from 0 to 4095" record --vcpu 2-1 -- true
	complains 2 "with COMMAND give a name" record --vm 12-3 -- true
	complains 2 "--ring 4K: it takes a size from 1M to 1T" record --ring 4K -- true
	complains 2 "--ring 99999999T: it takes a size" record --ring 99999999T -- true
	complains 2 "a stream lets nothing go" record --ring 1M -o - -- true
	complains 2 "--until-slower fast" record --until-slower fast -- true
	complains 2 "too many arguments" doctor now
}

@test "recording without KVM says what to do" {
	[ ! -e /dev/kvm ] || skip "this machine has KVM"
	complains 1 "scripts/lab -- COMMAND" record -o "$scratch/x" -- true
	[ ! -e "$scratch/x" ]
	run "$kvmtree" doctor
	[ "$status" -eq 1 ]
	[[ $output == *"there is no /dev/kvm"* ]]
}

@test "a command that is not there is told before anything else" {
	complains 127 "there is no such program" record -o "$scratch/x" -- ./no-such-program
}

@test "help that cannot be written is told" {
	for words in --help --version 'tree --help' 'stat --version'; do
		# shellcheck disable=SC2086 # words
		run -1 bash -c '"$@" >/dev/full' bash "$kvmtree" $words
		[[ $output == *"standard output: cannot be written: No space left on device"* ]]
	done
}

@test "files that are no recordings" {
	: >"$scratch/empty"
	echo "this is a text" >"$scratch/text"
	complains 1 "$scratch/none" tree "$scratch/none"
	complains 1 "$scratch/empty" tree "$scratch/empty"
	complains 1 "$scratch/text" stat "$scratch/text"
	complains 1 "$scratch" tree "$scratch"
}

@test "a recording from a newer version is refused, and says so" {
	cp "$sample" "$scratch/new"
	# the major version, and the header's checksum over it
	python3 - "$scratch/new" <<'END'
import sys, zlib, struct
name = sys.argv[1]
data = bytearray(open(name, "rb").read())
data[8:10] = struct.pack("<H", 99)
data[28:32] = struct.pack("<I", zlib.crc32(bytes(data[:28])))
open(name, "wb").write(data)
END
	complains 1 "newer" tree "$scratch/new"
}

@test "a truncated recording prints what is whole, says where it ends, and has status 1" {
	size=$(stat -c %s "$sample")
	head -c $((size - 100)) "$sample" >"$scratch/torn"
	run --separate-stderr "$kvmtree" tree "$scratch/torn"
	[ "$status" -eq 1 ]
	[[ $output == *"ioctl KVM_RUN"* ]]
	[[ $stderr == *"torn"* || $stderr == *"ends"* ]]
}

@test "a corrupt chunk is a gap, and is said" {
	cp "$sample" "$scratch/bad"
	printf '\xff\xff\xff\xff' | dd of="$scratch/bad" bs=1 seek=3000 conv=notrunc status=none
	run --separate-stderr "$kvmtree" tree "$scratch/bad"
	[ "$status" -eq 1 ]
	[ -n "$stderr" ]
}

@test "colour only where it is asked for" {
	[ "$("$kvmtree" tree "$sample" | grep -c $'\033')" = 0 ]
	"$kvmtree" tree --color always "$sample" | grep -q $'\033'
}

@test "in a locale without UTF-8 the tree is ASCII" {
	[ "$(LC_ALL=C "$kvmtree" tree "$sample" | LC_ALL=C grep -c '[^ -~]')" = 0 ]
	LC_ALL=C.UTF-8 "$kvmtree" tree "$sample" | grep -q '└─'
}

@test "the tree fits the width that it is given" {
	for width in 80 100 132 200; do
		[ "$(LC_ALL=C.UTF-8 "$kvmtree" tree --width $width "$sample" | LC_ALL=C.UTF-8 wc -L)" -le $width ]
		[ "$(LC_ALL=C.UTF-8 "$kvmtree" stat --width $width "$sample" | LC_ALL=C.UTF-8 wc -L)" -le $width ]
	done
}

@test "from standard input" {
	diff <("$kvmtree" tree "$sample") <("$kvmtree" tree - <"$sample")
}

@test "without the recorder, the recording commands say so" {
	make -s O="$scratch/viewer" trace-viewer >/dev/null
	run "$scratch/viewer/kvmtree" record -- true
	[ "$status" -eq 1 ]
	[[ $output == *"built without the recorder"* ]]
	"$scratch/viewer/kvmtree" tree "$sample" | grep -q 'ioctl KVM_RUN'
}

@test "a build that is done is not done again" {
	make -s O="$scratch/again" "$scratch/again/bpf/live.skel.h" >/dev/null
	make -q O="$scratch/again" "$scratch/again/bpf/live.skel.h"
}
