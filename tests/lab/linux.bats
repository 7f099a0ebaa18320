#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/linux-counted.sh has recorded inside the lab: LAB=build/test/linux bats tests/lab/linux.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
	. tests/lab/common.bash
}

# boots VMM: to the guest's own job, and off.
boots() {
	status_is "$1" 0
	tr -d '\r' <"$LAB/$1.out" | grep -aE "guest: Linux $(sed 's/[.+]/\\&/g' "$LAB/release") on (GenuineIntel|AuthenticAMD)\$"
}

# counts_of VMM: nothing is lost, and reason by reason there is what the kernel's own histogram has.
counts_of() {
	head=$("$kvmtree" tree --color never "$LAB/$1.kvmtree" | grep -m1 " coverage ")
	echo "$head"
	[[ $head == *"1 VM, 1 vCPU, "*" 0 lost, coverage "* ]]
	diff <(kernel_counts "$1") <(our_counts "$1")
	[ "$(our_counts "$1" | awk '{ sum += $1 } END { print sum }')" -gt 3000 ]
}

# counter_of VMM: KVM's counters are met to the last exit.
counter_of() {
	"$kvmtree" tree --color never "$LAB/$1.kvmtree" | grep -m1 " 0 lost, coverage 100 %"
}

@test "Linux boots in vmm, and powers off" { boots vmm; }
@test "Linux in vmm: every exit is recorded, reason by reason" { counts_of vmm; }
@test "Linux in vmm: as many as KVM counted" { counter_of vmm; }

@test "Linux boots in QEMU, and powers off" { boots qemu; }
@test "Linux in QEMU: every exit is recorded, reason by reason" { counts_of qemu; }

@test "Linux in QEMU: as many as KVM counted" {
	# its KVM counts an access to an MSR that the VMM filters as an exit: docs/kernels.md
	[[ $(cat "$LAB/release") != 5.10.* ]] || skip "Linux 5.10 counts more than exits"
	counter_of qemu
}
