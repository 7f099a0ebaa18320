#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kvmtree tree as a command, on the recordings of docs/samples: filters, the whole tree, its looks.

bats_require_minimum_version 1.5.0

load samples

tree() {
	"$kvmtree" tree -w 160 "$@"
}

@test "the path of a vCPU's creation, on both vendors, and nothing else" {
	for file in "$amd svm_vcpu_create" "$intel vmx_vcpu_create"; do
		tree --path create-vcpu "${file% *}" > "$scratch/out"
		grep -q 'ioctl KVM_CREATE_VCPU' "$scratch/out"
		grep -q "${file#* }" "$scratch/out"
		grep -q 'create_vcpu_fd .* inlined here' "$scratch/out"
		run ! grep -E 'KVM_RUN|KVM_CREATE_VM |guest_load' "$scratch/out"
	done
}

@test "exits of a reason: by the vendor's name, number, common name, KVM_EXIT and port" {
	tree --reason io "$amd" > "$scratch/io"
	grep -q 'out 0x3f8' "$scratch/io"
	run ! grep -E 'npf|hlt' "$scratch/io"
	for name in IO 0x7b 123 KVM_EXIT_IO io:0x3f8; do
		diff "$scratch/io" <(tree --reason "$name" "$amd")
	done
	tree --reason io:0x60 "$amd" | grep -qx 'nothing in this recording is what was asked for'
	tree --reason memory "$intel" | grep -q EPT_VIOLATION
}

@test "functions by pattern, with what is below them" {
	tree --function 'svm_vcpu_create' "$amd" > "$scratch/out"
	grep -q 'svm_vcpu_alloc_msrpm' "$scratch/out"
	run ! grep -E 'kvm_mmu_create|KVM_RUN' "$scratch/out"
}

@test "layers and sources leave out lines, not what is below them" {
	tree --layer vendor "$amd" > "$scratch/out"
	grep -q '^svm_vm_init ' "$scratch/out"
	run ! grep -E 'ioctl|uprobe' "$scratch/out"
	tree --source inlined,tracepoint "$amd" > "$scratch/out"
	run ! grep -E ' (fentry|uprobe) ' "$scratch/out"
}

@test "a window of time counts only what is in it" {
	tree --reason io "$amd" | grep -o '[0-9]* × \[ KVM_RUN' > "$scratch/all"
	tree --reason io --to 1s "$amd" | grep -o '[0-9]* × \[ KVM_RUN' | diff "$scratch/all" -
	run -2 tree --from 2s --to 1s "$amd"
	[[ $output == *"--from is later than --to"* ]]
	tree --from 1000s "$amd" | grep -qx 'nothing in this recording is what was asked for'
}

@test "words that no filter knows are usage errors that list the known ones" {
	run -2 --separate-stderr tree --reason nonsense "$amd"
	[[ $stderr == *'no exit is called so'* ]]
	run -2 --separate-stderr tree --layer vmm,kernel "$amd"
	[[ $stderr == *'--layer kernel: is none of vmm, ioctl, kvm, vendor, guest, exit'* ]]
	run -2 --separate-stderr tree --slower 5 "$amd"
	[[ $stderr == *'a time with its unit'* ]]
}

@test "the whole tree has each exit, as many as the head says" {
	tree --no-fold "$amd" > "$scratch/out"
	exits=$(sed -n '1s/.* \([0-9,]*\) exits.*/\1/p' "$scratch/out")
	[ "$(grep -c '◀' "$scratch/out")" -eq "$exits" ]
	[ "$(grep -c '▶' "$scratch/out")" -eq "$exits" ]
}

@test "the whole tree needs somewhere to write only when it is large" {
	TMPDIR=/nonexistent tree --no-fold "$amd" > /dev/null
}

@test "--legend explains each sign, with ASCII too" {
	tree --legend "$amd" | grep -q '▶ guest .*VM entry'
	tree --legend --ascii "$amd" | grep -q '> guest .*VM entry'
	tree --legend --ascii "$amd" | LC_ALL=C grep -c '[^ -~]' | grep -qx 0
}

@test "--symbols names the guest's addresses, and says when it cannot" {
	printf '0000000000001000 T start\n000000000000100d T done\n' > "$scratch/System.map"
	tree --symbols "$scratch/System.map" "$amd" > "$scratch/out"
	grep -q '▶ guest  rip 0x1000 in start ' "$scratch/out"
	grep -q "◀ io     out 0x3f8 ← 'H' (1 byte), at start+0xc " "$scratch/out"
	grep -q '◀ hlt .*at done' "$scratch/out"
	run -1 --separate-stderr tree --symbols "$amd" "$amd"
	[[ $stderr == *'has no symbols of code'* ]]
}

@test "the instruction that exited is shown where its bytes are known, and its mode right" {
	if ! tree --symbols build/vmm-obj/guests/hello.elf "$amd" | grep -q 'out %al, %dx'; then
		ldd "$kvmtree" | grep -q Zydis && return 1
		skip "built without Zydis"
	fi
	tree --symbols build/vmm-obj/guests/hello.elf --bits 16 "$amd" > "$scratch/out"
	grep -q "◀ io     out 0x3f8 ← 'H' (1 byte), at next+0x8: out %al, %dx " "$scratch/out"
	grep -q '◀ hlt .*at done: hlt' "$scratch/out"
	grep -q '◀ npf .*at start: mov \$0x1010, %si' "$scratch/out"
	# another program's code is not shown as this one's
	tree --symbols build/vmm-obj/guests/cpuid.elf "$amd" > "$scratch/out"
	[ -z "$(grep 'out %al' "$scratch/out")" ]
}

@test "--why tells cause, server and source below a line" {
	tree --why "$amd" > "$scratch/out"
	grep -q 'Source: arch/x86/kvm/svm/svm.c' "$scratch/out"
	tree --why --reason npf "$amd" | grep -q 'Caused by an access that the nested page tables'
}

@test "no line is wider than asked: every sample, 40 to 250 columns, every option" {
	local options=('' --no-fold --why --legend --expand --all --ascii) i=0
	for sample in docs/samples/*.kvmtree; do
		for ((width = 40; width <= 250; width += 6 + i % 9, i++)); do
			# shellcheck disable=SC2086 # none is no option
			got=$("$kvmtree" tree -w $width ${options[i % 7]} "$sample" | wc -L)
			[ "$got" -le "$width" ] || { echo "$sample ${options[i % 7]}: $got of $width"; return 1; }
			got=$("$kvmtree" stat -w $width --histogram --create "$sample" | wc -L)
			[ "$got" -le "$width" ] || { echo "stat $sample: $got of $width"; return 1; }
		done
	done
	for ((width = 40; width <= 250; width += 5)); do
		for command in 'diff -a' compare; do
			# shellcheck disable=SC2086 # a command and its option
			[ "$("$kvmtree" $command -w $width "$amd" "$intel" | wc -L)" -le $width ]
		done
	done
}

@test "the same file gives the same bytes" {
	diff <(tree "$amd") <(tree "$amd")
	diff <(tree --no-fold "$intel") <(tree --no-fold - < "$intel")
}

@test "docs/reading-the-tree.md quotes the sample to the letter" {
	quoted=$(awk '/^\| column/ { exit } /^    / { print substr($0, 5) }' docs/reading-the-tree.md)
	[ "$(wc -l <<< "$quoted")" -gt 15 ]
	kept=$(grep -Fxf <(printf '%s\n' "$quoted") <("$kvmtree" tree -w 150 --path run "$amd"))
	[ "$kept" = "$quoted" ]
}
