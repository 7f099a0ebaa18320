#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records Linux from its start to power-off, in vmm and in QEMU.
#
#   scripts/lab -- tests/lab/linux.sh DIR KERNEL INITRD
#
# For each VMM: DIR/VMM.kvmtree, .out, .err, .status, and .hist, the kernel's own histogram of kvm_exit.
# tests/linux-counted.sh makes the initrd, and starts it; tests/lab/linux.bats looks at what is left.
set -u
. tests/lab/common.bash
. tests/lab/recording.bash

recording_begin "$1"
kernel=$2 initrd=$3
# Linux 5.10 and 7.2 do not get over the XSAVE that the lab's processors have, in no VMM
words='mitigations=off quiet noxsave'

# counted NAME COMMAND...: recorded, with the kernel's histogram.
counted() {
	local name=$1
	shift
	hist_begin
	record "$name" --kernel-only -- "$@"
	hist_end "$dir/$name.hist"
}

counted vmm build/vmm -k "$kernel" -i "$initrd" -m 256M -p "$words"
# the files that QEMU looks for are named here, for what a script names is on the Intel machine, too
ls -l /usr/share/seabios/bios-256k.bin /usr/share/qemu/linuxboot_dma.bin /usr/share/qemu/kvmvapic.bin
counted qemu qemu-system-x86_64 -accel kvm -m 256 -nodefaults -nographic -serial stdio -monitor none \
	-no-reboot -kernel "$kernel" -initrd "$initrd" -append "console=ttyS0 $words"
uname -r >"$dir/release"
true >"$dir/complete"
