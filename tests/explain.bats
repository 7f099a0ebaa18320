#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kvmtree explain as a command; what it finds by which name is in tests/unit/explain.c.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	kvmtree=build/kvmtree
}

@test "explain: one row, with all that is known of it" {
	diff <("$kvmtree" explain --width 100 EPT_VIOLATION) - <<'END'
EPT_VIOLATION                     VMX exit reason 48 (0x30)
  Meaning   guest memory with no page behind it yet, or MMIO: KVM maps or emulates
  Cause     an access that the extended page tables do not allow
  Served by KVM: handle_ept_violation, kvm_mmu_page_fault
  Alike     npf on AMD; both are "memory" where vendors are compared
  Source    Intel SDM volume 3: Exit Qualification for EPT Violations
END
}

@test "explain: the seed's name leads to today's functions" {
	run -0 "$kvmtree" explain vmx_create_vcpu
	[[ $output == *svm_vcpu_create*vmx_vcpu_create* ]]
	[[ $output == *"Called by kvm_arch_vcpu_create"* ]]
}

@test "explain: every name of the seed that the tree shows has an entry" {
	names=$(grep -ohE '"[^"]*seed: [^";:]*' trace-viewer/kb/concepts.def bpf/*.def | sed 's/.*seed: //' | grep -oE '[a-z0-9_>-]*[_>][a-z0-9_>-]*' | sort -u)
	[ "$(wc -w <<<"$names")" -ge 30 ]
	for name in $names; do
		run -0 "$kvmtree" explain "$name"
		[[ $output == *"  Meaning "*"seed: "* || $output == *"seed: "*"  Meaning "* || $output == *"  Cause "*"seed: "* ]] || { echo "$name"; echo "$output"; false; }
	done
}

@test "explain: an exit that is called as a group is comes before the group" {
	for word in cpuid msr; do
		run -0 "$kvmtree" explain $word
		[[ ${lines[0]} == "$word "*"SVM exit code"* || ${lines[0]} == *"VMX exit reason"* ]]
		[[ $output == *"$word "*"SVM exit code"* ]]
		[ "${#lines[@]}" -gt 30 ]
	done
	run -0 "$kvmtree" explain vmx
	[[ $output != *"  Meaning "* ]]
}

@test "explain: a group restricts, a name may have spaces" {
	run -0 "$kvmtree" explain msr 0x10
	[ "${lines[0]}" = "TSC                               model-specific register 0x10" ]
	run -0 "$kvmtree" explain triple fault
	[[ $output == TRIPLE_FAULT*shutdown* ]]
}

@test "explain: a number has the source of who gives it its meaning" {
	run -0 "$kvmtree" explain msr 0x10
	[[ $output == *"Intel SDM volume 4"* && $output == *"vmx_get_msr"* ]]
	run -0 "$kvmtree" explain msr 0x4b564d01
	[[ $output == *"Documentation/virt/kvm/x86/msr.rst"* && $output != *SDM* ]]
	run -0 "$kvmtree" explain msr 0x40000000
	[[ $output == *"Hypervisor Top-Level"* && $output != *SDM* ]]
	run -0 "$kvmtree" explain cpuid 0x40000000
	[[ $output == *"Documentation/virt/kvm/x86/cpuid.rst"* && $output != *SDM* ]]
	run -0 "$kvmtree" explain svm pushf
	[[ $output == *"nothing on Intel; it is "* ]]
}

@test "explain: what is misspelt gets a suggestion and status 1" {
	run -1 --separate-stderr "$kvmtree" explain EPT_VIOLATOIN
	[ -z "$output" ]
	[[ $stderr == *"did you mean EPT_VIOLATION?" ]]
	run -1 --separate-stderr "$kvmtree" explain 0xdeadbeef
	[[ $stderr == *"no such name or number"* ]]
}

@test "explain: lists fit the width, whatever it is" {
	for width in 60 80 200; do
		for group in '' vmx svm exit ioctl kernel vmm port msr cpuid; do
			# shellcheck disable=SC2086 # no group is no argument
			widest=$("$kvmtree" explain --width $width $group | wc -L)
			echo "group '$group' at $width columns: $widest"
			[ "$widest" -le $((width < 80 ? 80 : width)) ]
		done
	done
}

@test "explain: nothing but ASCII with --ascii" {
	for group in vmx svm exit ioctl kernel vmm port msr cpuid; do
		"$kvmtree" explain --ascii --width 60 $group >"$BATS_TEST_TMPDIR/list"
		run -1 env LC_ALL=C grep -nP '[^\x00-\x7f]' "$BATS_TEST_TMPDIR/list"
	done
}
