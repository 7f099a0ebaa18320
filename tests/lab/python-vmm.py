#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A VMM that shares no line and no symbol with this project: what kvmtree says of any VMM must not
# depend on ours. Two vCPUs, a thread each; each writes three bytes to a port, reads one, touches an
# address where no memory is, and halts.
#
#   tests/lab/python-vmm.py [PROGRAM...]     makes its vCPUs, then becomes PROGRAM, if there is one
import ctypes, fcntl, mmap, os, struct, sys, threading

KVM_CREATE_VM, KVM_GET_VCPU_MMAP_SIZE = 0xAE01, 0xAE04
KVM_CREATE_VCPU, KVM_SET_USER_MEMORY_REGION = 0xAE41, 0x4020AE46
KVM_RUN, KVM_SET_REGS = 0xAE80, 0x4090AE82
KVM_GET_SREGS, KVM_SET_SREGS = 0x8138AE83, 0x4138AE84
EXIT_IO, EXIT_HLT, EXIT_MMIO = 2, 5, 6

CODE = bytes([
    0xBA, 0xF8, 0x03,              # mov $0x3f8, %dx
    0xB0, ord("p"), 0xEE,          # mov $'p', %al; out %al, %dx
    0xB0, ord("y"), 0xEE,
    0xB0, ord("\n"), 0xEE,
    0xE4, 0x60,                    # in $0x60, %al
    0xA2, 0x00, 0xF0,              # mov %al, 0xf000: behind the memory
    0xA0, 0x10, 0xF0,              # mov 0xf010, %al
    0xF4,                          # hlt
])

system = os.open("/dev/kvm", os.O_RDWR)
vm = fcntl.ioctl(system, KVM_CREATE_VM, 0)
run_size = fcntl.ioctl(system, KVM_GET_VCPU_MMAP_SIZE, 0)
memory = mmap.mmap(-1, 0x8000)
memory[0x1000:0x1000 + len(CODE)] = CODE
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
fcntl.ioctl(vm, KVM_SET_USER_MEMORY_REGION, struct.pack("=IIQQQ", 0, 0, 0, len(memory), address))
failed = []
turn = threading.Lock()


def vcpu_main(index):
    vcpu = fcntl.ioctl(vm, KVM_CREATE_VCPU, index)
    run = mmap.mmap(vcpu, run_size)
    sregs = bytearray(fcntl.ioctl(vcpu, KVM_GET_SREGS, bytes(312)))
    struct.pack_into("=QIH", sregs, 0, 0, 0xFFFF, 0)  # CS: base, limit, selector
    fcntl.ioctl(vcpu, KVM_SET_SREGS, bytes(sregs))
    fcntl.ioctl(vcpu, KVM_SET_REGS, struct.pack("=18Q", *[0] * 16, 0x1000, 2))
    seen = []
    while EXIT_HLT not in seen:
        fcntl.ioctl(vcpu, KVM_RUN, 0)
        reason, = struct.unpack_from("=I", run, 8)
        seen.append(reason)
        if reason == EXIT_IO:
            is_out, size, port, count, offset = struct.unpack_from("=BBHIQ", run, 32)
            if is_out:
                with turn:
                    sys.stdout.write(chr(run[offset]))
            else:
                run[offset] = 0x42
        elif reason not in (EXIT_HLT, EXIT_MMIO):
            break
    if seen != [EXIT_IO] * 4 + [EXIT_MMIO] * 2 + [EXIT_HLT]:
        failed.append((index, seen))


threads = [threading.Thread(target=vcpu_main, args=(index,)) for index in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if failed:
    sys.exit(f"python-vmm: unexpected exits: {failed}")
sys.stdout.flush()
if sys.argv[1:]:
    os.execvp(sys.argv[1], sys.argv[1:])
