#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Boots Linux in vmm on the lab's Intel machine, once; prints TAP. Takes minutes: Bochs emulates the
# processor, and KVM on it a second one. tests/lab-linux.sh asks more, on AMD.
set -u
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
dir=build/test/linux-intel
rm -rf $dir && mkdir -p $dir || exit 1

# The lab fetches its kernel when it first runs, and scripts/test has had it run.
kernel=$(readlink -f build/lab/kernels/*/vmlinuz | sort -V | head -n 1)
[ -e "$kernel" ] || { echo "1..0 # SKIP no kernel yet: run scripts/lab once"; exit 0; }
cp "$kernel" $dir/vmlinuz
# shellcheck disable=SC2016 # the guest is to expand it
echo 'echo "guest: $(nproc) $(grep -m1 -o GenuineIntel /proc/cpuinfo)"' >$dir/job
tests/guest-initrd $dir/initrd / none $dir/job || exit 1
scripts/lab --vendor intel --quiet --carry $dir --carry build/vmm --timeout 1200 -- \
	build/vmm -k $dir/vmlinuz -i $dir/initrd -m 128M -p 'quiet mitigations=off' \
	>$dir/out 2>$dir/err </dev/null
status=$?
failed=1
if [ $status -eq 0 ] && tr -d '\r' <$dir/out | grep -q '^guest: 1 GenuineIntel$'; then
	failed=0
	echo "ok 1 - Linux boots in vmm on Intel, and powers off: status 0"
else
	echo "not ok 1 - Linux boots in vmm on Intel, and powers off: status $status"
	tail -n 30 $dir/out $dir/err | tr -d '\r' | sed 's/^/# /'
fi
echo "1..1"
exit $failed
