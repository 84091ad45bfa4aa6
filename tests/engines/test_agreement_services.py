"""Small protocols: what we read equals what tshark reads on recorded captures, or the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from tests.engines import own_services, tshark_services
from tests.engines.test_agreement_names import KINDS, Sink

PORT = "tshark goes by the port here and does not look for the protocol"
FIRST = "only the first datagrams of a flow are read"
FIELD = "tshark shows IPv6 targets in another field"
LENGTH = "a probe on the port whose length field does not fit"
TUNNEL = "the flow runs inside a tunnel"
GROUPS = ("benign_apps", "benign_iot", "benign_office", "mining_anon", "bruteforce", "c2", "scan")

JUSTIFIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "stun.pcap": (("stun_method", FIRST),),
    "stun_signal.pcapng": (("stun_method", FIRST),),
    "ssdp-m-search.pcap": (("ssdp_method", PORT),),
    "socks.pcap": (("socks_name", PORT),),
    "dropbox.pcap": (("coap_code", PORT),),
    "adult_content.pcap": (("stun_method", FIRST),),
    "tls_heur__shadowsocks-tcp.pcapng": (("socks_name", FIELD),),
    "tls_heur__vmess-tcp.pcapng": (("socks_name", FIELD),),
    "evilfingers_udp_scan.pcap": (("ike_exchange", LENGTH),),
}
"""File -> (kind of fact, reason)."""


def _differences(capture: Path, tshark: str, table: Counter[str]) -> dict[str, object]:
    sink, layer = Sink(), ApplicationLayer()
    with capture.open("rb") as source:
        decode(source, sink, lambda _: None, layer)
    assert "parser failed" not in layer.refused, capture.name
    ours = own_services.own(sink.tables)
    theirs = tshark_services.read(capture, tshark)
    found: dict[str, object] = {}
    for kind in sorted({*ours, *theirs}):
        a, b = ours.get(kind, Counter()), theirs.get(kind, Counter())
        if kind in tshark_services.DISTINCT:
            a, b = Counter(set(a)), Counter(set(b))
        table[f"{kind} compared"] += sum(b.values())
        table[f"{kind} equal"] += sum((a & b).values())
        is_justified = any(kind == known for known, _ in JUSTIFIED.get(capture.name, ()))
        if a != b and not is_justified:
            found[kind] = ((b - a).most_common(3), (a - b).most_common(3))
    return found


@pytest.mark.corpus
@pytest.mark.engines
@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_services_equal_tsharks(
    group: str, corpus: Path, engine_program: Callable[[str], str],
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    tshark = engine_program("tshark")
    captures = sorted(p for p in (corpus / group).rglob("*") if p.suffix in KINDS and p.is_file())
    if not captures:
        pytest.skip(f"the corpus holds no captures of {group}")
    table: Counter[str] = Counter()
    unexplained = {}
    for capture in captures:
        found = _differences(capture, tshark, table)
        if found:
            unexplained[capture.name] = found
    for kind, count in sorted(table.items()):
        record_property(f"{group} {kind}", count)
    assert unexplained == {}
