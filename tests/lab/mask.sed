# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Masks what differs from one recording to the next, and nothing else: durations, thread and process
# ids, interrupts of the host and time without a CPU, which come when they want, and with it the pause
# window, which KVM sets anew when a vCPU comes back to a CPU; how many leaves of
# CPUID the processor below has, and the widths of the columns, which follow from these. The
# indentation stays.
/· pause window/d
s/, off CPU [0-9.]+ (ns|µs|ms|s) in [0-9,]+, at most (blocked|preempted) [0-9.]+ (ns|µs|ms|s)( by [^ ]+ [0-9]+)?//g
s/, (blocked|preempted) [0-9.]+ (ns|µs|ms|s)( by [^ ]+ [0-9]+)?//g
s/ entries=[0-9]+/ entries=N/g
s/ *(≥ *)?[0-9]+(\.[0-9]+)? (ns|µs|ms|s)( |,|$)/ TIME\4/g
s/(thread|process) [0-9]+/\1 ID/g
s/, [0-9,]+ interrupts?//g
s/([^ │├└─]) {2,}/\1  /g
s/ +$//
