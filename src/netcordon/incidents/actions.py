"""What to do first, most urgent first, in sentences to act on at three in the morning."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.addresses import HomeNets, is_private, order, public_service
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.movement import Movement
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import clock
from netcordon.incidents.scene import Part, Scene
from netcordon.model.severity import Severity

SHOWN = 5
"""Hosts or addresses named in one sentence; the lists of the report hold the rest."""


def first_actions(
    scene: Scene,
    severity: Severity,
    movements: Sequence[Movement],
    namer: Namer,
    home: HomeNets,
    common: CommonEnds,
) -> tuple[str, ...]:
    """The first things to do about an incident."""
    actions: list[str] = []
    if severity.rank >= Severity.HIGH.rank:
        actions.append(
            "Call your incident response team or CERT now, and note what you do with times."
        )
    hurt = sorted(
        (ip for ip in {*scene.controlled, *scene.taken} if home.holds(ip)),
        key=lambda ip: (scene.controlled.get(ip, scene.until), order(ip)),
    )
    plain = [ip for ip in hurt if ip not in common.ips]
    if plain and severity.rank < Severity.HIGH.rank:
        actions.append(
            f"Ask who runs {namer.texts(plain, SHOWN)} whether this is meant, before anything is "
            "cut. " + _harmless(scene)
        )
    elif plain:
        actions.append(
            f"Save the memory of {namer.texts(plain, SHOWN)} first, then isolate: what only memory "
            "holds is gone after a restart, and an intruder who notices may erase it."
        )
    actions += [
        f"Do not cut {namer.text(ip)} off without a plan: many hosts depend on it. "
        "Limit what it may reach instead."
        for ip in hurt
        if ip in common.ips
    ]
    actions += _block_ends(scene, namer, home, common)
    actions += _block_names(scene, common)
    actions += _per_kind(scene, namer)
    actions += [
        f"Find and keep the file that {namer.text(m.src)} loaded from {m.dst_name or m.dst} "
        f"at {clock(m.time)} UTC; do not open it."
        for m in movements
        if m.what == "download"
    ]
    copied = sorted(
        {m.dst if m.outward else m.src for m in movements if m.what == "copy"}, key=order
    )
    if copied:
        actions.append(
            f"Look for what was copied to {namer.texts(copied, SHOWN)} before you clean it."
        )
    gravest = min(scene.group.findings, key=lambda f: (-f.severity.rank, f.first_seen_time, f.id))
    if gravest.look_next:
        actions.append(f"Look next: {gravest.look_next}")
    return tuple(dict.fromkeys(actions))


def _harmless(scene: Scene) -> str:
    """What harmless things look like this, as the detectors say."""
    said = dict.fromkeys(f.benign for f in scene.group.findings if f.benign)
    return f"Harmless things that look like it: {' '.join(said)}" if said else ""


def _block_ends(scene: Scene, namer: Namer, home: HomeNets, common: CommonEnds) -> list[str]:
    """What to block at the border, and what must not be."""
    actions: list[str] = []
    servers = {ip: parts for ip, parts in scene.hostile.items() if not _invented(scene, parts)}
    outside = [ip for ip in sorted(servers, key=order) if not home.holds(ip)]
    careful = [ip for ip in outside if public_service(ip) or ip in common.ips]
    block = [ip for ip in outside if ip not in careful]
    if block:
        ports = sorted({p for ip in block for part in servers[ip] for p in part.finding.dst_ports})
        shown = ", ".join(map(str, ports[:SHOWN])) if len(ports) <= SHOWN else f"{len(ports)} ports"
        seen = f" (seen on port {shown})" if ports else ""
        actions.append(
            f"Block {namer.texts(block, SHOWN)}{seen} on every way to the Internet, both ways."
        )
    actions += [
        f"Do not block {ip}: it is {public_service(ip) or 'used by many of our hosts'}. "
        "Cut the hosts that misuse it instead."
        for ip in careful
    ]
    for ip in (ip for ip in sorted(servers, key=order) if home.holds(ip)):
        if ip not in scene.controlled:
            actions.append(f"Isolate {namer.text(ip)}: it is one of ours and serves the attacker.")
    if any(_invented(scene, parts) for parts in scene.hostile.values()):
        actions.append(
            "Do not block the flood's source addresses one by one; they are probably invented. Ask "
            "the provider to filter by target and by what the packets have in common."
        )
    if any(is_private(ip) for ip in block):
        actions.append(
            "Some of these addresses are private: find out which network they stand in first."
        )
    return actions


def _block_names(scene: Scene, common: CommonEnds) -> list[str]:
    names = sorted(set(scene.domains) - common.domains)
    known = sorted(set(scene.domains) & set(common.known))
    actions = []
    if names:
        actions.append(
            f"Refuse {', '.join(names[:SHOWN])} on your resolvers (response policy zone), not the "
            "resolvers themselves."
        )
    if known:
        actions.append(
            f"Do not block {', '.join(known[:SHOWN])} as a whole: others need it. "
            "Find the account or tenant that was used."
        )
    return actions


def _per_kind(scene: Scene, namer: Namer) -> list[str]:
    actions: list[str] = []
    kinds = scene.kinds
    accounts = sorted({a for f in scene.group.findings for a in f.accounts})
    if accounts:
        verb = "Reset and watch" if scene.taken else "Watch"
        actions.append(f"{verb} the accounts {', '.join(accounts[:SHOWN])}: they were tried.")
    if scene.taken:
        taken = namer.texts(sorted(scene.taken, key=order), SHOWN)
        actions.append(
            f"Reset every account that can log in to {taken}, and read its own login records for "
            f"the times given: the attacker got in there."
        )
    elif kinds & {Kind.BRUTE_FORCE, Kind.LOGIN}:
        tried = sorted(
            {ip for ip, ps in scene.targets.items() if any(p.kind is Kind.BRUTE_FORCE for p in ps)},
            key=order,
        )
        if tried:
            actions.append(
                f"Check the login records of {namer.texts(tried, SHOWN)} for a success at these "
                "times; limit who may reach its login from outside."
            )
    if Kind.EXFILTRATION in kinds:
        actions.append(
            "Find out what data left; tell its owner, legal and data protection: deadlines may run."
        )
    if Kind.INTERCEPTION in kinds:
        actions.append(
            "Find the switch port of the intercepting host by its Ethernet address and shut it; "
            "treat passwords that crossed this segment meanwhile as known."
        )
    if Kind.FLOOD in kinds:
        actions.append("Tell your provider: target, ports, rates and start time are on the card.")
    return actions


def _invented(scene: Scene, parts: Sequence[Part]) -> bool:
    """Whether an end only takes part in a flood of many senders."""
    return all(p.kind is Kind.FLOOD for p in parts) and len(scene.hostile) >= 50
