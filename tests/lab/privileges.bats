#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/privileges.sh has made inside the lab:
#   LAB=build/test/privileges bats tests/lab/privileges.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

# has CAPS BIT: whether the hexadecimal mask has it
has() { [ $((0x$1 >> $2 & 1)) = 1 ]; }
lacks() { [ $((0x$1 >> $2 & 1)) = 0 ]; }

@test "CAP_BPF, CAP_PERFMON and CAP_DAC_READ_SEARCH do to record the walk in the kernel" {
	cat "$LAB/record.err"
	status_is record 0
	run tree record
	echo "$output" | head -30
	[[ ${lines[0]} == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	[[ $output == *"KVM_CREATE_VCPU"* && $output == *"kvm_arch_vcpu_create"* ]]
}

@test "and for exits alone" {
	cat "$LAB/exits.err"
	status_is exits 0
	[[ $(tree exits | head -1) == *" exits, 0 lost"* ]]
	# the storm's own; how often the host interrupted it hangs on the machine
	"$kvmtree" stat --color never "$LAB/exits.kvmtree" | grep -qE '^io +2,000 '
}

@test "a recording is readable by its owner only" {
	[ "$(cat "$LAB/mode")" = 600 ]
}

@test "what is missing is named, with the command that gives it" {
	status_is doctor 0
	status_is no-bpf 1
	grep -q 'you lack CAP_BPF, .* `sudo setcap cap_bpf,cap_perfmon,cap_dac_read_search=ep .*/kvmtree`' "$LAB/no-bpf.err"
	status_is no-tracefs 1
	grep -q 'tracefs cannot be read: .*cap_dac_read_search' "$LAB/no-tracefs.err"
	status_is paranoid 1
	grep -q 'to root alone: .*`sudo sysctl kernel.perf_event_paranoid=2`' "$LAB/paranoid.err"
}

@test "other users' VMs are neither recorded nor counted without CAP_SYS_PTRACE" {
	for name in pid live-all live-pid; do
		status_is "$name" 1
		grep -qE "CAP_SYS_PTRACE|another user's" "$LAB/$name.err"
		[ ! -s "$LAB/$name.out" ]
	done
	[ ! -e "$LAB/x.kvmtree" ]
	status_is live-ptrace 0
	jq -e '.exits > 0 and (.rows | map(.reason) | index("io"))' "$LAB/live-ptrace.out"
}

@test "one's own VM is counted" {
	status_is live-own 0
	jq -e '.exits > 0 and (.rows | map(.reason) | index("io"))' "$LAB/live-own.out"
}

@test "live's screen goes down to the port that exits are about" {
	cat "$LAB/screen.out"
	grep -qE '^ *out 0x80 ' "$LAB/screen.out"
}

@test "a recorder run by root lets go of what it no longer needs, and COMMAND has what root has" {
	for name in root kernel-only; do
		[ "$(cat "$LAB/$name.command")" = "$(cat "$LAB/caps")" ]
		caps=$(cat "$LAB/$name.recorder")
		has "$caps" 39   # CAP_BPF
		has "$caps" 38   # CAP_PERFMON
		lacks "$caps" 1  # CAP_DAC_OVERRIDE
		lacks "$caps" 7  # CAP_SETUID
		lacks "$caps" 12 # CAP_NET_ADMIN
		lacks "$caps" 16 # CAP_SYS_MODULE
		run tree $name
		[[ ${lines[0]} == *"1 VM, 1 vCPU, "*" 0 lost, coverage 100 %" ]]
	done
	lacks "$caps" 21 # CAP_SYS_ADMIN: only for uprobes
	[[ $output != *"handle_io"* ]]
	tree root | grep -q handle_io # a program that was executed after the rest was let go of
}
