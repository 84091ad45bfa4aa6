"""Rows together with what another log says of the same thing, which Zeek writes apart.

``ssl`` names certificates that ``x509`` describes; ``files`` names what ``http`` asked for. Both by
an id that stands for one thing, or by a fingerprint that is listed again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Completed:
    """A table whose rows another one completes.

    Attributes:
        table: whose rows lack something.
        source: that has it.
        known: SQL of each reference once with what is known of it, from ``listed``, all rows of
            ``source``: a certificate may be listed once and shown for days.
        body: SQL of a table's rows -> SQL of the rows, completed from ``known_<source>``. What a
            row says itself comes first.
    """

    table: str
    source: str
    known: str
    body: Callable[[str], str]


def _handshakes(rows: str) -> str:
    """That its own key signed it no such log says; an issuer that is the subject stands for it."""
    return f"""
SELECT h.* REPLACE (
    coalesce(h.certificate_subject, k.subject) AS certificate_subject,
    coalesce(h.certificate_issuer, k.issuer) AS certificate_issuer,
    coalesce(h.certificate_names, k.names) AS certificate_names,
    coalesce(h.not_before, k.not_before) AS not_before,
    coalesce(h.not_after, k.not_after) AS not_after,
    coalesce(h.is_self_signed, k.subject = k.issuer) AS is_self_signed,
    coalesce(h.certificate_sha256, k.sha256) AS certificate_sha256
)
FROM ({rows}) h LEFT JOIN known_certificate k ON k.reference = h.certificate_reference
"""


def _files(rows: str) -> str:
    return f"""
SELECT f.* REPLACE (
    coalesce(f.origin, k.origin) AS origin,
    coalesce(f.src_port, k.src_port) AS src_port,
    coalesce(f.dst_port, k.dst_port) AS dst_port
)
FROM ({rows}) f LEFT JOIN known_http_activity k ON k.reference = f.file_reference
"""


ALL = (
    Completed(
        table="tls_activity",
        source="certificate",
        known="""
SELECT reference, subject, issuer, names, not_before, not_after, sha256
FROM listed WHERE reference IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY reference ORDER BY time, evidence_id, frame) = 1
""",
        body=_handshakes,
    ),
    Completed(
        table="file_activity",
        source="http_activity",
        known="""
SELECT reference, 'http://' || coalesce(host, dst_ip) || uri AS origin, src_port, dst_port
FROM (SELECT unnest(file_references) AS reference, * FROM listed
      WHERE file_references IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY reference ORDER BY time, evidence_id, frame) = 1
""",
        body=_files,
    ),
)
