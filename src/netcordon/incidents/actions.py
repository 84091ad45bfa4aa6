"""What to do first, most urgent first, in sentences to act on at three in the morning."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.addresses import HomeNets, is_private, order, public_service
from netcordon.incidents.behaviour import Kind, read
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.gathering import UsedAccount
from netcordon.incidents.movement import Movement
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import clock
from netcordon.incidents.scene import Part, Scene
from netcordon.model.severity import Severity

SHOWN = 5
"""Hosts or addresses named in one sentence; the lists of the report hold the rest."""

NAME = 60
"""Characters of an account's name that are shown."""

MAX_ACTIONS = 6
"""A person woken at night reads no more; each is one thing to do."""


def first_actions(
    scene: Scene,
    severity: Severity,
    movements: Sequence[Movement],
    accounts: Sequence[UsedAccount],
    namer: Namer,
    home: HomeNets,
    common: CommonEnds,
) -> tuple[str, ...]:
    """The first things to do about an incident, at most ``MAX_ACTIONS``."""
    grave = severity.rank >= Severity.HIGH.rank
    wanted = [
        _hosts(scene, namer, home, common, grave=grave),
        _administration(scene),
        _block(scene, namer, home, common, grave=grave),
        _accounts(scene, accounts, namer),
        _data(scene, movements, namer),
        _files(movements, namer),
        _floods(scene),
        _interception(scene),
        _look_next(scene),
    ]
    said = [text for text in wanted if text]
    return tuple(dict.fromkeys(said))[:MAX_ACTIONS]


def _hosts(
    scene: Scene, namer: Namer, home: HomeNets, common: CommonEnds, *, grave: bool
) -> str | None:
    """Keep what memory holds, then isolate; never what others depend on."""
    hurt = sorted(
        (ip for ip in {*scene.controlled, *scene.taken} if home.holds(ip)),
        key=lambda ip: (scene.controlled.get(ip, scene.until), order(ip)),
    )
    serving = [
        ip for ip, parts in scene.hostile.items()
        if home.holds(ip) and ip not in hurt and not all(p.weak for p in parts)
    ]  # fmt: skip
    hurt += sorted(serving, key=order)
    needed = [ip for ip in hurt if ip in common.ips or namer.routes(ip)]
    plain = [ip for ip in hurt if ip not in needed]
    said: list[str] = []
    if plain and not grave:
        known = {*plain, *needed}
        plain += [
            ip for ip in sorted(scene.hostile, key=order) if home.holds(ip) and ip not in known
        ]
        said.append(
            f"Ask who runs {namer.texts(plain, SHOWN)} whether this is meant, before anything is "
            f"cut. {_harmless(scene)}".strip()
        )
    elif plain:
        said.append(
            f"Call your incident response team or CERT. Save the memory of "
            f"{namer.texts(plain, SHOWN)}, then isolate {'it' if len(plain) == 1 else 'them'}: "
            "what only memory holds is gone after a restart."
        )
    elif grave and not needed:
        said.append("Call your incident response team or CERT, and note what you do with times.")
    if needed:
        said.append(
            f"Do not cut {namer.texts(needed, SHOWN)} off without a plan: others depend on it. "
            "Find out whose traffic it carried, and limit what it may reach."
        )
    return " ".join(said) or None


def _harmless(scene: Scene) -> str:
    """What harmless things look like this, as the detectors say."""
    said = dict.fromkeys(f.benign for f in scene.group.findings if f.benign)
    return f"Harmless things that look like it: {' '.join(said)}" if said else ""


def _block(
    scene: Scene, namer: Namer, home: HomeNets, common: CommonEnds, *, grave: bool
) -> str | None:
    """What to block at the border and on resolvers, and what must not be."""
    servers = {ip: parts for ip, parts in scene.hostile.items() if not _invented(scene, parts)}
    met = sorted(servers, key=lambda ip: (servers[ip][0].time, order(ip)))
    outside = [ip for ip in met if not home.holds(ip)]
    careful = [ip for ip in outside if public_service(ip) or ip in common.ips]
    block = [ip for ip in outside if ip not in careful]
    names = sorted(set(scene.domains) - common.domains)
    known = sorted(set(scene.domains) & set(common.known))
    said: list[str] = []
    when = "" if grave else "If it is not meant: "
    if block:
        ports = sorted({p for ip in block for part in servers[ip] for p in part.finding.dst_ports})
        shown = ", ".join(map(str, ports[:SHOWN])) if len(ports) <= SHOWN else f"{len(ports)} ports"
        word = "port" if len(ports) == 1 else "ports"
        seen = f" (seen on {word} {shown})" if 0 < len(ports) <= SHOWN else ""
        said.append(
            f"{when}{'B' if grave else 'b'}lock {namer.texts(block, SHOWN)}{seen} on every way "
            "out, both ways."
        )
    if names:
        said.append(
            f"Refuse {', '.join(names[:SHOWN])} on your resolvers (response policy zone), not the "
            "resolvers."
        )
    said += [
        f"Do not block {ip}: it is {public_service(ip) or 'used by many of our hosts'}. "
        "Cut the hosts that misuse it instead."
        for ip in careful[:1]
    ]
    if known:
        said.append(
            f"Do not block {', '.join(known[:SHOWN])} as a whole: others need it. "
            "Find the account or tenant that was used."
        )
    if any(is_private(ip) for ip in block):
        said.append("Some of these addresses are private: find out where they stand first.")
    return " ".join(said) or None


def _accounts(scene: Scene, accounts: Sequence[UsedAccount], namer: Namer) -> str | None:
    """Which accounts to reset, or where to look for a success."""
    known = sorted({a for f in scene.group.findings if f.succeeded for a in f.accounts})
    used = list(dict.fromkeys([*(a.account for a in accounts), *known]))
    tried = sorted({a for f in scene.group.findings for a in f.accounts} - set(used))
    if scene.taken:
        taken = namer.texts(sorted(scene.taken, key=order), SHOWN)
        lead = f"Reset {', '.join(used[:SHOWN])} (used by the intruder) and" if used else "Reset"
        others = f" Tried: {', '.join(tried[:SHOWN])}." if tried else ""
        return (
            f"{lead} every account that can log in to {taken}, and read its login records of these "
            f"times: the intruder got in there.{others}"
        )
    guessed = sorted(
        {ip for ip, ps in scene.targets.items() if any(p.kind is Kind.BRUTE_FORCE for p in ps)},
        key=order,
    )
    if guessed:
        watch = f" Watch the accounts {', '.join(tried[:SHOWN])}." if tried else ""
        return (
            f"Check the login records of {namer.texts(guessed, SHOWN)} for a success at these "
            f"times, and limit who may reach its login.{watch}"
        )
    return f"Watch the accounts {', '.join(tried[:SHOWN])}: they were tried." if tried else None


def _administration(scene: Scene) -> str | None:
    """Which accounts of administration to hold, and that what they gave is taken back."""
    used = sorted(
        {
            account
            for finding in scene.group.findings
            if read(finding).kind is Kind.ADMINISTRATION
            for account in finding.accounts
        }
    )
    if not used:
        return None
    names = ", ".join(account[:NAME] for account in used[:SHOWN])
    return (
        f"Ask whoever {names} belongs to, by another way. If it was not them: suspend it, end its "
        "sessions, revoke its keys, and take back what it gave."
    )


def _data(scene: Scene, movements: Sequence[Movement], namer: Namer) -> str | None:
    if Kind.EXFILTRATION not in scene.kinds:
        return None
    read = sorted({m.dst for m in movements if m.what == "gathering"}, key=order)
    where = f" (begin with what was read from {namer.texts(read, SHOWN)})" if read else ""
    return (
        f"Find out what data left{where}; tell its owner, legal and data protection: deadlines "
        "may run."
    )


def _files(movements: Sequence[Movement], namer: Namer) -> str | None:
    """Keep what was loaded and copied: it is the malware, or leads to it."""
    loaded: dict[str, dict[str, Movement]] = {}
    for m in movements:
        if m.what == "download":
            loaded.setdefault(m.dst, {}).setdefault(m.src, m)
    said = []
    for dst, by_host in list(loaded.items())[:2]:
        first = next(iter(by_host.values()))
        said.append(
            f"Keep the file that {namer.texts(list(by_host), 2)} loaded from "
            f"{first.dst_name or dst} at {clock(first.time)} UTC{' and later' * (len(by_host) > 1)}"
            f", unopened, and block {dst} until it is judged."
        )
    copied = {m.dst if m.outward else m.src for m in movements if m.what == "copy"}
    if copied:
        where = namer.texts(sorted(copied, key=order), SHOWN)
        said.append(f"Look for what was copied to {where} before you clean it.")
    return " ".join(said) or None


def _floods(scene: Scene) -> str | None:
    if Kind.FLOOD not in scene.kinds:
        return None
    said = "Tell your provider: target, ports, rates and start time are on the card."
    if any(_invented(scene, parts) for parts in scene.hostile.values()):
        said += (
            " Do not block the flood's source addresses one by one, they are probably invented: "
            "filter by target and by what the packets have in common."
        )
    return said


def _interception(scene: Scene) -> str | None:
    if Kind.INTERCEPTION not in scene.kinds:
        return None
    return (
        "Find the switch port of the intercepting host by its Ethernet address and shut it; "
        "treat passwords that crossed this segment meanwhile as known."
    )


def _look_next(scene: Scene) -> str | None:
    gravest = min(scene.group.findings, key=lambda f: (-f.severity.rank, f.first_seen_time, f.id))
    return f"Look next: {gravest.look_next}" if gravest.look_next else None


def _invented(scene: Scene, parts: Sequence[Part]) -> bool:
    """Whether an end only takes part in a flood of many senders."""
    return all(p.kind is Kind.FLOOD for p in parts) and len(scene.hostile) >= 50
