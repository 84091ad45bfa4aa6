"""The marks of a behaviour, taken from the flows behind its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import pyarrow as pa

from netcordon.hunting.canonical import NotUnderstoodError, of_type
from netcordon.incidents.addresses import HomeNets, is_group, is_private, public_service
from netcordon.model.hunt import Atom, WantedType
from netcordon.tables.engine import Engine
from netcordon.tables.names import registered_domain

MOST_ENDS = 50
"""Destinations of one behaviour; beyond them they are a search, not a place it goes to."""

_MARKS = """
SELECT DISTINCT 'JA4' AS kind, x.ja4 AS value FROM tls_activity x JOIN told_abroad t
  ON t.uid = x.uid AND t.evidence_id = x.evidence_id
UNION SELECT 'certificate', x.certificate_sha256 FROM tls_activity x JOIN told_abroad t
  ON t.uid = x.uid AND t.evidence_id = x.evidence_id
UNION SELECT 'name', lower(x.server_name) FROM tls_activity x JOIN told_abroad t
  ON t.uid = x.uid AND t.evidence_id = x.evidence_id
UNION SELECT 'user agent', x.user_agent FROM http_activity x JOIN told_abroad t
  ON t.uid = x.uid AND t.evidence_id = x.evidence_id
UNION SELECT 'name', lower(regexp_replace(x.host, ':[0-9]+$', '')) FROM http_activity x
  JOIN told_abroad t ON t.uid = x.uid AND t.evidence_id = x.evidence_id
UNION SELECT 'file', x.sha256 FROM file_activity x JOIN told t
  ON t.uid = x.uid AND t.evidence_id = x.evidence_id
  WHERE x.magic IN ('pe', 'elf', 'macho', 'script', 'class', 'dex', 'lnk')
UNION SELECT 'account', x.account FROM authentication x JOIN told t
  ON t.uid = x.uid AND t.evidence_id = x.evidence_id AND x.outcome = 'success'
ORDER BY ALL
"""
# Between two hosts of ours pass the names, programs and pages that everybody there shares.
_ABROAD = """
SELECT t.evidence_id, t.uid FROM told t JOIN network_activity n USING (uid, evidence_id)
WHERE NOT (is_internal(n.src_ip_hi, n.src_ip_lo) AND is_internal(n.dst_ip_hi, n.dst_ip_lo))
"""
_TYPES = {
    "destination": WantedType.ADDRESS, "source": WantedType.ADDRESS, "name": WantedType.DOMAIN,
    "registered domain": WantedType.DOMAIN, "JA4": WantedType.JA4,
    "certificate": WantedType.SHA256, "file": WantedType.SHA256,
    "user agent": WantedType.USER_AGENT, "account": WantedType.ACCOUNT,
}  # fmt: skip


def register_told(engine: Engine, flows: Mapping[str, Set[str]]) -> None:
    """Put ``told(evidence_id, uid)``, the flows behind the findings, beside the views."""
    pairs = [
        (evidence_id, uid) for evidence_id in sorted(flows) for uid in sorted(flows[evidence_id])
    ]
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    arrays = [pa.array(column, pa.string()) for column in columns]
    engine.add_table("told", pa.table(dict(zip(("evidence_id", "uid"), arrays, strict=True))))


def shapes(
    engine: Engine, findings: Sequence[Mapping[str, Any]]
) -> tuple[dict[Atom, str], list[str]]:
    """What to look for with its kind, and what could not serve, in sentences.

    Args:
        engine: with ``told``.
        findings: their documents.
    """
    engine.keep("told_abroad", _ABROAD)
    home = HomeNets(engine.home_nets)
    found: dict[Atom, str] = {}
    left_out: dict[str, None] = {}
    for finding in findings:
        for kind, key in (("destination", "dst_ips"), ("source", "src_ips")):
            ends = [str(ip) for ip in finding[key]]
            ours = [ip for ip in ends if home.holds(ip) or (not home.networks and is_private(ip))]
            if kind == "destination" and ours:
                left_out[f"{_listed(ours)}: ours; who else speaks to it is no sign by itself"] = (
                    None
                )
            foreign = [ip for ip in ends if ip not in ours]
            if len(foreign) > MOST_ENDS:
                left_out[f"{len(foreign):,} {kind}s: too many to be one place"] = None
                continue
            for ip in foreign:
                service = public_service(ip)
                if service or is_group(ip):
                    left_out[f"{ip}: {service or 'nobody in particular'}"] = None
                else:
                    _add(found, left_out, kind, ip)
        for name in finding["dst_names"]:
            _add(found, left_out, "name", str(name))
        for account in finding["accounts"]:
            _add(found, left_out, "account", str(account))
    for row in engine.query(_MARKS):
        if row["value"]:
            _add(found, left_out, str(row["kind"]), str(row["value"]))
    for atom, kind in list(found.items()):
        domain = registered_domain(atom.value) if kind == "name" else None
        if domain is not None and domain != atom.value:
            _add(found, left_out, "registered domain", domain)
    return found, list(left_out)


def _add(found: dict[Atom, str], left_out: dict[str, None], kind: str, value: str) -> None:
    try:
        (atom,) = of_type(_TYPES[kind], value)
    except NotUnderstoodError as error:
        left_out[f"{kind} {value[:80]!r}: {error}"] = None
    else:
        found.setdefault(atom, kind)


def _listed(ips: Sequence[str]) -> str:
    more = f" and {len(ips) - 2:,} more" if len(ips) > 2 else ""
    return ", ".join(ips[:2]) + more
