#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/linux.sh has recorded inside the lab: LAB=build/test/linux bats tests/lab/linux.bats

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	kvmtree=build/kvmtree
	. tests/lab/common.bash
	[ -e "$LAB/complete" ] || { echo "$LAB: the lab did not come to its end"; return 1; }
}

# counts_of VMM: nothing is lost, KVM's counters are met to the last exit, and so is the kernel's own histogram.
counts_of() {
	[ "$(cat "$LAB/$1.status")" = 0 ]
	head=$("$kvmtree" tree --color never "$LAB/$1.kvmtree" | grep -m1 " coverage ")
	echo "$head"
	[[ $head == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	diff <(kernel_counts "$1") <(our_counts "$1")
	[ "$(our_counts "$1" | awk '{ sum += $1 } END { print sum }')" -gt 3000 ]
}

@test "Linux in vmm: every exit is recorded, reason by reason" { counts_of vmm; }
@test "Linux in QEMU: every exit is recorded, reason by reason" { counts_of qemu; }
