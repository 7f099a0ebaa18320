# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Masks what differs from one recording to the next, and nothing else: durations, thread and process
# ids, interrupts of the host, which come when they want, and the widths of the columns, which
# follow from these. The indentation stays.
s/ *(≥ *)?[0-9]+(\.[0-9]+)? (ns|µs|ms|s)( |,|$)/ TIME\4/g
s/(thread|process) [0-9]+/\1 ID/g
s/, [0-9,]+ interrupts?//g
s/([^ │├└─]) {2,}/\1  /g
s/ +$//
