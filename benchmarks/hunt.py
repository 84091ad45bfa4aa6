"""A hunt of many indicators over a large lake, beside the reading of the same columns alone.

    python -m benchmarks.hunt CAPTURE... [--flows 10000000] [--indicators 10000] [--folder DIR]

The recordings are repeated for other hosts and hours (``benchmarks.large_lake``). Of the indicators
one in a hundred stands in the lake; the rest are made up: addresses, prefixes, domains, URLs,
hashes, fingerprints. The peer reads every column that a hunt looks into once, and adds it up.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.large_lake import base_lake, repeated_lake
from netcordon.hunting.lists.reading import merged, read_list
from netcordon.hunting.places import FLOW_ENDS, NAMES, TEXTS, TOLD_ADDRESSES, URLS
from netcordon.hunting.sweep import sweep
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake

_KNOWN = {
    "address": "SELECT DISTINCT dst_ip AS v FROM network_activity ORDER BY v LIMIT $n",
    "name": "SELECT DISTINCT lower(query) AS v FROM dns_activity WHERE service = 'dns' "
            "AND query LIKE '%.%' ORDER BY v LIMIT $n",
    "ja4": "SELECT DISTINCT ja4 AS v FROM tls_activity WHERE ja4 IS NOT NULL ORDER BY v LIMIT $n",
}  # fmt: skip


def made_up(count: int, seed: int = 1) -> list[str]:
    """Indicators that stand nowhere, of all types, the same every time."""
    rng = random.Random(seed)
    kinds: list[Callable[[], str]] = [
        lambda: ".".join(str(rng.randrange(11, 223)) for _ in range(4)),
        lambda: f"host{rng.getrandbits(32):x}.made-up{rng.getrandbits(20):x}.example",
        lambda: f"made-up{rng.getrandbits(32):x}.example",
        lambda: f"{rng.randrange(11, 223)}.{rng.randrange(256)}.{rng.randrange(256)}.0/24",
        lambda: f"https://made-up{rng.getrandbits(32):x}.example/{rng.getrandbits(32):x}",
        lambda: f"{rng.getrandbits(256):064x}",
        lambda: f"{rng.getrandbits(128):032x}",
        lambda: f"t13d1516h2_{rng.getrandbits(48):012x}_{rng.getrandbits(48):012x}",
    ]  # fmt: skip
    weights = [40, 10, 20, 5, 10, 8, 4, 3]
    return [rng.choices(kinds, weights)[0]() for _ in range(count)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("captures", type=Path, nargs="+")
    parser.add_argument("--flows", type=int, default=10_000_000)
    parser.add_argument("--indicators", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="netcordon-hunt-", dir=options.folder) as name:
        folder = Path(name)
        base = base_lake(options.captures, folder)
        flows, pieces = repeated_lake(base, folder / "lake", options.flows)
        print(f"{flows:,} flows in {pieces:,} pieces of evidence")
        ids = [f"copy-{number}" for number in range(pieces)]
        with Engine(Lake(folder / "lake"), ids) as engine:
            seconds = _timed(engine, options.indicators, ids)
    print(f"hunt {seconds['hunt']:.1f} s, columns alone {seconds['columns']:.1f} s: "
          f"{seconds['hunt'] / seconds['columns']:.2f} times")  # fmt: skip
    return 0


def _timed(engine: Engine, count: int, ids: Sequence[str]) -> dict[str, float]:
    each = count // 300
    known = [str(row["v"]) for sql in _KNOWN.values() for row in engine.query(sql, {"n": each})]
    text = "\n".join(known + made_up(count - len(known)))
    begun = time.perf_counter()
    wanted, _ = merged([read_list(text.encode(), "made up")])
    read = time.perf_counter() - begun
    columns = _columns(engine)
    begun = time.perf_counter()
    found = sweep(engine, wanted, ids)
    hunt = time.perf_counter() - begun
    rows = sum(trace.rows for trace in found.traces)
    print(f"{len(wanted):,} indicators (read in {read:.1f} s), {len(found.traces):,} seen in "
          f"{rows:,} rows")  # fmt: skip
    return {"hunt": hunt, "columns": columns}


def _columns(engine: Engine) -> float:
    begun = time.perf_counter()
    for place in (*FLOW_ENDS, *TOLD_ADDRESSES, *NAMES, *TEXTS, URLS):
        engine.query(f"SELECT min(COLUMNS(*)) FROM ({place.rows})")
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
