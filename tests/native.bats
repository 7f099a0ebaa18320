#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The recorder on this machine's own KVM, where it has one and we are root. Whatever the kernel lacks (it
# may have KVM built in, neither kprobes nor fentry, a vendor of its own, and tracefs not mounted), the
# doctor passes, every program loads, and a recording shows at least the ioctls.

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	kvmtree=build/kvmtree
	scratch=$BATS_TEST_TMPDIR
	[ -e /dev/kvm ] || skip "this machine has no KVM"
	[ "$(id -u)" = 0 ] || skip "we are not root"
	[ "$(stat -Lc %i /proc/self/ns/pid)" = $((0xeffffffc)) ] || skip "we are in a container"
}

# record NAME OPTION...: a recording of hello, and its tree.
record() {
	local name=$1
	shift
	"$kvmtree" record "$@" -o "$scratch/$name.kvmtree" -- build/vmm hello >"$scratch/$name.out" \
		2>"$scratch/$name.err" || { cat "$scratch/$name.err"; return 1; }
	[ "$(cat "$scratch/$name.out")" = 'Hello, KVM!' ]
	tree=$("$kvmtree" tree --width 160 --color never "$scratch/$name.kvmtree")
}

@test "the doctor finds all that a recording needs" {
	run "$kvmtree" doctor --width 80
	echo "$output"
	[ "$status" = 0 ]
	[ "$(grep -c '^  NO ' <<<"$output")" = 0 ]
	grep -qE '^  ok +KVM ' <<<"$output"
	[ "$(awk 'length > 80' <<<"$output" | grep -vc 'traced by')" = 0 ]
}

@test "a recording shows a VM's ioctls, and the VMM's functions where there are uprobes" {
	record best
	[[ $(head -1 <<<"$tree") == *"1 VM, 1 vCPU, "*" 0 lost"* ]]
	grep -q 'ioctl KVM_CREATE_VM type=0' <<<"$tree"
	grep -q 'ioctl KVM_CREATE_VCPU id=0' <<<"$tree"
	grep -qE 'KVM_RUN.* out 0x3f8 ←' <<<"$tree"
	! "$kvmtree" doctor | grep -qE '^  ok +uprobe' || grep -qE ' vcpu_run +vmm +u ' <<<"$tree"
}

@test "where no function may be traced, ioctls are seen by their system call" {
	"$kvmtree" doctor | grep -qE '^  ok +tracepoint' || skip "this kernel has no tracepoints of system calls"
	record tracepoint --probe-with tracepoint
	grep -qE 'ioctl KVM_CREATE_VCPU id=0 +t ' <<<"$tree"
	[ "$(grep -cE '  [fk]  ' <<<"$tree")" = 0 ]
}

@test "tracefs need not be mounted, and is not afterwards" {
	cat >"$scratch/unmounted.sh" <<-END
		for dir in /sys/kernel/debug/tracing /sys/kernel/tracing; do
			while mountpoint -q \$dir; do umount \$dir; done
		done
		[ ! -e /sys/kernel/tracing/events ] || exit 1
		$kvmtree record -q -o $scratch/unmounted.kvmtree -- build/vmm halt || exit 1
		[ ! -e /sys/kernel/tracing/events ]
	END
	unshare -m bash "$scratch/unmounted.sh"
	"$kvmtree" tree "$scratch/unmounted.kvmtree" | grep -q 'ioctl KVM_CREATE_VM'
}

@test "all of KVM's functions, or a reason" {
	run "$kvmtree" record --detail full -o "$scratch/full.kvmtree" -- build/vmm halt
	echo "$output"
	[ "$status" = 0 ] || [[ $output == *"no function of kvm or "* ]]
	run "$kvmtree" record --function 'kvm_*' --many -o "$scratch/glob.kvmtree" -- build/vmm halt
	echo "$output"
	[ "$status" = 0 ] || [[ $output == *"functions cannot be traced here: this kernel "* ]] ||
		[[ $output == *"no function of kvm or "* ]]
}

@test "live counts, and ends" {
	run "$kvmtree" live --once
	echo "$output"
	[ "$status" = 0 ]
}

@test "who lacks the privileges is told which, and what to do" {
	run setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$kvmtree" doctor --width 80
	echo "$output"
	[ "$status" = 1 ]
	grep -qE '^  NO +privileges +you lack CAP_' <<<"$output"
	[[ $output == *sudo* ]]
	# one complaint for one thing, and no plan that would not hold
	[ "$(grep -cE '^  NO +kernel' <<<"$output")" = 0 ]
}
