#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/attach.sh has recorded inside the lab:
#   LAB=build/test/attach bats tests/lab/attach.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

@test "a VMM that runs already is joined, and covered from then on" {
	status_is one 0
	grep -q 'attached to vmm ([0-9]*): 1 VMs, 1 vCPUs' "$LAB/one.err"
	run tree one
	echo "$output" | head -5
	[[ ${lines[0]} == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	run tree one --no-fold
	[[ $output == *"out 0x80"* && $output == *"handle_io"* ]]
}

@test "--all records every VMM" {
	status_is all 0
	run tree all
	echo "$output" | head -5
	[[ ${lines[0]} == *"2 VMs, 3 vCPUs, "*" 0 lost, coverage 100 %" ]]
}

@test "a VMM that ends while it is joined ends the recording" {
	status_is ends 0
	run tree ends
	[[ ${lines[0]} == *" 0 lost, coverage 100 %" ]]
}

@test "a process that is not there, or has no VM, is refused by name" {
	status_is none 1
	grep -q 'attaching to process 4000000: No such process' "$LAB/none.err"
	status_is no-vmm 1
	grep -qE 'attaching to process [0-9]+: .* has no VM' "$LAB/no-vmm.err"
	[ ! -e "$LAB/none.kvmtree" ]
}

@test "live sees vCPUs end by a kprobe where fentry is in vain" {
	status_is live 0
	jq -es '.[-1].exits > 0' "$LAB/live.out"
	grep -q ' k  *kvm_arch_vcpu_destroy' "$LAB/live.kprobes"
}
