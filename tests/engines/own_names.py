"""The names of `tshark_names` out of our own rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from tests.engines.tshark_names import Names, printable

_PLAIN = {
    "http_host": ("http_activity", "host"),
    "http_uri": ("http_activity", "uri"),
    "http_user_agent": ("http_activity", "user_agent"),
    "http_status": ("http_activity", "status_code"),
    "tls_server_name": ("tls_activity", "server_name"),
    "tls_ja3": ("tls_activity", "ja3"),
    "tls_ja3s": ("tls_activity", "ja3s"),
    "dhcp_host_name": ("dhcp_activity", "host_name"),
}
_NTLM = {"ntlm_account": "account", "ntlm_domain": "domain", "ntlm_workstation": "workstation"}


def own(tables: Mapping[str, Sequence[pa.Table]]) -> Names:
    """Multisets of names from the rows that a decoder handed on."""
    names: Names = {}
    for kind, (table, column) in _PLAIN.items():
        for row in _rows(tables, table):
            # Handshakes over UDP have a test of their own.
            if row[column] not in (None, "") and row.get("protocol", "tcp") == "tcp":
                names.setdefault(kind, Counter())[str(row[column])] += 1
    for row in _rows(tables, "dns_activity"):
        if row["query"] is not None:
            service, query = row["service"], str(row["query"])
            kind = "nbns" if service == "nbns" else f"{service}_{row['protocol']}"
            names.setdefault(kind, Counter())[_as_tshark(query, kind)] += 1
    for row in _rows(tables, "ssh_activity"):
        for column in ("client_banner", "server_banner"):
            if row[column]:
                names.setdefault("ssh_banner", Counter())[str(row[column])] += 1
    for row in _rows(tables, "authentication"):
        if row["method"] == "ntlm":
            for kind, column in _NTLM.items():
                names.setdefault(kind, Counter())[str(row[column] or "NULL")] += 1
    for row in _rows(tables, "kerberos_activity"):
        if row["client_name"]:
            names.setdefault("kerberos_client", Counter()).update(
                str(row["client_name"]).split("/")
            )
    return names


def _as_tshark(name: str, kind: str) -> str:
    """Our presentation form in tshark's."""
    if name == ".":
        return "<Root>"
    if kind == "nbns":
        return re.sub(r"\\(\d{3})", lambda match: f"<{int(match[1]):02x}>", name)
    raw = re.sub(r"\\(\d{3})", lambda match: chr(int(match[1])), name).encode("latin-1")
    # tshark reads the forbidden two-octet form of an ASCII character as that character.
    raw = re.sub(rb"[\xc0\xc1][\x80-\xbf]", _ascii, raw)
    text = re.sub(r"\\(.)", r"\1", raw.decode("utf-8", "replace"), flags=re.DOTALL)
    return printable(text)


def _ascii(overlong: re.Match[bytes]) -> bytes:
    return bytes([(overlong[0][0] & 1) << 6 | overlong[0][1] & 0x3F])


def _rows(tables: Mapping[str, Sequence[pa.Table]], name: str) -> Iterator[dict[str, object]]:
    for batch in tables.get(name, ()):
        yield from batch.to_pylist()
