#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Reads what `kvmtree export` wrote with parsers that are not ours, and checks it against its schema.

  export_check.py FORMAT FILE [EXITS]

EXITS: how many VM exits it has to tell of.
"""
import csv
import json
import sys

EXIT = {
    "type": str, "start_ns": int, "vm": int, "vcpu": (int, type(None)), "tid": int, "isa": str, "code": int,
    "reason": str, "qualifier": (str, type(None)), "value": (str, type(None)), "is_write": bool, "rip": str,
    "info1": str, "info2": str, "guest_ns": int, "kernel_ns": int, "user_ns": int, "off_cpu_ns": int,
    "off_user_ns": int, "off_cpu_why": (str, type(None)), "off_cpu_next": (str, type(None)),
    "off_cpu_next_tid": (int, type(None)), "injected": (str, type(None)), "injected_vector": (int, type(None)),
    "user_reason": (str, type(None)), "kernel_handler": (str, type(None)), "handler": (str, type(None)),
    "callee": (str, type(None)), "is_open": bool, "spans_loss": bool,
}
FRAME = {
    "type": str, "start_ns": int, "duration_ns": int, "vm": int, "vcpu": (int, type(None)), "tid": int,
    "depth": int, "layer": str, "name": str, "call": str, "owner": str, "known_by": str, "result": str,
    "data": (dict, type(None)), "begin_unseen": bool, "end_unseen": bool, "spans_loss": bool,
}
OFF_CPU = {
    "type": str, "start_ns": int, "duration_ns": int, "vm": int, "vcpu": (int, type(None)), "tid": int, "why": str,
    "next": str, "next_tid": int, "runnable_ns": (int, type(None)), "waker": (str, type(None)),
    "waker_tid": (int, type(None)), "in_exit": bool,
}
NOTE = {"type": str, "start_ns": int, "vm": int, "vcpu": (int, type(None)), "tid": int, "name": str, "what": str}
VM = {"type": str, "vm": int, "command": str, "pid": int, "exits": int, "is_destroyed": bool}
VCPU = {"type": str, "vm": int, "vcpu": (int, type(None)), "exits": int, "entries": int, "guest_ns": int,
        "kvm_exits": (int, type(None)), "kvm_exits_before": (int, type(None))}
RECORDING = {"type": str, "schema": int, "meta": list, "clock_origin_ns": str, "records": int, "exits": int,
             "lost_records": int, "gaps": int, "is_whole": bool}
TYPES = {"exit": EXIT, "frame": FRAME, "off_cpu": OFF_CPU, "note": NOTE, "vm": VM, "vcpu": VCPU, "recording": RECORDING}


def check(condition, what):
    if not condition:
        sys.exit(f"export_check: {what}")


def check_fields(row, schema):
    check(list(row) == list(schema), f"fields {list(row)} are not those of the schema {list(schema)}")
    for key, kind in schema.items():
        # to Python a bool is an int
        fits = isinstance(row[key], kind) and (kind is bool or not isinstance(row[key], bool))
        check(fits, f"{key}: {row[key]!r} is no {kind}")


def read_json(file):
    rows = [json.loads(line) for line in file]
    for row in rows:
        check(row.get("type") in TYPES, f"no such type: {row}")
        check_fields(row, TYPES[row["type"]])
    check(rows[-1]["type"] == "recording", "the last line is no recording")
    check([row["type"] for row in rows].count("recording") == 1, "more than one recording")
    exits = sum(row["type"] == "exit" for row in rows)
    check(rows[-1]["exits"] == exits, f"{exits} exits, and the recording says {rows[-1]['exits']}")
    check(sum(row["exits"] for row in rows if row["type"] == "vm") == exits, "VMs have other exits")
    check(sum(row["exits"] for row in rows if row["type"] == "vcpu") == exits, "vCPUs have other exits")
    return exits


def read_csv(file):
    rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        check(None not in row and None not in row.values(), f"a row of another length: {row}")
        for key in ("start_ns", "vm", "vcpu", "tid", "code", "guest_ns", "kernel_ns", "user_ns", "off_cpu_ns"):
            int(row[key])
        check(row["is_write"] in "01" and row["is_open"] in "01", f"no flag: {row}")
    return len(rows)


def nanoseconds(us):
    return round(us * 1000)


def check_nesting(slices):
    """Slices of a track either follow or enclose each other: Perfetto drops what overlaps."""
    ends = []
    for start, neg_end, name in sorted(slices):
        end = -neg_end
        while ends and ends[-1][0] <= start:
            ends.pop()
        check(not ends or end <= ends[-1][0], f"{name} at {start} ends after {ends and ends[-1][1]}")
        ends.append((end, name))


def read_perfetto(file):
    trace = json.load(file)
    check(trace["displayTimeUnit"] == "ns", "no unit")
    tracks, named, exits = {}, set(), 0
    for event in trace["traceEvents"]:
        check(event["ph"] in "XiM", f"no such phase: {event}")
        check(isinstance(event["pid"], int) and isinstance(event["tid"], int), f"no track: {event}")
        check(isinstance(event["name"], str) and isinstance(event["args"], dict), f"no name: {event}")
        if event["ph"] == "M":
            named.add((event["pid"], event["tid"], event["name"]))
            continue
        check(isinstance(event["ts"], (int, float)) and isinstance(event["cat"], str), f"no time: {event}")
        if event["ph"] == "i":
            check(event["s"] == "t", f"no scope: {event}")
            continue
        check(event["dur"] >= 0, f"no duration: {event}")
        start = nanoseconds(event["ts"])
        track = tracks.setdefault((event["pid"], event["tid"]), [])
        track.append((start, -(start + nanoseconds(event["dur"])), event["name"]))
        exits += event["cat"] == "exit"
    for (pid, tid), slices in tracks.items():
        check((pid, tid, "thread_name") in named, f"track {pid}/{tid} has no name")
        check_nesting(slices)
    return exits


def read_folded(file):
    seen = set()
    for line in file:
        stack, _, count = line.rstrip("\n").rpartition(" ")
        check(int(count) > 0, f"no time: {line}")
        check(all(stack.split(";")), f"an empty frame: {line}")
        check(stack not in seen, f"twice: {line}")
        seen.add(stack)


def read_openmetrics(file):
    from prometheus_client.openmetrics.parser import text_fd_to_metric_families
    families = {family.name: family for family in text_fd_to_metric_families(file)}
    for name, kind in (("exits", "counter"), ("user_exits", "counter"), ("exit_seconds", "counter"),
                       ("exit_cost_seconds", "summary"), ("guest_seconds", "counter"),
                       ("lost_records", "counter"), ("recording", "info")):
        check(families["kvmtree_" + name].type == kind, f"kvmtree_{name} is no {kind}")
    return int(sum(sample.value for sample in families["kvmtree_exits"].samples))


def main():
    kind, path = sys.argv[1:3]
    readers = {"json": read_json, "csv": read_csv, "perfetto": read_perfetto, "folded": read_folded,
               "openmetrics": read_openmetrics}
    with open(path, encoding="utf-8", newline="" if kind == "csv" else None) as file:
        exits = readers[kind](file)
    if len(sys.argv) > 3 and exits is not None:
        check(exits == int(sys.argv[3]), f"{exits} exits, not {sys.argv[3]}")


main()
