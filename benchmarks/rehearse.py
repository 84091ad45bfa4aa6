"""What a plan of a thousand commands costs to judge: the model on many flows, the kernel on a part.

    python -m benchmarks.rehearse --corpus DIR [--flows N ...] [--commands N] [--folder DIR]

The lakes are those of ``benchmarks.detect``. Commands are made of the most used outside ends:
addresses, ports, networks and names. Beside the model stands the limit, a scan that reads the
columns it needs; beside the kernel with rules, the same probes without any.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy.truth import labelled_captures
from benchmarks.footprint import measure
from benchmarks.large_lake import base_lake, kept_lake
from netcordon.model.actuator import Call
from netcordon.model.command import Command, Target, Verb
from netcordon.model.register import INTERNET, Boundary, EnforcementPoint, Register, Zone
from netcordon.planning.effect import prepare, touch
from netcordon.rehearsal.kernel import judge_flows
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake

_ENGINE_MIB = 3072
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_ENDS = """
SELECT dst_ip AS ip, dst_port AS port, protocol FROM network_activity
WHERE NOT is_internal(dst_ip_hi, dst_ip_lo) AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
  AND protocol IN ('tcp', 'udp')
GROUP BY ALL ORDER BY count(*) DESC, ip, port, protocol LIMIT 5000
"""
_NAMES = """
SELECT DISTINCT lower(server_name) AS name FROM tls_activity
WHERE server_name LIKE '%.%' ORDER BY name LIMIT 500
"""
_SAMPLE = """
SELECT evidence_id, uid, src_ip, src_port, dst_ip, dst_port, protocol, true AS begins_inside,
       false AS is_way, false AS model_stops
FROM network_activity
WHERE is_internal(src_ip_hi, src_ip_lo) AND NOT is_internal(dst_ip_hi, dst_ip_lo)
  AND protocol IN ('tcp', 'udp') AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
  AND tunnel_parent IS NULL
ORDER BY hash(evidence_id, uid) LIMIT 20000
"""
_LIMIT = """
SELECT count(evidence_id), count(uid), count(src_ip_hi), count(src_ip_lo), count(dst_ip_hi),
       count(dst_ip_lo), count(dst_port), count(src_port), count(protocol), count(ip_bytes_out)
FROM network_activity
"""


def register() -> Register:
    """Everything private behind one border."""
    return Register(
        zones=(Zone(name="inside", networks=_PRIVATE),),
        boundaries=(Boundary(name="border", zones=("inside", INTERNET), points=("fw",)),),
        points=(EnforcementPoint(name="fw", actuator="nftables"),),
    )


def commands(engine: Engine, count: int) -> list[Command]:
    """Half of them addresses, the others ports, networks and names."""
    ends: Sequence[Mapping[str, Any]] = engine.query(_ENDS)
    names = [str(row["name"]) for row in engine.query(_NAMES)]
    made: list[Command] = []
    for number in range(count):
        end = ends[number % len(ends)]
        one = str(ipaddress.ip_network(str(end["ip"])))
        wide = 48 if ":" in one else 24
        kinds = [
            Target(outside=one), Target(outside=one), Target(outside=one),
            Target(outside=one, port=int(end["port"]), protocol=str(end["protocol"])),
            Target(outside=str(ipaddress.ip_network(one).supernet(new_prefix=wide))),
            Target(domain=names[number % len(names)]),
        ]  # fmt: skip
        made.append(
            Command(
                id=f"cmd-{number + 1}", verb=Verb.DENY, target=kinds[number % len(kinds)],
                point="fw", boundary="border", duration_s=3600,
            )
        )  # fmt: skip
    return made


def once(lake: Path, count: int, spill: Path) -> dict[str, float]:
    """Seconds and processor seconds of each part."""
    told: dict[str, float] = {}
    ids = sorted(place.name.partition("=")[2] for place in lake.glob("evidence_id=*"))
    with Engine(Lake(lake), ids, spill=spill, threads=2, memory_bytes=_ENGINE_MIB << 20) as engine:
        asked = commands(engine, count)
        begun = time.perf_counter()
        engine.query(_LIMIT)
        told["limit_s"] = time.perf_counter() - begun
        begun, used = time.perf_counter(), _processor_s()
        prepare(engine, register())
        told["prepare_s"] = time.perf_counter() - begun
        begun_too = time.perf_counter()
        touch(engine, asked)
        told["touch_s"] = time.perf_counter() - begun_too
        told["model_s"] = time.perf_counter() - begun
        told["model_processor_s"] = _processor_s() - used
        (row,) = engine.query("SELECT count(*) AS n, count(DISTINCT no) AS commands FROM touched")
        told["touched"], told["commands_that_touch"] = (
            float(str(row["n"])),
            float(str(row["commands"])),
        )
        flows = engine.query(_SAMPLE)
    for name, text in (("bare", "\n"), ("rules", _rules(asked))):
        used = _processor_s(resource.RUSAGE_CHILDREN)
        verdict = judge_flows(flows, [Call(argv=("nft", "-f", "-"), stdin=text)])
        if "why_not" in verdict:
            raise SystemExit(verdict["why_not"])
        used = _processor_s(resource.RUSAGE_CHILDREN) - used
        told[f"kernel_{name}_flows_per_s"] = verdict["judged"] / verdict["seconds"]
        told[f"kernel_{name}_flows_per_processor_s"] = verdict["judged"] / used
    return told


def _rules(asked: Sequence[Command]) -> str:
    """As many elements as there are commands with one address."""
    four = sorted({c.target.outside for c in asked if c.target.outside.endswith("/32")})
    listed = ", ".join(text.removesuffix("/32") for text in four)
    return (
        "table inet netcordon {\n set block { type ipv4_addr; counter; elements = { "
        f"{listed} }}\n }}\n chain f {{ type filter hook forward priority -10; policy accept;\n"
        " ip daddr @block drop\n ip saddr @block drop\n }\n}\n"
    )


def _processor_s(who: int = resource.RUSAGE_SELF) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the lakes, measure three times, print medians."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, help="folder of recordings with their manifest")
    parser.add_argument("--flows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--commands", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where lakes are made, and kept")
    parser.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.once:
        lake, count, spill = options.once
        print(json.dumps(once(Path(lake), int(count), Path(spill))))
        return 0
    with tempfile.TemporaryDirectory(prefix="netcordon-rehearse-") as made:
        folder = options.folder or Path(made)
        base = folder / "base" / "lake"
        if not base.exists():
            if options.corpus is None:
                parser.error("say where the recordings are: --corpus DIR")
            base = base_lake([c.path for c in labelled_captures(options.corpus)], folder)
        for wanted in options.flows:
            lake = folder / f"lake-{wanted}"
            flows, _ = kept_lake(base, lake, wanted)
            runs = []
            for _ in range(options.repeat):
                run = measure([sys.executable, "-m", "benchmarks.rehearse", "--once", str(lake),
                               str(options.commands), made])  # fmt: skip
                if isinstance(run, str):
                    print(f"{flows:,} flows: failed: {run}")
                    return 1
                runs.append((json.loads(run.output), run.peak_mib))
            print(f"{flows:,} flows, {options.commands:,} commands, medians of {len(runs)} runs")
            for name in runs[0][0]:
                print(f"  {name:28} {statistics.median(r[name] for r, _ in runs):12,.2f}")
            print(f"  {'peak_mib':28} {max(peak for _, peak in runs):12,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
