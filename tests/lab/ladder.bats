#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/ladder.sh has recorded inside the lab with each rung of the probe ladder:
#   LAB=build/test/ladder-amd-5.10 STORM=5000 bats tests/lab/ladder.bats

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	kvmtree=build/kvmtree
	[ -e "$LAB/complete" ] || { echo "$LAB: the lab did not come to its end"; return 1; }
	release=$(cat "$LAB/release")
}

# Without the column that names the rung, and what differs from one recording to the next.
masked() {
	tests/lab/golden.sh "$1" | sed -E 's/  (fentry|kprobe) /  rung /'
}

# A rung that this kernel does not have says so; then there is nothing to look at.
needs_rung() {
	[ "$(cat "$LAB/$1-hello.status")" != 1 ] || {
		grep -q 'functions cannot be traced here with' "$LAB/$1-hello.err"
		skip "Linux $release has no $1 for KVM's functions"
	}
}

head_of() { "$kvmtree" tree --color never "$LAB/$1.kvmtree" | head -1; }
storm_exits() {
	"$kvmtree" stat --color never "$LAB/$1-storm.kvmtree" | grep -cE " ${STORM:0:-3},000 "
}

@test "$LAB: the best rungs record everything, and all functions that have a symbol" {
	[ "$(cat "$LAB/best-hello.status")" = 0 ]
	[ "$(grep -c refused "$LAB/best-hello.err")" = 0 ]
	[[ $(head_of best-hello) == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	[[ $(head_of best-storm) == *" 0 lost, coverage 100 %" ]]
	[ "$(storm_exits best)" -ge 1 ]
}

@test "$LAB: kprobes alone draw the same tree" {
	needs_rung kprobe
	diff -u <(masked "$LAB/best-hello.kvmtree") <(masked "$LAB/kprobe-hello.kvmtree")
	[[ $(head_of kprobe-storm) == *" 0 lost, coverage 100 %" ]]
	[ "$("$kvmtree" tree "$LAB/kprobe-hello.kvmtree" | grep -cE '  f  ')" = 0 ]
}

@test "$LAB: fentry alone draws the same tree" {
	needs_rung fentry
	diff -u <(masked "$LAB/best-hello.kvmtree") <(masked "$LAB/fentry-hello.kvmtree")
	[ "$("$kvmtree" tree "$LAB/fentry-hello.kvmtree" | grep -cE '  k  ')" = 0 ]
}

@test "$LAB: tracepoints alone count every exit" {
	[ "$(cat "$LAB/tracepoint-storm.status")" = 0 ]
	[ "$(storm_exits tracepoint)" -ge 1 ]
	[ "$("$kvmtree" tree "$LAB/tracepoint-hello.kvmtree" | grep -cE '  [fk]  ')" = 0 ]
}

@test "$LAB: a dry run says what the doctor says, and what the command has" {
	diff <(sed -n '/^functions/,/^$/p' "$LAB/doctor.out") <(sed -n '/^functions/,/^$/p' "$LAB/dry-run.out")
	grep -qE '^ +vcpu_create +vmm +uprobe' "$LAB/dry-run.out"
}
