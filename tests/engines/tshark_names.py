"""Names that tshark reads out of a capture, as multisets to compare ours with."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.engines.tshark import Row, rows

Names = dict[str, Counter[str]]
"""Kind of name -> how often each value occurs."""

_FILTER = "dns or mdns or llmnr or nbns or http or tls or ssh or dhcp or ntlmssp or kerberos"
_FIELDS = (
    "frame.protocols", "tcp.stream", "tcp.srcport", "dns.count.queries", "dns.count.zones",
    "dns.qry.name", "nbns.count.queries", "nbns.name",
    "http.host", "http.request.uri", "http.user_agent", "http.response.code",
    "tls.handshake.extensions_server_name", "tls.handshake.ja3", "tls.handshake.ja3s",
    "ssh.protocol", "dhcp.option.hostname", "ntlmssp.auth.username", "ntlmssp.auth.domain",
    "ntlmssp.auth.hostname", "kerberos.CNameString", "kerberos.msg_type",
)  # fmt: skip
_OVER_TCP = {
    "http_host": "http.host",
    "http_uri": "http.request.uri",
    "http_user_agent": "http.user_agent",
    "http_status": "http.response.code",
}
_NTLM = {
    "ntlm_account": "ntlmssp.auth.username",
    "ntlm_domain": "ntlmssp.auth.domain",
    "ntlm_workstation": "ntlmssp.auth.hostname",
}
_INTERIM = ("100", "102", "103")
"""Status codes that answer nothing yet; they are no rows."""


def read(capture: Path, tshark: str) -> Names:
    """Run tshark once over a capture."""
    names: Names = {}
    per_stream: set[tuple[str, str, str]] = set()
    for row in rows(capture, tshark, _FILTER, _FIELDS):
        protocols = row["frame.protocols"][0]
        if re.search(r":icmp(v6)?:ip", protocols):
            continue  # a quoted packet is no message of its own
        _dns(row, protocols, names)
        over_tcp = ":tcp" in protocols
        if over_tcp:
            for kind, field in _OVER_TCP.items():
                names.setdefault(kind, Counter()).update(v for v in row[field] if v not in _INTERIM)
            stream = row["tcp.stream"][0] + row["tcp.srcport"][0]
            for kind, field in (
                ("tls_server_name", "tls.handshake.extensions_server_name"),
                ("tls_ja3", "tls.handshake.ja3"),
                ("tls_ja3s", "tls.handshake.ja3s"),
                ("ssh_banner", "ssh.protocol"),
            ):
                per_stream.update((kind, stream, value) for value in row[field])
        for kind, field in _NTLM.items():
            names.setdefault(kind, Counter()).update(row[field])
        names.setdefault("dhcp_host_name", Counter()).update(row["dhcp.option.hostname"])
        if re.search(":(udp|tcp):kerberos", protocols):
            names.setdefault("kerberos_client", Counter()).update(row["kerberos.CNameString"])
    for kind, _, value in sorted(per_stream):
        names.setdefault(kind, Counter())[value] += 1
    return names


def printable(name: str) -> str:
    """A name with each run of what does not print as one mark: tshark's ways to show it differ."""
    return re.sub(r"(?:\\u[0-9A-F]{4}|\\U[0-9A-F]{8}|[^\x20-\x7e])+", "\ufffd", name)


def _dns(row: Row, protocols: str, names: Names) -> None:
    """The first question of each message."""
    for service in ("mdns", "llmnr", "dns"):
        if f":{service}" in protocols:
            transport = "tcp" if ":tcp" in protocols else "udp"
            left = list(row["dns.qry.name"])
            for count in map(int, row["dns.count.queries"] + row["dns.count.zones"]):
                if count and left:
                    name = printable(left[0])
                    names.setdefault(f"{service}_{transport}", Counter())[name] += 1
                left = left[count:]
            return
    if ":nbns" in protocols and row["nbns.name"] and row["nbns.count.queries"][:1] != ["0"]:
        name = re.sub(r" \(.*\)\Z", "", row["nbns.name"][0])  # what the suffix means
        name = re.sub(r"(?:<00>)+(<[0-9a-f]{2}>)\Z", r"\1", name)  # padding
        names.setdefault("nbns", Counter())[name] += 1
