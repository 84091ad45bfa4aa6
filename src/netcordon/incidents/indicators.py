"""Indicators: judgements about what to watch for or block, apart from what was merely observed.

Our own hosts are isolated, not blocked: none becomes an indicator, but for a server of the attacker
inside, and that with caution. Addresses that the world uses become none at all; what was left out
is said. Senders of a flood that are probably invented become none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from netcordon.incidents.addresses import HomeNets, is_private, order, parse, public_service
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.common_ends import CommonEnds, domain_of
from netcordon.incidents.fingerprints import Fingerprint
from netcordon.incidents.gathering import UsedAccount
from netcordon.incidents.movement import Movement
from netcordon.incidents.parties import server_role
from netcordon.incidents.queries import Queries
from netcordon.incidents.scene import Part, Scene
from netcordon.model.incident import Indicator

MAX_ADDRESSES = 200
"""Address indicators by incident."""

SHARED_DOMAINS = 3
"""Registered domains on one address from which on blocking it hits others."""

_SHARED = """
WITH wanted AS (SELECT DISTINCT unnest($ips) AS ip), spoken AS (
    SELECT dst_ip AS ip, lower(server_name) AS name FROM tls_activity
    UNION
    SELECT dst_ip, lower(regexp_replace(host, ':[0-9]+$', '')) FROM http_activity
)
SELECT spoken.ip, count(DISTINCT coalesce(name.registered_domain, spoken.name)) AS domains
FROM spoken JOIN wanted ON wanted.ip = spoken.ip LEFT JOIN name ON name.name = spoken.name
WHERE spoken.name IS NOT NULL
GROUP BY spoken.ip ORDER BY spoken.ip
"""


def find_indicators(
    engine: Queries,
    scenes: Sequence[Scene],
    movements: Sequence[Sequence[Movement]],
    fingerprints: Sequence[Sequence[Fingerprint]],
    home: HomeNets,
    common: CommonEnds,
    accounts: Sequence[Sequence[UsedAccount]] = (),
) -> tuple[tuple[Indicator, ...], tuple[str, ...]]:
    """Indicators of all incidents, and sentences on what was left out and why."""
    shared = _shared(engine, scenes)
    found: list[Indicator] = []
    left_out: list[str] = []
    for scene, moved, marks in zip(scenes, movements, fingerprints, strict=True):
        judged = [*_addresses(scene, home, common, shared, left_out), *_domains(scene, common)]
        found += [
            one if scene.sure else replace(one, caution=one.caution or UNCONFIRMED)
            for one in judged
        ]
        found += _downloads(scene, moved, home, common, shared)
        found += [_mark(mark) for mark in marks]
    found += [_account(used) for of_one in accounts for used in of_one]
    return _merged(found), tuple(dict.fromkeys(left_out))


def _shared(engine: Queries, scenes: Sequence[Scene]) -> Mapping[str, int]:
    ips = sorted({ip for scene in scenes for ip in scene.hostile})
    rows = engine.query(_SHARED, {"ips": ips}) if ips else ()
    return {str(r["ip"]): int(r["domains"]) for r in rows}


def _addresses(
    scene: Scene,
    home: HomeNets,
    common: CommonEnds,
    shared: Mapping[str, int],
    left_out: list[str],
) -> Iterable[Indicator]:
    flood = {ip for ip, ps in scene.hostile.items() if all(p.kind is Kind.FLOOD for p in ps)}
    if len(flood) >= SHARED_DOMAINS:
        left_out.append(
            f"{len(flood)} source addresses of a flood are no indicators: they can be invented."
        )
    ends = [ip for ip in sorted(scene.hostile, key=order) if parse(ip) is not None]
    if len(flood) >= SHARED_DOMAINS:
        ends = [ip for ip in ends if ip not in flood]
    for ip in ends[:MAX_ADDRESSES]:
        parts = scene.hostile[ip]
        service = public_service(ip)
        if service:
            left_out.append(f"{ip} is {service}: observed, but no indicator, for others need it.")
            continue
        yield Indicator(
            type=_type(ip),
            value=ip,
            role=server_role(parts),
            confidence=max(p.finding.confidence for p in parts),
            first_seen_time=min(p.finding.first_seen_time for p in parts),
            last_seen_time=max(p.finding.last_seen_time for p in parts),
            finding_ids=_ids(parts),
            caution=_caution(ip, home, common, shared),
        )


def _caution(ip: str, home: HomeNets, common: CommonEnds, shared: Mapping[str, int]) -> str | None:
    if home.holds(ip):
        return "one of our own addresses: isolate the host instead of blocking it"
    if is_private(ip):
        return "a private address: it means something only in the network it was seen in"
    if ip in common.ips:
        return "many of our hosts use it: blocking it hurts them"
    if ip in common.maybe_resolvers:
        return "it answers as a resolver for others (RA bit): make sure it is the attacker's own"
    if shared.get(ip, 0) >= SHARED_DOMAINS:
        return f"a shared address: {shared[ip]} different domains were reached on it"
    return None


def _domains(scene: Scene, common: CommonEnds) -> Iterable[Indicator]:
    for domain, parts in sorted(scene.domains.items()):
        if parse(domain) is not None:
            continue
        caution = None
        if domain in common.known:
            caution = f"a known service ({common.known[domain]}): others need it"
        elif domain in common.domains:
            caution = "many of our hosts use it: blocking it hurts them"
        yield Indicator(
            type="domain-name",
            value=domain,
            role=server_role(parts),
            confidence=max(p.finding.confidence for p in parts),
            first_seen_time=min(p.finding.first_seen_time for p in parts),
            last_seen_time=max(p.finding.last_seen_time for p in parts),
            finding_ids=_ids(parts),
            caution=caution,
        )


UNCONFIRMED = "a suspicion so far: confirm it before you block"
"""Caution on the ends of incidents without a finding of high severity."""

ACCOUNT_CONFIDENCE = 0.6
"""An account new on an entered host is likely, not surely, in the intruder's hand."""

DOWNLOAD_CONFIDENCE = 0.5
"""A download just before the first act is a likely way in, never a proven one."""


def _downloads(
    scene: Scene,
    movements: Sequence[Movement],
    home: HomeNets,
    common: CommonEnds,
    shared: Mapping[str, int],
) -> Iterable[Indicator]:
    for movement in movements:
        if movement.what != "download" or movement.url is None:
            continue
        at_attacker = movement.dst in scene.hostile
        url = Indicator(
            type="url",
            value=movement.url,
            role="staging_server",
            confidence=0.8 if at_attacker else DOWNLOAD_CONFIDENCE,
            first_seen_time=movement.time,
            last_seen_time=movement.end_time,
            finding_ids=(movement.finding_id,),
            caution=None
            if at_attacker
            else "the likely way in, by order of time; confirm the file",
        )
        yield url
        name = movement.dst_name
        told = {*scene.domains, *common.domains, *common.known}
        if name and parse(name) is None and domain_of(name) not in told:
            yield replace(url, type="domain-name", value=name.rstrip(".").lower())
        if not at_attacker and parse(movement.dst) and not public_service(movement.dst):
            warn = _caution(movement.dst, home, common, shared)
            yield replace(
                url, type=_type(movement.dst), value=movement.dst, caution=warn or url.caution
            )


def _account(used: UsedAccount) -> Indicator:
    return Indicator(
        type="user-account",
        value=used.account,
        role="account_used",
        confidence=ACCOUNT_CONFIDENCE,
        first_seen_time=used.first_seen_time,
        last_seen_time=used.last_seen_time,
        finding_ids=(used.finding_id,),
        caution=(
            f"used from {used.src} for the first time after it was entered: ask its owner, then "
            "reset it rather than block it"
        ),
    )


def _mark(mark: Fingerprint) -> Indicator:
    return Indicator(
        type=mark.type,
        value=mark.value,
        role="client_fingerprint",
        confidence=0.5,
        first_seen_time=mark.first_seen_time,
        last_seen_time=mark.last_seen_time,
        finding_ids=mark.finding_ids,
        caution=(
            "identifies a TLS library and its settings, not malware: to look for, not to block"
            if mark.type == "x-ja4"
            else "any client can send it: to look for, not to block"
        ),
    )


def _merged(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """One indicator a value: the surest role leads, times and findings are joined."""
    by_value: dict[tuple[str, str], Indicator] = {}
    for one in sorted(indicators, key=lambda i: (-i.confidence, i.type, i.value, i.role)):
        old = by_value.setdefault((one.type, one.value), one)
        if old is not one:
            by_value[one.type, one.value] = replace(
                old,
                first_seen_time=min(old.first_seen_time, one.first_seen_time),
                last_seen_time=max(old.last_seen_time, one.last_seen_time),
                finding_ids=tuple(sorted({*old.finding_ids, *one.finding_ids})),
                caution=old.caution or one.caution,
            )
    return tuple(sorted(by_value.values(), key=lambda i: (-i.confidence, i.type, order(i.value))))


def _type(ip: str) -> str:
    address = parse(ip)
    return "ipv6-addr" if address is not None and address.version == 6 else "ipv4-addr"


def _ids(parts: Sequence[Part]) -> tuple[str, ...]:
    return tuple(sorted({p.finding.id for p in parts}))
