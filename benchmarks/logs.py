"""How fast logs become tables, beside DuckDB and parsers of the package index in the same run.

    python -m benchmarks.logs [--lines N] [--kinds conn conn-json eve combined squid netfilter cef]
                              [--repeat N] [--workers N] [--peers PYTHON]

The logs are made up: ordinary flows of a few hundred clients, so that every machine can make the
same ones. netcordon hashes, reads, types, sorts and writes its tables; DuckDB reads the same fields
into one Parquet file; zat makes a data frame in memory; the other peers make Python objects of each
line and store nothing. ``PYTHON`` has those that are to be compared with: zat, parsezeeklogs,
apachelogs, apache-log-parser, clfparser, pycef. Wall time and processor time are of all processes
of a tool, start included; bytes a row are those of the lake.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import log_lines
from benchmarks.footprint import DECODE, measure

_CONN = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes "
    "conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts "
    "resp_ip_bytes tunnel_parents"
)
_TYPES = (
    "time string addr port addr port enum string interval count count string bool bool count "
    "string count count count count set[string]"
)
_HEAD = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"

_DUCKDB_TEXT = """
import sys, duckdb
duckdb.sql("COPY (SELECT * FROM read_csv(?, delim='\\t', comment='#', header=false, nullstr='-'"
           ", quote='', escape='')) TO '" + sys.argv[2] + "' (FORMAT parquet, CODEC zstd)",
           params=[sys.argv[1]])
"""
_DUCKDB_JSON = """
import sys, duckdb
duckdb.sql("COPY (SELECT * FROM read_ndjson(?)) TO '" + sys.argv[2] + "' (FORMAT parquet, CODEC "
           "zstd)", params=[sys.argv[1]])
"""


def _flows(count: int) -> Iterator[tuple[object, ...]]:
    """Fields of ``conn.log``, as they would be written."""
    chance = np.random.default_rng(7)
    times = np.cumsum(chance.exponential(0.02, count)) + 1_700_000_000
    clients, servers = chance.integers(1, 250, count), chance.zipf(1.3, count) % 5000
    ports = chance.choice([443, 80, 53, 445, 22], count, p=[0.5, 0.15, 0.25, 0.05, 0.05])
    packets = chance.integers(1, 40, (count, 2))
    octets = chance.integers(0, 1200, (count, 2)) * packets
    lasting, uids = chance.exponential(1.0, count), chance.integers(0, 1 << 62, count)
    for i in range(count):
        proto, service = ("udp", "dns") if ports[i] == 53 else ("tcp", "ssl")
        out, back = packets[i].tolist()
        yield (
            f"{times[i]:.6f}", f"C{uids[i]:017x}", f"10.0.{clients[i] // 100}.{clients[i]}",
            int(chance.integers(1024, 65000)) if i % 7 == 0 else 40000 + i % 20000,
            f"198.51.{servers[i] // 250}.{servers[i] % 250}", int(ports[i]), proto, service,
            f"{lasting[i]:.6f}", int(octets[i][0]), int(octets[i][1]), "SF", "T", "F", 0,
            "Dd" if proto == "udp" else "ShADadFf", out, int(octets[i][0]) + 40 * out, back,
            int(octets[i][1]) + 40 * back, "-",
        )  # fmt: skip


def make(kind: str, count: int, place: Path) -> Path:
    """Write a log; returns its path."""
    path = place / f"{kind}.log"
    if kind in log_lines.KINDS:
        log_lines.write(kind, count, path)
        return path
    with path.open("w", encoding="ascii") as file:
        if kind == "conn":
            for key, names in (("fields", _CONN), ("types", _TYPES)):
                file.write(
                    (_HEAD if key == "fields" else "") + f"#{key} {names}\n".replace(" ", "\t")
                )
        for fields in _flows(count):
            if kind == "conn":
                file.write("\t".join(map(str, fields)) + "\n")
            else:
                row = dict(zip(_CONN.split(), fields, strict=True))
                file.write(json.dumps(_zeek(row) if kind == "conn-json" else _eve(row)) + "\n")
    return path


def _zeek(row: dict[str, object]) -> dict[str, object]:
    row |= {name: float(str(row[name])) for name in ("ts", "duration")}
    row |= {"local_orig": True, "local_resp": False}
    del row["tunnel_parents"]
    return row


def _eve(row: dict[str, object]) -> dict[str, object]:
    """Every second event a flow, the others DNS and TLS."""
    seconds = float(str(row["ts"]))
    stamp = str(np.datetime64(int(seconds * 1e6), "us")) + "+0000"
    shared = {
        "timestamp": stamp, "flow_id": int(str(row["uid"])[2:15], 16), "src_ip": row["id.orig_h"],
        "src_port": row["id.orig_p"], "dest_ip": row["id.resp_h"], "dest_port": row["id.resp_p"],
        "proto": str(row["proto"]).upper(),
    }  # fmt: skip
    if int(str(row["id.orig_p"])) % 2:
        counts = {"pkts_toserver": row["orig_pkts"], "pkts_toclient": row["resp_pkts"],
                  "bytes_toserver": row["orig_ip_bytes"], "bytes_toclient": row["resp_ip_bytes"],
                  "start": stamp, "end": stamp, "age": 0, "state": "closed", "reason": "timeout",
                  "alerted": False}  # fmt: skip
        tcp = {"tcp_flags": "1b", "tcp_flags_ts": "1b", "tcp_flags_tc": "1b", "state": "closed"}
        return {**shared, "event_type": "flow", "app_proto": "tls", "flow": counts, "tcp": tcp}
    if row["proto"] == "udp":
        query = {"version": 2, "type": "query", "id": 7, "rrname": "a.example", "rrtype": "A"}
        return {**shared, "event_type": "dns", "dns": query}
    hello = {"sni": "site.example", "version": "TLS 1.3", "ja3": {"hash": "0" * 32}}
    return {**shared, "event_type": "tls", "tls": hello}


def commands(kind: str, log: Path, scratch: Path, workers: int, peers: str) -> dict[str, list[str]]:
    """What is measured: name -> command."""
    out = str(scratch / "peer.parquet")
    found = {
        "netcordon": [sys.executable, "-c", DECODE, str(workers), str(scratch / "case"), str(log)],
    }
    if kind not in log_lines.KINDS:
        duckdb = _DUCKDB_TEXT if kind == "conn" else _DUCKDB_JSON
        found["duckdb"] = [sys.executable, "-c", duckdb, str(log), out]
    for name, program in log_lines.programs(kind).items():
        found[name] = [peers, "-c", program, str(log)]
    return found


@dataclass
class Cost:
    """What one tool took: medians of the repeats."""

    wall_s: list[float]
    cpu_s: list[float]
    peak_mib: float = 0.0


def compare(kind: str, count: int, repeat: int, workers: int, peers: str) -> str:
    """A table: records a second by wall and by processor time, peak memory."""
    costs: dict[str, Cost] = {}
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="netcordon-logs-") as place:
        log = make(kind, count, Path(place))
        for _ in range(repeat):
            with tempfile.TemporaryDirectory(dir=place) as scratch:
                for name, command in commands(kind, log, Path(scratch), workers, peers).items():
                    before = _cpu()
                    run = measure(command)
                    if isinstance(run, str):
                        notes.append(f"{name}: {run}")
                        continue
                    cost = costs.setdefault(name, Cost([], []))
                    cost.wall_s.append(run.seconds)
                    cost.cpu_s.append(_cpu() - before)
                    cost.peak_mib = max(cost.peak_mib, run.peak_mib)
                lake = (Path(scratch) / "case" / "lake").rglob("*.parquet")
                stored = sum(file.stat().st_size for file in lake)
        size = log.stat().st_size
    lines = [
        f"{kind}: {count:,} lines, {size / 1e6:.0f} MB; lake {stored / count:.1f} bytes a line"
    ]
    for name, cost in costs.items():
        wall, cpu = statistics.median(cost.wall_s), statistics.median(cost.cpu_s)
        lines.append(
            f"  {name:18} {wall:6.1f} s wall  {count / wall / 1e3:7.0f} k/s   {cpu:6.1f} s cpu  "
            f"{count / cpu / 1e3:7.0f} k/s a core   {cost.peak_mib:6.0f} MiB"
        )
    return "\n".join([*lines, *(f"  not measured: {note}" for note in dict.fromkeys(notes))])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--kinds", nargs="+", default=["conn", "conn-json", "eve"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--peers", default=sys.executable)
    options = parser.parse_args()
    for kind in options.kinds:
        found = compare(kind, options.lines, options.repeat, options.workers, options.peers)
        print(found, flush=True)


if __name__ == "__main__":
    main()
