"""Which function reads which log."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.ingest.zeek import findings, flows, health, names, sessions, web, windows

_LOGS: dict[str, Callable[[Columns], Iterable[Rows]]] = {
    "conn": flows.conn, "dns": names.dns, "dhcp": names.dhcp, "arp": names.arp,
    "software": names.software, "known_services": names.known_services,
    "known_certs": names.known_certs, "known_hosts": names.known_hosts,
    "known_devices": names.known_devices, "http": web.http, "ssl": web.ssl, "quic": web.quic,
    "x509": web.x509, "files": web.files, "ssh": sessions.ssh, "ftp": sessions.ftp,
    "smb_files": windows.smb_files, "smb_mapping": windows.smb_mapping,
    "dce_rpc": windows.dce_rpc, "kerberos": windows.kerberos, "ntlm": windows.ntlm,
    "rdp": windows.rdp, "notice": findings.notice, "intel": findings.intel,
    "weird": findings.weird, "signatures": findings.signatures, "analyzer": findings.analyzer,
    "dpd": findings.analyzer, "reporter": health.reporter, **sessions.OTHERS,
}  # fmt: skip
_MEASURED: dict[str, Callable[[Columns, Facts], Iterable[Rows]]] = {
    "capture_loss": health.capture_loss, "stats": health.stats,
}  # fmt: skip
_NEEDS_ENDS = frozenset(("conn", "dns", "http", "ssl", "ssh", "smb_files", "dce_rpc", "quic"))

READ = frozenset((*_LOGS, *_MEASURED))
"""Logs that become rows."""


def rows_of(log: str, columns: Columns, facts: Facts, tally: Tally) -> Iterable[Rows]:
    """Rows of lines of one log; lines without a time, or a flow without its ends, are refused."""
    good: dict[str, pa.Array] = {"no time": pc.is_valid(columns.time("ts"))}
    if log in _NEEDS_ENDS:
        for end in ("id.orig_h", "id.resp_h"):
            good[f"{end} is no address"] = pc.is_valid(columns.address(end).text)
    columns = columns.required(tally, good)
    tally.read += len(columns)
    if not len(columns):
        return
    facts.add(f"zeek_{log}_lines", len(columns))
    if log in _MEASURED:
        yield from _MEASURED[log](columns, facts)
    else:
        yield from _LOGS[log](columns)
