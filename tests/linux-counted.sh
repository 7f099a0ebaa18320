#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Records Linux as a guest of the same Linux, from its start to power-off, on the lab's AMD or Intel machine.
#
#   tests/linux-counted.sh DIR VENDOR SERIES
#
# DIR lies below build/, SERIES is one of scripts/lab's kernels. Exit status: the lab's. tests/lab/linux.bats
# looks at what was recorded. On Intel it takes minutes: Bochs emulates the processor, and KVM on it a second one.
set -u
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
dir=$1 guest=$1-guest vendor=$2 series=$3

rm -rf "$dir" "$guest"
mkdir -p "$dir" || exit 1
tests/linux-guest "$guest" "$series" || exit
exec scripts/lab --vendor "$vendor" --kernel "$series" --carry tests --carry "$guest" --timeout 2400 -- \
	tests/lab/linux.sh "$dir" "$guest/vmlinuz" "$guest/initrd"
