"""Hellos and certificates equal tshark's on every recorded capture, or the reason is here.

With ``-s`` a table of all kinds of values is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.engines import tshark_tls
from tests.engines.decoded import Row, decoded

CARRIED = "the handshake is carried by OpenVPN, not by TLS over TCP"
TUNNEL = "the flow runs inside a tunnel that is not unpacked"
PORT = "tshark goes by the port here and does not look for TLS"
UPGRADE = "TLS begins inside RDP; tshark does not look for it there"
STREAM = "bytes are missing in the stream; tshark waits for them, we find the next message"
DAMAGED = "the capture's bytes are damaged on purpose"
RETRY = "tshark counts the HelloRetryRequest as a ServerHello of its own"
STRICT = "the reader that the certificate is compared with refuses a default that is written out"
NEGOTIATED = "tshark opens no packet of a client that began with a version reserved for negotiation"

JUSTIFIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "openvpn.pcap": (("*", CARRIED),),
    "openvpn_nohmac_tcp.pcapng": (("*", CARRIED),),
    "capwap_data.pcapng": (("tcp_", TUNNEL),),
    "ookla.pcap": (("tcp_", PORT),),
    "anydesk.pcapng": (("*", PORT),),
    "WeMoLink_Setup-A-13-STA.pcap": (("*", PORT),),
    "metasploit_logonpasswords_lsass_memory_dump.pcapng": (("*", PORT),),
    "rdp.pcap": (("*", UPGRADE),),
    "zeek_rdp_rdp-to-ssl.pcap": (("*", UPGRADE),),
    "LM_rdp_sharprdp.pcapng": (("*", UPGRADE),),
    "KakaoTalk_chat.pcap": (("*", STREAM),),
    "tls_multiple_synack_different_seq.pcapng": (("*", DAMAGED),),
    "tls_invalid_reads.pcap": (("tcp_", DAMAGED),),
    "steam.pcapng": (("tcp_ja3s", RETRY),),
    "pop3_stls.pcap": (("certificate_names", STRICT),),
    "stun_dtls_unidirectional_client.pcap": (("client_certificate_subject", STRICT),),
    "quic-forcing-vn-with-data.pcapng": (("quic_ja3", NEGOTIATED),),
}
"""File -> (beginning of the kind of value, reason); ``*`` stands for every kind."""
KINDS = (".pcap", ".pcapng", ".cap")
_SHOWN = (
    "certificate_subject", "certificate_issuer", "not_before", "not_after", "certificate_names",
)  # fmt: skip


def _own(rows: list[Row]) -> tshark_tls.Values:
    values: tshark_tls.Values = {}
    for row in rows:
        over = {"udp": "dtls"}.get(str(row["protocol"]), str(row["protocol"]))
        is_google = over == "quic" and str(row["client_version"]).startswith("Q")
        for kind in ("server_name", "ja3", "ja3s"):
            if row[kind]:
                of = "gquic" if is_google else over
                values.setdefault(f"{of}_{kind}", Counter())[str(row[kind])] += 1
        if row["client_certificate_subject"]:
            subject = str(row["client_certificate_subject"])
            values.setdefault("client_certificate_subject", Counter())[subject] += 1
        if row["certificate_sha256"]:
            digest = str(row["certificate_sha256"])
            values.setdefault("certificate_sha256", Counter())[digest] += 1
            for kind in _SHOWN:
                values.setdefault(kind, Counter())[f"{digest[:8]} {row[kind]}"] += 1
    return values


def _is_justified(capture: str, kind: str) -> bool:
    return any(begin == "*" or kind.startswith(begin) for begin, _ in JUSTIFIED.get(capture, ()))


@pytest.mark.corpus
@pytest.mark.engines
@pytest.mark.slow
def test_handshakes_equal_tsharks(corpus: Path, engine_program: Callable[[str], str]) -> None:
    tshark = engine_program("tshark")
    captures = sorted(p for p in corpus.rglob("*") if p.suffix in KINDS and p.is_file())
    assert captures
    compared: Counter[str] = Counter()
    equal: Counter[str] = Counter()
    unexplained = {}
    used: set[str] = set()
    for capture in captures:
        theirs = tshark_tls.read(capture, tshark)
        ours = _own(decoded(capture).get("tls_activity", []))
        for kind in sorted({*ours, *theirs}):
            a, b = ours.get(kind, Counter()), theirs.get(kind, Counter())
            compared[kind] += b.total()
            equal[kind] += (a & b).total()
            if a != b and _is_justified(capture.name, kind):
                used.add(capture.name)
            elif a != b:
                unexplained[capture.name, kind] = (
                    (b - a).most_common(3), (a - b).most_common(3))  # fmt: skip
    for kind in sorted(compared):
        print(f"\n{kind:28} {compared[kind]:6} compared {equal[kind]:6} equal", end="")  # noqa: T201
    assert unexplained == {}
    assert used == set(JUSTIFIED), "a reason for a difference is out of date"
