#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records Linux from its start to power-off, in vmm and in QEMU.
#
#   scripts/lab -- tests/lab/linux.sh DIR
#
# For each VMM: DIR/VMM.kvmtree, .out, .err, .status, and .hist, the kernel's own histogram of kvm_exit.
# tests/lab/linux.bats looks at them.
set -u
. tests/lab/common.bash
. tests/lab/recording.bash

recording_begin "$1"
for kernel in build/lab/kernels/*/vmlinuz; do
	[ "$(readlink -f "$kernel" | sed 's/.*vmlinuz-//')" != "$(uname -r)" ] ||
		ln -sf "$PWD/$kernel" "$dir/vmlinuz"
done
echo true >"$dir/job"
tests/guest-initrd "$dir/initrd" / "$(uname -r)" "$dir/job"

# counted NAME COMMAND...: recorded, with the kernel's histogram.
counted() {
	local name=$1
	shift
	hist_begin
	record "$name" --kernel-only -- "$@"
	hist_end "$dir/$name.hist"
}

counted vmm build/vmm -k "$dir/vmlinuz" -i "$dir/initrd" -m 512M -p "mitigations=off quiet"
counted qemu qemu-system-x86_64 -accel kvm -m 512 -nodefaults -nographic -serial stdio -monitor none \
	-no-reboot -kernel "$dir/vmlinuz" -initrd "$dir/initrd" -append "console=ttyS0 mitigations=off quiet"
true >"$dir/complete"
