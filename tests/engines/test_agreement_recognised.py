"""What flows are named agrees with nDPI's expectation for its own captures; nothing is misnamed."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from tests.engines.test_agreement_names import Sink

Key = tuple[str, frozenset[tuple[str, str]]]

NAMES: Mapping[str, str] = {
    "BACnet": "bacnet", "BitTorrent": "bittorrent", "DHCP": "dhcp", "DNS": "dns", "DTLS": "dtls",
    "FTP_CONTROL": "ftp", "FTP_DATA": "ftp-data", "GTP": "gtp", "HTTP": "http", "HTTP2": "http2",
    "HTTP_Proxy": "http", "IMAP": "imap", "IMAPS": "imap tls",
    "IPSec": "ike", "IRC": "irc", "Jabber": "xmpp",
    "Kerberos": "kerberos", "LDAP": "ldap", "LLMNR": "llmnr", "MDNS": "mdns", "Modbus": "modbus",
    "MongoDB": "mongodb", "MySQL": "mysql", "NFS": "nfs portmap", "NTP": "ntp",
    "NetBIOS": "nbns nbdgm smb", "OpenVPN": "openvpn", "POPS": "pop3", "PPTP": "pptp",
    "PostgreSQL": "postgresql", "QUIC": "quic gquic", "RDP": "rdp tls", "RSYNC": "rsync",
    "RTP": "rtp rtcp stun", "RTSP": "rtsp", "S7CommPlus": "s7comm", "SIP": "sip", "SMBv23": "smb",
    "SMTP": "smtp", "SNMP": "snmp", "SRTP": "rtp rtcp", "SSDP": "ssdp", "SSH": "ssh",
    "STUN": "stun rtp rtcp dtls", "Syslog": "syslog", "TFTP": "tftp", "TLS": "tls",
    "Telnet": "telnet", "Teredo": "teredo", "WSD": "wsd", "WireGuard": "wireguard",
}  # fmt: skip
"""nDPI's name of the outermost protocol -> ours."""
APPLICATIONS: Mapping[str, tuple[str, str]] = {
    "ApplePush": ("tls", "nDPI names the application that speaks TLS"),
    "Discord": ("rtp rtcp", "nDPI names the application whose call it is"),
    "Dropbox": ("coap", "Dropbox finds its neighbours with CoAP"),
    "LineCall": ("rtp rtcp", "nDPI names the application whose call it is"),
    "NoMachine": ("tls", "NoMachine wraps itself into TLS"),
    "SOCKS": ("socks http tls", "we name what runs inside"),
    "Unknown": ("rtcp dcerpc ftp-data stun", "nDPI does not find out"),
}
"""Flows that nDPI names by something else than their protocol, and why ours is right."""
_FLOW = re.compile(
    r"\s+\d+\s+(TCP|UDP) (\S+) <?-> (\S+) \[(?:VLAN[^\]]*\]\[)?proto: [\d.]+/([^\].]+)"
)


def _end(text: str) -> tuple[str, str]:
    host, _, port = text.rpartition(":")
    try:
        return str(ipaddress.ip_address(host.strip("[]"))), port
    except ValueError:
        return host, port


def _expected(listing: Path) -> dict[Key, str]:
    found = {}
    for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _FLOW.match(line)
        if match:
            found[match[1].lower(), frozenset((_end(match[2]), _end(match[3])))] = match[4]
    return found


@pytest.mark.corpus
@pytest.mark.engines
@pytest.mark.slow
def test_names_of_flows_are_ndpis(
    corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    listings = sorted((corpus / "benign_apps").glob("*.out"))
    assert listings
    counts: Counter[str] = Counter()
    misnamed: Counter[tuple[str, str, str]] = Counter()
    for listing in listings:
        expected = _expected(listing)
        sink = Sink()
        with listing.with_suffix("").open("rb") as source:
            decode(source, sink, lambda _: None, ApplicationLayer())
        for row in (r for batch in sink.tables["network_activity"] for r in batch.to_pylist()):
            ends = frozenset(((row["src_ip"], str(row["src_port"])),
                              (row["dst_ip"], str(row["dst_port"]))))  # fmt: skip
            theirs = expected.get((row["protocol"], ends))
            if theirs is None:
                continue
            ours = row["service"]
            right = NAMES.get(theirs) or APPLICATIONS.get(theirs, ("", ""))[0]
            if ours is None:
                counts[f"{theirs} unnamed"] += 1
            elif ours in right.split():
                counts[f"{theirs} named"] += 1
            else:
                misnamed[listing.stem, theirs, ours] += 1
    for name, count in sorted(counts.items()):
        record_property(name, count)
    assert misnamed == {}
    known = [name for name in NAMES if counts[f"{name} named"]]
    assert len(known) > 40
