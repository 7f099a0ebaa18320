#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# what an exit to user space costs in vmm, beside the VMMs that are installed
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
	cat <<END
usage: scripts/bench vmm

In one run of the AMD lab with --icount (one instruction is a nanosecond), for build/vmm and, if
installed, QEMU's machine "pc" under KVM:

  storm   a guest that writes a byte to port 0x80 again and again. user: instructions in user space
          from one KVM_RUN to the next, stepped one by one; own: those of them in the VMM's own
          program, not in a library; round trip: all instructions of an exit, the kernel's and
          guest's too
END
}

bench=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
scratch=build/bench
qemu=(qemu-system-x86_64 -accel kvm -M pc -m 64 -nodefaults -display none -no-reboot
	-device 'isa-debug-exit,iobase=0xf4,iosize=1')

# boot_sector COUNT: a disk whose first sector is the storm, for VMMs that have a BIOS.
boot_sector() {
	local i count=''
	for i in 0 8 16 24; do count+=$(printf '\\x%02x' $(($1 >> i & 255))); done
	# mov $COUNT,%ecx; 1: out %al,$0x80; dec %ecx; jnz 1b; mov $0,%al; out %al,$0xf4
	{
		printf '\x66\xb9%b\xe6\x80\x66\x49\x75\xfa\xb0\x00\xe6\xf4' "$count"
		head -c 510 /dev/zero
	} | head -c 510
	printf '\x55\xaa'
}

# storm VMM COUNT: runs it.
storm() {
	case $1 in
	vmm) build/vmm storm "$2" ;;
	qemu)
		boot_sector "$2" >$scratch/storm.img
		"${qemu[@]}" -drive file=$scratch/storm.img,format=raw || [ $? = 1 ]
		;;
	esac
}

# task_clock COMMAND...: nanoseconds of all its threads, so instructions.
task_clock() {
	perf stat -x, -o $scratch/perf -e task-clock -- "$@" >/dev/null
	awk -F, '$3 == "task-clock" { printf "%.0f\n", $1 * 1000000 }' $scratch/perf
}

# steps VMM: "USER OWN" of an exit in the midst of an endless storm.
steps() {
	local shell out
	storm "$1" 4294967295 >/dev/null 2>&1 &
	shell=$!
	until out=$(timeout 60 $scratch/run_steps "$(pgrep -P $shell)" 100 2>/dev/null); do
		kill -0 $shell || return
	done
	pkill -P $shell
	wait $shell 2>/dev/null || true
	echo "$out"
}

storm_row() {
	local user own less more
	read -r user own < <(steps "$1")
	less=$(task_clock bash "$0" --storm "$1" 20000)
	more=$(task_clock bash "$0" --storm "$1" 120000)
	printf '%-20s %12s %12s %12s\n' "$2" "$user" "$own" $(((more - less) / 100000))
}

in_lab() {
	printf '%-20s %12s %12s %12s\n' 'storm, per exit' user own 'round trip'
	storm_row vmm "$(build/vmm --version)"
	if command -v qemu-system-x86_64 >/dev/null; then
		storm_row qemu "QEMU $(qemu-system-x86_64 --version | awk 'NR == 1 { print $4 }') pc"
	fi
}

case ${1:-} in
'') ;;
--in-lab) in_lab && exit ;;
--storm) storm "$2" "$3" && exit ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && exit 2 ;;
esac
make -s vmm
mkdir -p $scratch
${CC:-cc} -Wall -Wextra -O2 -o $scratch/run_steps "$bench/run_steps.c"
scripts/lab --icount -- bash "$bench/vmm.sh" --in-lab
