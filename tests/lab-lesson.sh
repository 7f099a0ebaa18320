#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The lessons that need real KVM, in TAP: scripts/lab -- tests/lab-lesson.sh
# It does not assert how fast anything is.

cd "$(dirname "$0")/.." || exit 1
. tests/lab/verdict.bash
[ -e /dev/kvm ] || skip_all "no /dev/kvm; use scripts/lab -- $0"

why() { echo "$said"; }

# mmio_exits CARD: exits that a device model in vmm had to serve.
mmio_exits() {
	build/kvmtree stat --by user "build/lesson/$1.kvmtree" | tr -d , | awk '/^KVM_EXIT_MMIO/ { print $2 }'
}

rm -f build/lesson/*.kvmtree
said=$(scripts/lesson-net --here --size 4 2>&1)
verdict "scripts/lesson-net ends well"
for card in e1000:e1000 virtio:virtio_net; do
	grep -q "^${card%:*}: driver ${card#*:}, 10 of 10 pings, 4 MB down and up, checksums equal" <<<"$said"
	verdict "${card%:*}: ping, and a file down and up, checksums equal"
done
[ "$(mmio_exits e1000)" -gt $((2 * $(mmio_exits virtio))) ]
verdict "the emulated card needs vmm more than twice as often"

done_all
