#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/user.sh has recorded inside the lab:
#   LAB=build/test/user bats tests/lab/user.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

@test "a VMM that was never seen before: VM, vCPUs, ioctls, exits, all of them" {
	local t
	status_is python 0
	t=$(tree python --ascii --no-fold)
	echo "$t"
	[[ $(head -1 <<<"$t") == *"1 VM, 2 vCPUs, "*" 0 lost, coverage 100 %" ]]
	in_order "$t" 'ioctl KVM_CREATE_VM ' 'svm_vm_init' 'ioctl KVM_SET_USER_MEMORY_REGION slot=0 gpa=0x0 size=32 KiB'
	for id in 0 1; do
		below "$t" "thread [0-9]+: vCPU $id" "ioctl KVM_CREATE_VCPU id=$id"
		below "$t" "thread [0-9]+: vCPU $id" 'io +out 0x3f8'
		below "$t" "thread [0-9]+: vCPU $id" 'write 0xf000'
		below "$t" "thread [0-9]+: vCPU $id" '< hlt'
	done
	# 3 out, 1 in, 1 MMIO write, 1 MMIO read, 1 HLT, on each of two vCPUs
	run "$kvmtree" stat --by user --color never "$LAB/python.kvmtree"
	echo "$output"
	[[ $output =~ KVM_EXIT_IO\ +8\  && $output =~ KVM_EXIT_MMIO\ +4\  && $output =~ KVM_EXIT_HLT\ +2\  ]]
}

@test "stock QEMU: the walk, from the board to the end, though a script starts it" {
	local t
	status_is qemu 0
	[[ $(cat "$LAB/qemu.out") == *"Booting from Hard Disk"*Q* ]]
	t=$(tree qemu --ascii --no-fold)
	[[ $(head -1 <<<"$t") == *"1 VM, 2 vCPUs, "*" 0 lost, coverage 100 %" ]] || { head -1 <<<"$t"; false; }
	in_order "$t" qemu_init accel_init_machine 'ioctl KVM_CREATE_VM ' svm_vm_init \
		machine_run_board_init x86_cpu_new qemu_init_vcpu 'thread [0-9]+: vCPU 0' \
		kvm_init_vcpu 'ioctl KVM_CREATE_VCPU id=0' svm_vcpu_create kvm_arch_init_vcpu \
		qemu_wait_io_event kvm_arch_put_registers 'ioctl KVM_SET_REGS' kvm_cpu_exec \
		'ioctl KVM_RUN' address_space_rw pc_memory_init 'ioctl KVM_SET_USER_MEMORY_REGION' \
		vm_start qemu_main_loop qemu_cleanup
	below "$t" 'accel_init_machine' 'ioctl KVM_CREATE_VM '
	below "$t" 'machine_run_board_init' 'x86_cpu_new'
	below "$t" 'kvm_init_vcpu' 'ioctl KVM_CREATE_VCPU id=1'
	below "$t" 'kvm_cpu_exec' 'ioctl KVM_RUN'
	below "$t" 'kvm_cpu_exec' 'address_space_rw'
}

@test "stock QEMU: port exits are joined to the memory dispatch that serves them" {
	run "$kvmtree" stat --by handler --color never "$LAB/qemu.kvmtree"
	echo "$output"
	grep -q "^address_space_rw " <<<"$output"
	# those that went to user space: most of them were served there
	"$kvmtree" export --format csv "$LAB/qemu.kvmtree" | python3 -c '
import csv, sys
rows = [row for row in csv.DictReader(sys.stdin) if row["user_reason"] == "KVM_EXIT_IO"]
served = [row for row in rows if row["handler"] == "address_space_rw"]
print(len(served), "of", len(rows))
sys.exit(len(rows) < 500 or len(served) < 0.99 * len(rows))'
}

@test "stock QEMU: coroutines survive, seen by their entries" {
	says qemu '^kvmtree record: --user-function no-such-program:x\*: no program of that name was executed$'
	run tree qemu --no-fold
	[[ $output == *"blk_co_"*" (its end was not seen)"* ]]
	[[ $output == *"thread_pool_submit_co (its end was not seen)"* ]]
}

# tricks NAME: the frames of tricks.c, without times; three columns deeper for each level
tricks() {
	tree "$1" --ascii --no-fold |
		sed -nE 's/^([-|` ]*)(trick_[a-z_]+|puts)( \(its [a-z ]+\))?( .*)?$/\1\2\3/p' | tr '|`-' '   '
}

@test "recursion, jumps, threads that end: each frame ends where it was left" {
	for name in tricks fixed; do
		diff - <(tricks $name | grep -v puts) <<'END'
trick_recurse
   trick_recurse
      trick_recurse
trick_tail
   trick_recurse
      trick_recurse
trick_jump (its end was not seen)
   trick_jump (its end was not seen)
trick_jump (its end was not seen)
   trick_jump (its end was not seen)
trick_jump (its end was not seen)
   trick_jump (its end was not seen)
trick_last
trick_co_yield (its end was not seen)
trick_twice
trick_twice
trick_last
   trick_thread_end (its end was not seen)
END
	done
}

@test "another program begins: its functions, and a library's, are seen" {
	status_is tricks 0
	[ "$(cat "$LAB/tricks.out")" = 'tricks done' ]
	[ "$(tricks tricks | grep -c puts)" = 1 ]
	tree tricks --no-fold | grep -q 'puts .* libc.so.6 '
}

@test "in a program with coroutines functions are seen by their entries, unless --returns" {
	status_is entries 0
	[ "$(tricks entries | grep -c '(its end was not seen)$')" = "$(tricks entries | grep -c trick_)" ]
	[ "$(tricks entries | grep -c '^trick_recurse')" = 5 ]
}

@test "a function that cannot be probed is named, and the others are recorded" {
	for name in tricks fixed entries; do
		says $name '1 function of a program cannot be traced: trick_locked: the kernel refused uprobe: it cannot probe its first instruction$'
	done
}

@test "a VMM whose file has been replaced is joined, with the functions that it has" {
	status_is replaced 0
	says replaced 'attached to replaced \([0-9]+\): 1 VMs, 1 vCPUs'
	width=220 run tree replaced --no-fold
	echo "$output" | head -20
	[[ $output == *post_out* && $output =~ ioctl.*libc\.so\.6\ +uprobe ]]
	says absent-in-process 'the process has no program or library of that name'
}

@test "a program that is started later is met; what it lacks is said" {
	status_is later 0
	tree later --no-fold | grep -q "bus_add"
	says later '--user-function begun-later:nothing_\*: begun-later was executed, and has no such function$'
}

@test "--user-function: what is asked for and not there is told, with what is near" {
	for name in absent-in-process misspelt too-many script absent-file; do status_is "$name" 1; done
	for name in no-pattern not-with-exits; do status_is "$name" 2; done
	says misspelt 'none of the [0-9]+ functions of /usr/bin/qemu-system-x86_64 matches \(it is stripped: .*near: kvm_cpu_exec$'
	says too-many '[0-9]+ functions match; .*--many'
	says script 'is no program in machine code; if it is a script, name the program that it starts'
	says absent-file '/no/such/file cannot be read: No such file'
	says no-pattern 'it takes a program or library and a pattern'
	says not-with-exits '--user-function and --detail exits exclude each other'
}

@test "--dry-run lists what would be traced, of --function each" {
	status_is dry-run 0
	run cat "$LAB/dry-run.out"
	[[ $output =~ bus_add\ +vmm\ +uprobe ]]
	[[ $output =~ kvm_mmu_zap_[a-z_]+\ +kvm\ +fentry && $output =~ kvm_emulate_halt[a-z_]*\ +kvm\ +fentry ]]
}
