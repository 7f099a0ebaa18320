#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/ladder.sh has recorded inside the lab with each rung of the probe ladder:
#   LAB=build/test/ladder-amd-5.10 STORM=5000 bats tests/lab/ladder.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
	. tests/lab/common.bash
	release=$(cat "$LAB/release")
}

head_of() { "$kvmtree" tree --color never "$LAB/$1.kvmtree" | head -1; }
by() { "$kvmtree" tree --width 160 "$LAB/$1.kvmtree" | grep -cE "  $2  "; }

# A rung that this kernel does not have says so; then there is nothing more to look at.
needs_rung() {
	if grep -qE "^  no +$1 " "$LAB/doctor.out"; then
		status_is "$1-hello" 1
		grep -q "functions cannot be traced here with $1: this kernel " "$LAB/$1-hello.err"
		[ ! -e "$LAB/$1-hello.kvmtree" ]
		skip "Linux $release has no $1 for KVM's functions"
	fi
	[ -e "$LAB/$1-hello.status" ] || skip "$1 alone was not recorded here"
	status_is "$1-hello" 0
	[[ $(head_of "$1-hello") == *"1 VM, 1 vCPU, "*" 0 lost, coverage "* ]]
}

@test "$LAB: the best rungs record everything, and no function is refused" {
	status_is best-hello 0
	[ "$(tree best-hello | grep -c 'the kernel refused')" = 0 ]
	[[ $(head_of best-hello) == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
}

@test "$LAB: a storm's counts equal KVM's counter, and by reason the kernel's histogram" {
	[[ $(head_of best-storm) == *" 0 lost, coverage 100 %" ]]
	[ "$(our_counts best-storm | tail -1)" = "$STORM" ]
	diff <(kernel_counts best-storm) <(our_counts best-storm)
}

@test "$LAB: functions are seen by the first rung that the doctor finds" {
	status_is best-hello 0
	first=$(sed -nE 's/^  ok +(fentry|kprobe\.multi|kprobe) .*/\1/p' "$LAB/doctor.out" | head -1)
	[ -n "$first" ]
	[ "$(by best-hello "${first:0:1}")" -ge 30 ]
}

@test "$LAB: fentry alone draws the same tree" {
	grep -qE '^  no +fentry ' "$LAB/doctor.out" || skip "it is the best, and was recorded as that"
	needs_rung fentry
}

@test "$LAB: kprobe.multi alone draws the same tree" {
	needs_rung kprobe.multi
	diff -u <(masked "$LAB/best-hello.kvmtree") <(masked "$LAB/kprobe.multi-hello.kvmtree")
	[ "$(by kprobe.multi-hello f)" = 0 ]
}

@test "$LAB: kprobes alone draw the same tree" {
	needs_rung kprobe
	diff -u <(masked "$LAB/best-hello.kvmtree") <(masked "$LAB/kprobe-hello.kvmtree")
	[ "$(by kprobe-hello f)" = 0 ]
}

@test "$LAB: tracepoints alone draw the VMM's functions, the ioctls and the exits" {
	needs_rung tracepoint
	[ "$(by tracepoint-hello '[fk]')" = 0 ]
	diff -u <(masked_outside "$LAB/best-hello.kvmtree") <(masked_outside "$LAB/tracepoint-hello.kvmtree")
	[ "$("$kvmtree" stat --color never "$LAB/tracepoint-hello.kvmtree" | grep -cE '^(io|IO_INSTRUCTION) ')" = 1 ]
}

@test "$LAB: KVM's modules stay while they are recorded; without them the command is told" {
	[ -e "$LAB/no-vendor.status" ] || skip "the modules were not taken away here"
	# in use by the probes, or gone: either way the recording ends in order
	[ -e "$LAB/module-goes.kvmtree" ]
	[ "$(tree module-goes | grep -c 'did not end in order')" = 0 ]
	for name in no-vendor no-module; do
		status_is "$name" 1
		grep -qE 'there is no /dev/kvm: .*`modprobe kvm_amd` loads it' "$LAB/$name.err"
		[ ! -e "$LAB/$name.kvmtree" ]
	done
	grep -q 'the module kvm is loaded, that of this processor is not' "$LAB/no-vendor.err"
	grep -qE '^  NO   KVM ' "$LAB/doctor-no-vendor.out"
	[[ $(head_of module-again) == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
}

@test "$LAB: docs/kernels.md says what came of it" {
	row() { sed -E 's/^\| ([0-9]+\.[0-9]+)[^ ]* \| (amd|intel) /| \1 | \2 /' | grep -F "$1"; }
	vendor=$(sed -nE 's/^ +ok +vendor +//p' "$LAB/doctor.out")
	key="| $(cut -d. -f1,2 "$LAB/release") | $vendor |"
	diff <(row "$key" <docs/kernels.md) <(tests/lab/ladder-table.sh "$LAB" | row "$key")
}

@test "$LAB: a dry run says what the doctor says, and what the command has" {
	functions() { sed -n '/^  FUNCTION/,/^$/p' "$1" | tr -s ' ' | grep -vE ' vmm |^$'; }
	diff <(functions "$LAB/doctor.out") <(functions "$LAB/dry-run.out")
	grep -qE '^ +vcpu_create +vmm +uprobe' "$LAB/dry-run.out"
}
