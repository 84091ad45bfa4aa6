"""Logs of other tools beside our own decoding of the captures they were made from.

Zeek and Suricata cut flows in their own ways (time-outs, when a connection counts as ended), so
flows are compared by what all of them with equal ends add up to.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.engines.decoded import Row, decoded
from tests.unit.ingest.text.logs import read

pytestmark = pytest.mark.corpus

Ends = tuple[object, ...]
_CORPUS = os.environ.get("NETCORDON_CORPUS")

_EVE = {
    "capture-Mon-02-13-17-17-15-34_Empire": "c2/capture-Mon-02-13-17-17-15-34_Empire.pcap",
    "sshguess": "bruteforce/sshguess.pcap",
    "agenttesla_ftp_f9421792": "c2/agenttesla_ftp_f9421792.pcap",
}
"""EVE log -> the capture it was made from."""


def corpus() -> Path:
    if not _CORPUS or not Path(_CORPUS).is_dir():
        pytest.skip("needs the recorded traffic that NETCORDON_CORPUS points at")
    return Path(_CORPUS)


def sums(rows: Iterable[Row], of: str) -> dict[Ends, tuple[int, int]]:
    """Unordered ends and protocol of TCP and UDP flows -> packets and octets of both directions."""
    found: dict[Ends, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["protocol"] not in ("tcp", "udp") or row["tunnel_parent"] is not None:
            continue
        sides = [(str(row[f"{side}_ip"]), row[f"{side}_port"]) for side in ("src", "dst")]
        total = found[(row["protocol"], *sorted(sides, key=str))]
        for direction in ("out", "in"):
            total[0] += int(str(row[f"packets_{direction}"] or 0))
            total[1] += int(str(row[f"{of}_{direction}"] or 0))
    return {ends: (total[0], total[1]) for ends, total in found.items()}


def share(ours: Mapping[Ends, object], theirs: Mapping[Ends, object]) -> float:
    """Which part of the other tool's flows is the same in ours."""
    assert theirs
    return sum(ours.get(ends) == value for ends, value in theirs.items()) / len(theirs)


@pytest.mark.parametrize("name", sorted(_EVE))
def test_flows_of_suricata_are_ours(name: str) -> None:
    log = read((corpus() / "eve" / f"{name}.eve.json").read_bytes())
    tables = decoded(corpus() / _EVE[name])
    theirs = sums(log.tables["network_activity"], "wire_bytes")
    assert share(sums(tables["network_activity"], "wire_bytes"), theirs) >= 0.95


def test_flows_and_names_of_zeek_are_within_ours() -> None:
    """This Zeek passed over packets with wrong checksums, which its own host had yet to fill in."""
    folder = corpus() / "lsass_campaign_01"
    tables = decoded(next(folder.glob("*.pcapng")))
    log = read((folder / "conn.log").read_bytes()).tables["network_activity"]
    ours, theirs = sums(tables["network_activity"], "ip_bytes"), sums(log, "ip_bytes")
    held = [
        ends in ours and total[0] <= ours[ends][0] and total[1] <= ours[ends][1]
        for ends, total in theirs.items()
    ]
    assert sum(held) >= 0.95 * len(held) > 50
    asked = read((folder / "dns.log").read_bytes()).tables["dns_activity"]
    names = {(row["src_ip"], str(row["query"]).lower()) for row in asked if row["query"]}
    seen = {(row["src_ip"], str(row["query"]).lower()) for row in tables["dns_activity"]}
    assert names <= seen


def test_questions_of_suricata_are_ours() -> None:
    (name, capture), *_ = sorted(_EVE.items())
    theirs = read((corpus() / "eve" / f"{name}.eve.json").read_bytes()).tables
    tables = decoded(corpus() / capture)
    for table, fields in (
        ("dns_activity", ("transaction_id", "query", "query_type", "is_response")),
        ("http_activity", ("host", "uri", "method")),
    ):
        ours = {tuple(row[f] for f in fields) for row in tables[table]}
        told = {tuple(row[f] for f in fields) for row in theirs[table]}
        assert len(told & ours) >= 0.95 * len(told), table
