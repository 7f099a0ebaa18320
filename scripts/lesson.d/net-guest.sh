# shellcheck shell=dash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What the guest of scripts/lesson-net does, whichever card it finds: a ping, then the host's file
# down by HTTP, and the same file up again. Lines that begin with "net:" are for the host.

tell() { echo "net: $*"; }

driver=$(readlink /sys/class/net/eth0/device/driver) || { tell "no card"; exit; }
tell "driver ${driver##*/}"
ip link set eth0 up
ip addr add 10.0.2.2/24 dev eth0
tell "ping $(ping -c 10 -i 0.1 -q 10.0.2.1 | sed -n 's/ packets received.*//; s/.*transmitted, //p') of 10"
wget -q -O /tmp/data http://10.0.2.1:8000/data && tell "down $(sha256sum </tmp/data)"
nc 10.0.2.1 8001 </tmp/data && tell "up"
