#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: records VMMs that are not ours, and functions of user space.
#
#   make build/tests/tricks build/tests/tricks-fixed
#   scripts/lab --cpus 2 -- tests/lab/user.sh DIR
#
# For each case NAME: DIR/NAME.kvmtree, .out, .err, .status. tests/lab/user.bats looks at them.
set -u
. tests/lab/recording.bash

recording_begin "$1"

# a VMM in Python, which becomes another program at its end
record python -- tests/lab/python-vmm.py true

tests/boot-sector "$dir/boot.img"
qemu="qemu-system-x86_64 -accel kvm -M pc -smp 2 -m 64 -nodefaults -nographic -serial stdio
	-no-reboot -monitor none -drive file=$dir/boot.img,format=raw"

# QEMU, started by a script; its block layer's coroutines must survive being watched
printf '#!/bin/sh\nexec %s\n' "${qemu//$'\n'/ }" >"$dir/script"
chmod +x "$dir/script"
record qemu -u 'qemu-system-x86_64:blk_co_*' -u 'qemu-system-x86_64:thread_pool_submit*' \
	-u 'no-such-program:x*' -- "$dir/script"

# functions that end in unusual ways, in a program that is loaded anywhere, and in one that is not
record tricks -u 'tricks:trick_*' -u 'libc:puts' --returns -- build/tests/tricks build/tests/tricks-fixed
record fixed -u 'build/tests/tricks-fixed:trick_*' --returns -- build/tests/tricks-fixed
record entries -u 'tricks:trick_*' -- build/tests/tricks

# a VMM that runs already, and whose file has been replaced by another; the folder that is shared with
# the lab forgets files that are removed
cp build/vmm /tmp/replaced
/tmp/replaced storm 100000000 >/dev/null &
vmm=$!
until_vcpus $vmm 1
rm /tmp/replaced
cp /bin/true /tmp/replaced
attach replaced -u 'libc:ioctl' -p $vmm
record absent-in-process -u 'libnothing:x' -p $vmm
kill -KILL $vmm

# what is asked for and not there
record misspelt -u 'qemu-system-x86_64:kvm_cpu_exek' -- true
record too-many -u 'qemu-system-x86_64:*' -- true
record script -u "$dir/script:*" -- "$dir/script"
record absent-file -u '/no/such/file:x' -- true
record no-pattern -u qemu-system-x86_64 -- true
record not-with-exits -u 'vmm:handle_*' -d exits -- build/vmm halt
printf '#!/bin/sh\ncp build/vmm %s/begun-later\nexec %s/begun-later hello\n' "$dir" "$dir" >"$dir/script"
record later -u 'begun-later:bus_*' -u 'begun-later:nothing_*' -- "$dir/script"
record dry-run --dry-run -u 'vmm:bus_*' -f 'kvm_mmu_zap_*' -f 'kvm_emulate_halt*' -- build/vmm hello

true >"$dir/complete"
