"""Samples of devices' logs, beside what another parser made of each message.

The samples are bare messages, so each gets an envelope with a time. Every message that became a row
must have the ends the other parser found; how many do is a floor that must not sink.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.ingest.text.logs import read

pytestmark = pytest.mark.corpus

_CORPUS = os.environ.get("NETCORDON_CORPUS")

_READ = {
    "bind_bind": 4,
    "checkpoint_checkpoint": 8,
    "cisco_cisco_secure_firewall": 5,
    "fortinet_fortigate": 25,
    "infoblox_ddi": 2,
    "netfilter_netfilter": 3,
    "openbsd_openbsd_packet_filter": 7,  # one is an IPv6 line with the fields of IPv4
    "palo_alto_networks_paloalto_ngfw": 10,
    "sonicwall_sonicwall_fw": 5,
    "squid_squid": 8,
}
"""Sample -> messages that become rows, at least; the others are of kinds without a table."""

_TABLES = ("network_activity", "dns_activity", "http_activity", "detection_finding")


def _samples(name: str) -> list[dict[str, Any]]:
    if not _CORPUS or not Path(_CORPUS).is_dir():
        pytest.skip("needs the recorded logs that NETCORDON_CORPUS points at")
    path = Path(_CORPUS) / "vendor_logs" / f"{name}.expected.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def _disagreements(samples: list[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> list[str]:
    found = []
    for row in rows:
        place = row.get("frame") or row["first_frame"]
        expected = samples[place - 1]["expected"]
        for ours, theirs in (("src", "source"), ("dst", "destination")):
            end = expected.get(theirs, {})
            for column, field in (("ip", "ip"), ("port", "port")):
                said, told = row[f"{ours}_{column}"], end.get(field)
                if said is not None and told is not None and str(said) != str(told):
                    found.append(f"line {place} {ours}_{column}: {said}, expected {told}")
    return found


@pytest.mark.parametrize("name", sorted(_READ))
def test_ends_are_those_the_other_parser_found(name: str) -> None:
    samples = _samples(name)
    text = "".join(
        f"<134>1 2024-05-06T07:08:09Z device app - - - {' '.join(one['message'].split(chr(10)))}\n"
        for one in samples
    )
    found = read(text.encode())
    assert found.adds_up
    rows = [row for table in _TABLES for row in found.tables.get(table, [])]
    assert len(rows) >= _READ[name]
    assert not _disagreements(samples, rows)
