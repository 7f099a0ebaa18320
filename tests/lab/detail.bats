#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/detail.sh has recorded inside the lab:
#   LAB=build/test/detail bats tests/lab/detail.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

@test "--detail exits records exits, their VM and coverage, and nothing else" {
	status_is exits-storm 0
	run tree exits-storm
	echo "$output" | head -20
	[[ ${lines[0]} == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	[[ $output != *"handle_io"* && $output != *"KVM_CREATE_VM"* && $output != *"kvm_arch_"* ]]
	"$kvmtree" stat --color never "$LAB/exits-storm.kvmtree" | grep -q " 5,000 "
}

@test "--detail exits tells VMs apart" {
	run tree exits-two
	[[ ${lines[0]} == *"2 VMs, 2 vCPUs, "*" 0 lost, coverage 100 %" ]]
}

@test "--function adds the functions that match, with their arguments from BTF" {
	status_is glob 0
	run tree glob --no-fold
	[[ ${lines[0]} == *" 0 lost, coverage 100 %" ]]
	[[ $output == *"kvm_mmu_load"* ]]
	[[ $output == *"kvm_arch_vcpu_create"* ]]
}

@test "a pattern that matches nothing is refused, and one that matches hundreds wants consent" {
	status_is glob-none 1
	grep -q -- '--function no_such_\*: no function of kvm or kvm_amd that can be traced matches' \
		"$LAB/glob-none.err"
	status_is glob-many 1
	grep -qE -- '[0-9]+ functions match, .* say --many' "$LAB/glob-many.err"
	[ ! -e "$LAB/glob-many.kvmtree" ]
}

@test "--detail full traces every function of KVM that can be traced, nested, and loses nothing" {
	status_is full 0
	# what ftrace knows of both modules, less what is left out on purpose
	attached=$(sed -nE 's/.* attached to ([0-9]+) functions in .*/\1/p' "$LAB/full.err")
	[ "$attached" -ge 1000 ]
	run tree full --no-fold
	[[ ${lines[0]} == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	[[ $output != *pvclock_gtod_notify* ]] # it runs in interrupts: nothing to do with the thread
	# a caller of the walk, what it calls, and what that calls
	tree full --no-fold --function kvm_arch_vcpu_create |
		grep -qE '[├└]─ __kvm_mmu_create |→ __kvm_mmu_create '
}

@test "--detail full has arguments and results by their types" {
	run tree full --no-fold
	# an int, an error, a bool, a pointer that is none, a number
	[[ $output =~ kvm_vm_ioctl_check_extension_generic\ arg=[0-9a-fx]+\  ]]
	grep -qE ' kvm_vcpu_reset init_event=false ' <<<"$output"
	grep -qE ' kvm_set_memslot old=NULL new=&[0-9a-f]+ ' <<<"$output"
}

@test "--symbols goes with the recording: names and instructions need no file any more" {
	status_is symbols 0
	run tree symbols
	[[ ${lines[0]} == *" 0 lost, coverage 100 %" ]]
	[[ $output == *"out 0x3f8 ← 'H' (1 byte), at next+0x8: out %al, %dx"* ]]
	run "$kvmtree" stat --by symbol --color never "$LAB/symbols.kvmtree"
	[[ $output == *$'\nnext '* ]]
}

@test "--symbols of a file without any is said before anything is recorded" {
	status_is symbols-none 1
	grep -q 'kvmtree record: --symbols build/vmm-obj/guests/hello.bin: has no symbols of code: give' \
		"$LAB/symbols-none.err"
	[ ! -e "$LAB/symbols-none.kvmtree" ]
}

@test "a return that the kernel did not follow, with more calls under way than it has room for, is counted" {
	status_is missed 0
	run tree missed
	unseen=$(grep -c ' kvm_vcpu_block (its end was not seen)' <<<"$output")
	[ "$unseen" -gt 0 ]
	grep -qE "^note: events that probes missed: .*\bkvm_vcpu_block $unseen\b" <<<"$output"
	grep -qE "^kvmtree record: probes missed [0-9]+ events, .*\bkvm_vcpu_block $unseen\b" "$LAB/missed.err"
}

@test "perf counts the same tracepoints as without the recorder, and without live" {
	for name in perf-alone perf-rounds perf-events perf-live; do
		status_is "$name" 0
		tail "$LAB/$name.perf"
		read -r _ exits <"$LAB/$name.perf"
		[ "$exits" -gt 5 ]
		# what the guest does is the same each time; how often the host interrupts it is not
		diff <(grep kvm_msr "$LAB/perf-alone.perf") <(grep kvm_msr "$LAB/$name.perf")
		[ ! -e "$LAB/$name.kvmtree" ] || tree "$name" | grep -q " $exits exits, 0 lost, "
		ioctls=$(sed -n 's/.*sys_enter_ioctl //p' "$LAB/$name.perf")
		[ "$ioctls" -gt 10 ]
	done
}
