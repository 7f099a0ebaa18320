#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# what an exit, a boot of Linux and memory cost in vmm, beside the VMMs that are installed
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
	cat <<END
usage: scripts/bench vmm

In one run of the AMD lab with --icount (one instruction is a nanosecond), for build/vmm and, if
installed, QEMU's machine "pc" under KVM and kvmtool (lkvm):

  storm   a guest that writes a byte to port 0x80 again and again. user: instructions in user space
          from one KVM_RUN to the next, stepped one by one; own: those of them in the VMM's own
          program, not in a library; round trip: all instructions of an exit, the kernel's and
          guest's too
  boot    the lab's own kernel, with one vCPU and 512 MiB, to a first process that restarts at once:
          instructions of the whole process, guest included; exits, and those of them to user space
  memory  when this Linux has booted and waits: what is resident of the guest's memory, and of all
          else of the process, libraries included
END
}

bench=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
scratch=build/bench
memory=512
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

fail() {
	echo "scripts/bench: $*" >&2
	exit 1
}

vmms() {
	echo vmm
	! command -v qemu-system-x86_64 >/dev/null || echo qemu
	! command -v lkvm >/dev/null || echo lkvm
}

# title VMM: its name and version
title() {
	case $1 in
	vmm) build/vmm --version ;;
	qemu) echo "QEMU $(qemu-system-x86_64 --version | awk 'NR == 1 { print $4 }') pc" ;;
	lkvm) echo "kvmtool $(lkvm version | awk '{ print $NF }')" ;;
	esac
}

# boot VMM WORDS: becomes the VMM with Linux in it, WORDS on the kernel's command line.
boot() {
	local kernel words="quiet panic=-1 $2"
	for kernel in build/lab/kernels/*/vmlinuz; do
		[ "$(readlink -f "$kernel" | sed 's/.*vmlinuz-//')" != "$(uname -r)" ] || break
	done
	case $1 in
	vmm) exec build/vmm -k "$kernel" -i $scratch/initrd -m ${memory}M -p "$words" ;;
	qemu)
		exec qemu-system-x86_64 -accel kvm -M pc -cpu host -m $memory -nodefaults \
			-display none -no-reboot -serial stdio -kernel "$kernel" \
			-initrd $scratch/initrd -append "console=ttyS0 $words"
		;;
	lkvm)
		exec lkvm run -c 1 -m $memory -k "$kernel" -i $scratch/initrd --console serial \
			-p "console=ttyS0 $words"
		;;
	esac
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

# measure EVENTS COMMAND...: counts them in all its threads.
measure() {
	perf stat -x, -o $scratch/perf -e "$1" -- "${@:2}" >/dev/null 2>&1 </dev/null
}

# counted EVENT: what measure() has counted; of task-clock nanoseconds, so instructions.
counted() {
	awk -F, -v event="$1" '$3 == event { printf "%.0f\n", $2 == "msec" ? $1 * 1000000 : $1 }' \
		$scratch/perf
}

# task_clock COMMAND...: nanoseconds of all its threads, so instructions.
task_clock() {
	measure task-clock "$@"
	counted task-clock
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

row() { printf '%-20s %15s %12s %12s\n' "$@"; }

storm_row() {
	local user own less more
	[ "$1" != lkvm ] || return 0 # it takes images of another form
	read -r user own < <(steps "$1")
	less=$(task_clock bash "$0" --storm "$1" 20000)
	more=$(task_clock bash "$0" --storm "$1" 120000)
	row "$(title "$1")" "$user" "$own" $(((more - less) / 100000))
}

boot_row() {
	measure task-clock,kvm:kvm_exit,kvm:kvm_userspace_exit bash "$0" --boot "$1" '' || true
	row "$(title "$1")" "$(counted task-clock)" "$(counted kvm:kvm_exit)" \
		"$(counted kvm:kvm_userspace_exit)"
}

# The guest's memory is the mapping, or the mappings, of its size.
memory_row() {
	local pid guest rest
	: >$scratch/console
	bash "$0" --boot "$1" wait >$scratch/console 2>&1 </dev/null &
	pid=$!
	until grep -aq 'bench: ready' $scratch/console; do
		kill -0 $pid 2>/dev/null || fail "$1: its Linux ended instead of waiting"
		sleep 0.2
	done
	read -r guest rest < <(awk -v size=$((memory * 1024)) '
		$1 == "Size:" { guest = $2 >= size && $2 < size + 4096 }
		$1 == "Rss:" { total[guest] += $2 }
		END { print total[1], total[0] }' /proc/$pid/smaps)
	row "$(title "$1")" "$guest" "$rest" ''
	kill $pid
	wait $pid || true
}

in_lab() {
	local vmm
	row 'storm, per exit' user own 'round trip'
	for vmm in $(vmms); do storm_row "$vmm"; done
	row 'boot' instructions exits 'to user space'
	for vmm in $(vmms); do boot_row "$vmm"; done
	row 'memory, KiB' guest else ''
	for vmm in $(vmms); do memory_row "$vmm"; done
}

case ${1:-} in
'') ;;
--in-lab) in_lab; exit ;;
--storm) storm "$2" "$3"; exit ;;
--boot) boot "$2" "$3" ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && exit 2 ;;
esac
make -s vmm
mkdir -p $scratch
${CC:-cc} -Wall -Wextra -O2 -o $scratch/run_steps "$bench/run_steps.c"
rm -rf $scratch/root
mkdir -p $scratch/root/dev
${CC:-cc} -Wall -Wextra -O2 -static -o $scratch/root/init "$bench/init.c"
(cd $scratch/root && find . | cpio -o -H newc -R 0:0 --quiet) >$scratch/initrd
scripts/lab --icount -- bash "$bench/vmm.sh" --in-lab
