"""Findings that people allowed or suppressed, told apart from those that count; none disappears.

An allowance covers a finding only when it covers all of one side: a scan by an allowed and another
host still counts. An address or network of ours is covered as the source alone, so an attack on an
allowed host of ours is never hidden; one outside is covered at either end. Programs (JA4, user
agent) must have opened every connection between the finding's ends in its time.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from netcordon.model.casework import Allowance, SetAside, Suppression
from netcordon.model.finding import Finding
from netcordon.tables.engine import Engine

_FLOWS = """
FROM network_activity f LEFT JOIN {table} p ON p.evidence_id = f.evidence_id AND p.uid = f.uid
WHERE list_contains($src, f.src_ip) AND (len($dst) = 0 OR list_contains($dst, f.dst_ip))
  AND (len($ports) = 0 OR list_contains($ports, f.dst_port))
  AND f.end_time >= $first AND f.start_time <= $last AND f.payload_bytes_out > 0
"""
_PROGRAMS = {
    "ja4": "SELECT DISTINCT p.ja4 AS mark" + _FLOWS.format(table="tls_activity"),
    "user-agent": "SELECT DISTINCT p.user_agent AS mark" + _FLOWS.format(table="http_activity"),
}
_USERS = {
    "ja4": "SELECT DISTINCT src_ip FROM tls_activity WHERE ja4 = $mark",
    "user-agent": "SELECT DISTINCT src_ip FROM http_activity "
    "WHERE CASE WHEN $is_beginning THEN starts_with(user_agent, $mark) ELSE user_agent = $mark END",
}  # fmt: skip


def set_aside(
    engine: Engine,
    findings: Sequence[Finding],
    allowances: Sequence[Allowance],
    suppressions: Mapping[str, Suppression],
    now: datetime,
) -> tuple[tuple[Finding, ...], tuple[SetAside, ...]]:
    """Findings that count, and those that somebody set aside with who did, why and until when.

    Args:
        engine: home networks set.
        findings: of all detectors.
        allowances: those not in force at ``now`` are passed over.
        suppressions: by finding; likewise.
        now: the time that decides what is in force.
    """
    matches = [
        (allowance, _matcher(allowance, engine))
        for allowance in allowances
        if allowance.in_force(now)
    ]
    kept: list[Finding] = []
    aside: list[SetAside] = []
    for finding in findings:
        suppression = suppressions.get(finding.id)
        by = next((a for a, covers in matches if covers(finding)), None)
        if suppression and now < suppression.until:
            aside.append(_suppressed(finding, suppression))
        elif by is not None:
            aside.append(_allowed(finding, by))
        else:
            kept.append(finding)
    return tuple(kept), tuple(aside)


def _suppressed(finding: Finding, suppression: Suppression) -> SetAside:
    return SetAside(
        finding=finding,
        by="suppression",
        label="this finding",
        who=suppression.author,
        reason=suppression.reason,
        until=suppression.until,
    )


def _allowed(finding: Finding, allowance: Allowance) -> SetAside:
    return SetAside(
        finding=finding,
        by=allowance.id,
        label=allowance.label(),
        who=allowance.owner,
        reason=allowance.reason,
        until=allowance.expires,
    )


def _matcher(allowance: Allowance, engine: Engine) -> Callable[[Finding], bool]:
    covers = _COVERS[allowance.what](allowance.value, engine)
    if not allowance.detector:
        return covers
    return lambda finding: finding.detector == allowance.detector and covers(finding)


def _network(value: str, engine: Engine) -> Callable[[Finding], bool]:
    ours = _is_ours(value, engine.home_nets)

    def covers(finding: Finding) -> bool:
        sources = _all_within(finding.src_ips, value)
        return sources or (not ours and _all_within(finding.dst_ips, value))

    return covers


def _name(value: str, _: Engine) -> Callable[[Finding], bool]:
    return lambda finding: _all_under(finding.dst_names, value)


def _detector(value: str, _: Engine) -> Callable[[Finding], bool]:
    return lambda finding: finding.detector == value


def _signature(value: str, _: Engine) -> Callable[[Finding], bool]:
    """A rule of another tool, ``TOOL RULE``; findings of other detectors name none."""
    return lambda finding: finding.facts.get("signature") == value


def _pair(value: str, _: Engine) -> Callable[[Finding], bool]:
    src, dst = value.split(",")
    return lambda f: _at_end(src, f.src_ips, ()) and _at_end(dst, f.dst_ips, f.dst_names)


def _program(what: str) -> Callable[[str, Engine], Callable[[Finding], bool]]:
    def matcher(value: str, engine: Engine) -> Callable[[Finding], bool]:
        is_beginning = what == "user-agent" and value.endswith("*")
        mark = value[:-1] if is_beginning else value
        bound = {"mark": mark} | ({"is_beginning": is_beginning} if what == "user-agent" else {})
        users = {str(row["src_ip"]) for row in engine.query(_USERS[what], bound)}

        def covers(finding: Finding) -> bool:
            if not finding.src_ips or not users.issuperset(finding.src_ips):
                return False
            marks = [row["mark"] for row in engine.query(_PROGRAMS[what], _ends(finding))]
            return bool(marks) and all(
                isinstance(m, str) and (m.startswith(mark) if is_beginning else m == mark)
                for m in marks
            )

        return covers

    return matcher


_COVERS: Mapping[str, Callable[[str, Engine], Callable[[Finding], bool]]] = {
    "address": _network, "prefix": _network, "name": _name, "detector": _detector, "pair": _pair,
    "ja4": _program("ja4"), "user-agent": _program("user-agent"), "signature": _signature,
}  # fmt: skip


def _ends(finding: Finding) -> dict[str, object]:
    return {
        "src": list(finding.src_ips),
        "dst": list(finding.dst_ips),
        "ports": list(finding.dst_ports),
        "first": finding.first_seen_time,
        "last": finding.last_seen_time,
    }


def _at_end(value: str, ips: Sequence[str], names: Sequence[str]) -> bool:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        return _all_under(names, value)
    return _all_within(ips, value)


def _all_within(ips: Iterable[str], network: str) -> bool:
    allowed = ipaddress.ip_network(network)
    addresses = [_parsed(ip) for ip in ips]
    return bool(addresses) and all(a is not None and a in allowed for a in addresses)


def _parsed(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(ip)
    except ValueError:
        return None


def _all_under(names: Sequence[str], value: str) -> bool:
    # A name without a dot is a host's; nothing stands under it.
    below = f".{value}" if "." in value else None
    return bool(names) and all(
        name.lower().rstrip(".") == value
        or (below is not None and name.lower().rstrip(".").endswith(below))
        for name in names
    )


def _is_ours(value: str, home_nets: Sequence[str]) -> bool:
    network = ipaddress.ip_network(value)
    homes = [ipaddress.ip_network(text, strict=False) for text in home_nets]
    return any(home.overlaps(network) for home in homes if home.version == network.version) or (
        not homes and network.is_private
    )
