"""Names, hosts and fingerprints equal tshark's on every recorded capture, or the reason is here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES
from tests.engines import own_names, tshark_names

TUNNEL = "the flow runs inside a tunnel that is not unpacked"
PORT = "tshark goes by the port here and does not look for the protocol"
BODY = "the response's body never ends in the capture, so tshark does not dissect it"
CARRIED = "the handshake is carried by another protocol, not by TLS over TCP"
STREAM = "bytes are missing in the stream; tshark waits for them, we find the next message"
UPGRADE = "TLS begins inside RDP; tshark does not look for it there"
RETRY = "tshark counts the HelloRetryRequest as a ServerHello of its own"
DAMAGED = "the capture's bytes are damaged on purpose"
SPACE = "the request target holds a space; tshark ends it there"

JUSTIFIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "6in4tunnel.pcap": (("*", TUNNEL),),
    "vxlan.pcap": (("*", TUNNEL),),
    "capwap_data.pcapng": (("tls_", TUNNEL),),
    "openvpn.pcap": (("tls_", CARRIED),),
    "openvpn_nohmac_tcp.pcapng": (("tls_", CARRIED),),
    "http_on_sip_port.pcap": (("http_", PORT),),
    "ookla.pcap": (("tls_", PORT),),
    "anydesk.pcapng": (("tls_", PORT),),
    "WeMoLink_Setup-A-13-STA.pcap": (("tls_", PORT),),
    "metasploit_logonpasswords_lsass_memory_dump.pcapng": (("tls_", PORT),),
    "custom_categories.pcapng": (("ssh_", PORT),),
    "malicious-ssh-bruteforce.pcap": (("ssh_", PORT),),
    "rdp.pcap": (("tls_", UPGRADE),),
    "zeek_rdp_rdp-to-ssl.pcap": (("tls_", UPGRADE),),
    "LM_rdp_sharprdp.pcapng": (("tls_", UPGRADE),),
    "netflix.pcap": (("http_status", BODY),),
    "windowsupdate_over_http.pcap": (("http_status", BODY),),
    "http_espn.pcapng": (("http_status", BODY),),
    "exe_download.pcap": (("http_status", BODY),),
    "HueSwitch_Setup-A-1-STA.pcap": (("http_status", BODY),),
    "HueSwitch_Setup-A-2-STA.pcap": (("http_status", BODY),),
    "HueSwitch_Setup-A-3-STA.pcap": (("http_status", BODY),),
    "HueSwitch_Setup-A-4-STA.pcap": (("http_status", BODY),),
    "HueSwitch_Setup-A-10-STA.pcap": (("http_status", BODY),),
    "capture-Mon-02-13-17-17-15-34_Empire.pcap": (("http_status", BODY),),
    "empire_psremoting_stager_WORKSTATION5_2020-09-20170827.cap": (("http_status", BODY),),
    "empire_psremoting_stager_WORKSTATION6_2020-09-20170827.cap": (("http_status", BODY),),
    "empire_shell_dcerpc_smb_service_dll_hijack_2020-09-21232839.cap": (("http_", STREAM),),
    "KakaoTalk_chat.pcap": (("tls_ja3s", STREAM),),
    "tls_multiple_synack_different_seq.pcapng": (("tls_ja3s", DAMAGED),),
    "tls_invalid_reads.pcap": (("tls_", DAMAGED),),
    "ndpi_match_string_subprotocol__error.pcapng": (("http_", DAMAGED),),
    "evilfingers_version_scan.pcap": (("http_uri", PORT),),
    "steam.pcapng": (("tls_ja3s", RETRY),),
    "mysql.pcapng": (("tls_ja3s", RETRY),),
    "WebattackRCE.pcap": (("http_uri", SPACE),),
}
"""File -> (beginning of the kind of name, reason); ``*`` stands for every kind."""

KINDS = (".pcap", ".pcapng", ".cap")


class Sink:
    """Keeps the rows."""

    def __init__(self) -> None:
        self.tables: dict[str, list[pa.Table]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        self.tables.setdefault(table, []).append(to_arrow(TABLES[table], columns))


def _differences(capture: Path, tshark: str) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Kind of name -> (what tshark has and we have not, what we have and tshark has not)."""
    sink, layer = Sink(), ApplicationLayer()
    with capture.open("rb") as source:
        decode(source, sink, lambda _: None, layer)
    assert "parser failed" not in layer.refused
    ours, theirs = own_names.own(sink.tables), tshark_names.read(capture, tshark)
    found = {}
    for kind in sorted({*ours, *theirs}):
        a, b = ours.get(kind, Counter()), theirs.get(kind, Counter())
        if a != b:
            found[kind] = (b - a, a - b)
    return found


def _is_justified(capture: str, kind: str) -> bool:
    return any(begin == "*" or kind.startswith(begin) for begin, _ in JUSTIFIED.get(capture, ()))


@pytest.mark.corpus
@pytest.mark.engines
@pytest.mark.slow
def test_names_equal_tsharks(corpus: Path, engine_program: Callable[[str], str]) -> None:
    tshark = engine_program("tshark")
    captures = sorted(p for p in corpus.rglob("*") if p.suffix in KINDS and p.is_file())
    assert captures
    unexplained = {}
    for capture in captures:
        for kind, (missing, extra) in _differences(capture, tshark).items():
            if not _is_justified(capture.name, kind):
                unexplained[capture.name, kind] = (missing.most_common(3), extra.most_common(3))
    assert unexplained == {}
