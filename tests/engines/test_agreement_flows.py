"""Packets and bytes per five-tuple equal tshark's on every recorded capture.

With ``-s`` a table of all captures is printed. Differences that are right have their reason here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from netcordon.ingest.capture.decode import decode
from tests.engines import tshark_flows, tshark_inner
from tests.unit.ingest.capture.packets import Listener

pytestmark = [pytest.mark.engines, pytest.mark.slow]

JUSTIFIED: dict[str, str] = {}
"""Capture -> why its numbers differ from tshark's."""

INNER_JUSTIFIED = {
    "benign_apps/capwap_data.pcapng": "802.11 inside CAPWAP (RFC 5415) is not opened",
}
"""Capture -> why the flows inside its tunnels differ from tshark's."""


def _captures() -> list[str]:
    folder = os.environ.get("NETCORDON_CORPUS")
    if not folder or not (Path(folder) / "MANIFEST.json").is_file():
        return ["none"]
    entries = json.loads((Path(folder) / "MANIFEST.json").read_text())["entries"]
    ending = (".pcap", ".pcapng", ".cap")
    return sorted(e["path"] for e in entries if e["path"].endswith(ending))


class _Flows:
    """A sink that keeps the sums of flow rows, of those inside tunnels apart."""

    def __init__(self) -> None:
        self.traffic = tshark_flows.Traffic()
        self.inner = tshark_flows.Traffic()

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        if table != "network_activity":
            return
        names = ("protocol", "src_ip", "src_port", "dst_ip", "dst_port")
        sums = ("packets_out", "packets_in", "wire_bytes_out", "wire_bytes_in")
        sums += ("ip_bytes_out", "ip_bytes_in", "tunnel_parent")
        values = [columns[name].tolist() for name in (*names, *sums)]  # type: ignore[attr-defined]
        for protocol, src, sport, dst, dport, *counts, parent in zip(*values, strict=True):
            ends = tshark_flows.ends_of(protocol, (src, sport), (dst, dport))
            if parent is None:
                self.traffic.add(ends, counts[0] + counts[1], counts[2] + counts[3])
            else:
                self.inner.add(ends, counts[0] + counts[1], counts[4] + counts[5])


@pytest.mark.parametrize("name", _captures())
def test_flows_agree_with_tshark(
    name: str, corpus: Path, engine_program: Callable[[str], str]
) -> None:
    theirs = tshark_flows.read(corpus / name, engine_program("tshark"))
    flows = _Flows()
    with (corpus / name).open("rb", buffering=0) as source:
        result = decode(source, flows, lambda _: None, Listener())  # type: ignore[arg-type]
    ours = flows.traffic
    differences = ours.differences(theirs)
    refused = ", ".join(f"{reason} {count}" for reason, count in result.refused.items())
    packets = (sum(ours.packets.values()), sum(theirs.packets.values()))
    print(  # noqa: T201 - the table that -s shows
        f"\n{name:64.64} frames {result.records:6}/{theirs.frames:<6} ip {packets[0]:6}/"
        f"{packets[1]:<6} tuples {len(theirs.packets):5} differ {len(differences):3} {refused}",
        end="",
    )
    other = [result.facts[name] for name in ("arp_frames", "wifi_frames")]
    refused_frames = sum(result.refused.values())
    assert result.records == packets[0] + sum(map(int, other)) + refused_frames  # type: ignore[call-overload]
    if name in JUSTIFIED:
        assert differences, "the reason for a difference is out of date"
    else:
        assert result.records == theirs.frames
        assert not differences
    inner = tshark_inner.read(corpus / name, engine_program("tshark"))
    missing = flows.inner.differences(inner)
    if inner.frames or flows.inner.packets:
        print(  # noqa: T201 - as above
            f"\n  inside tunnels: ip {sum(flows.inner.packets.values())}/"
            f"{sum(inner.packets.values())} tuples {len(inner.packets)} differ {len(missing)}",
            end="",
        )
    assert bool(missing) == (name in INNER_JUSTIFIED)
