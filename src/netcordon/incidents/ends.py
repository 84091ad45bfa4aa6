"""The ends of a finding by the part they play: whose hand, whose server, whose harm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from netcordon.incidents.addresses import HomeNets, is_group, parse
from netcordon.incidents.behaviour import Behaviour, Kind, read
from netcordon.incidents.common_ends import CommonEnds, domain_of
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity

_OVER_DNS = frozenset({Kind.TUNNEL, Kind.GENERATED_NAMES})
MAX_PAIRS = 1_000
"""Pairs of ends in one finding beyond which nothing is asked of each."""

DNS_PORTS = frozenset({53, 853, 5353})


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Who is who in one finding.

    Attributes:
        controlled: our hosts that act for the attacker.
        hostile: ends of the attacker: addresses that attack, or are called by controlled hosts.
            May be our own (a command server inside).
        targets: what is acted against.
        taken: targets that the attacker got control of, as far as the finding can tell.
        maybe_taken: targets of an attempt to get control whose outcome is not known.
        carriers: resolvers that only pass the traffic on.
        domains: registered domains of the attacker.
        weak: whether it is only a rhythm between hosts of ours below high severity. Monitoring,
            backup and clustering make them all day: it may support a story, never carry one.
        backed: whether another detector says of the same two ends, at the same time, that one
            commands the other. What two see is no mere rhythm, and never weak.
    """

    behaviour: Behaviour
    controlled: frozenset[str]
    hostile: frozenset[str]
    targets: frozenset[str]
    taken: frozenset[str]
    maybe_taken: frozenset[str]
    carriers: frozenset[str]
    domains: frozenset[str]
    weak: bool = False
    backed: bool = False


def read_ends(
    findings: Sequence[Finding], home: HomeNets, common: CommonEnds
) -> Mapping[str, Ends]:
    """Ends of every finding, by its id."""
    # A resolver that asks is a relay only where a client is known for whom it may have asked.
    relayed = frozenset(
        domain_of(name)
        for finding in findings
        if any(ip not in common.resolvers for ip in finding.src_ips)
        for name in finding.dst_names
    )
    ends = {finding.id: _ends(finding, home, common, relayed) for finding in findings}
    backed = _backed(findings, ends)
    # Who calls a server that two detectors showed to give orders to another calls the same server.
    servers = frozenset(ip for id_ in backed for ip in ends[id_].hostile)
    return {
        id_: replace(part, weak=part.weak and not part.hostile <= servers, backed=id_ in backed)
        for id_, part in ends.items()
    }


def _backed(findings: Sequence[Finding], ends: Mapping[str, Ends]) -> frozenset[str]:
    """Findings of command channels that another detector saw as well, low ones included."""
    channels: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        part = ends[finding.id]
        told = part.behaviour.kind is Kind.COMMAND and finding.severity.rank >= Severity.LOW.rank
        if told and len(part.controlled) * len(part.hostile) <= MAX_PAIRS:
            for ours in part.controlled:
                for theirs in part.hostile:
                    channels[ours, theirs].append(finding)
    return frozenset(
        one.id
        for seen in channels.values()
        for one in seen
        if any(
            other.detector != one.detector
            and other.first_seen_time <= one.last_seen_time
            and one.first_seen_time <= other.last_seen_time
            for other in seen
        )
    )


def _ends(finding: Finding, home: HomeNets, common: CommonEnds, relayed: frozenset[str]) -> Ends:
    behaviour = read(finding)
    sources = frozenset(ip for ip in finding.src_ips if not is_group(ip))
    others = frozenset(ip for ip in finding.dst_ips if not is_group(ip)) - sources
    ours = frozenset(ip for ip in sources if home.holds(ip))
    if not behaviour.calls_out:
        targets, carriers = others, frozenset[str]()
        controlled, hostile = ours, sources - ours
        domains = frozenset[str]()
    else:
        names = frozenset(domain_of(name) for name in finding.dst_names)
        domains = frozenset(name for name in names if parse(name) is None)
        asking = sources if domains and domains <= relayed else frozenset[str]()
        carriers = _carriers(finding, behaviour, asking | others, common)
        ours -= carriers
        sources -= carriers
        ends = others - carriers
        # A foreign initiator that "calls out" to one of ours is the attacker's end of it (a bind
        # shell, a pull of data): the parts are swapped.
        inside = frozenset(ip for ip in ends if home.holds(ip))
        swapped = inside if sources and not ours else frozenset[str]()
        controlled = ours | swapped if (ours or swapped) else sources
        hostile = (ends - swapped) | ((sources - ours) if swapped else frozenset())
        targets = frozenset()
        if ends and inside == ends and not swapped and behaviour.kind not in _OVER_DNS:
            domains = frozenset()  # a name of ours is not the attacker's
    within = bool(hostile) and all(home.holds(ip) for ip in hostile)
    takes = behaviour.gives_access and finding.succeeded is not False
    return Ends(
        behaviour=behaviour,
        controlled=controlled,
        hostile=hostile,
        targets=targets,
        taken=targets if takes and finding.succeeded else frozenset(),
        maybe_taken=targets if takes and finding.succeeded is None else frozenset(),
        carriers=carriers,
        domains=domains,
        weak=(
            behaviour.kind is Kind.COMMAND
            and within
            and not domains
            and finding.severity.rank < Severity.HIGH.rank
        ),
    )


def _carriers(
    finding: Finding, behaviour: Behaviour, ends: frozenset[str], common: CommonEnds
) -> frozenset[str]:
    """Resolvers in a finding that lives in DNS questions: they ask, and answer, for others."""
    ports = frozenset(finding.dst_ports)
    if behaviour.kind not in _OVER_DNS and not (ports and ports <= DNS_PORTS):
        return frozenset()
    if ports and not ports & DNS_PORTS:
        return frozenset()
    return ends & (common.resolvers | common.ips)
