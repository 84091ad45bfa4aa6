"""The title of an incident: one plain sentence, behaviour first, short enough to read out."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.addresses import HomeNets, order
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.parties import Namer
from netcordon.incidents.scene import Part, Scene

LONGEST = 110
"""Characters of a title; what does not fit is left to the summary."""

NAME = 40
"""Characters of a name in a title; a hostile one can be long."""

_TRIES = (
    (Kind.DESTRUCTION, "destroys data"),
    (Kind.CONTROL, "interferes with control devices"),
    (Kind.LATERAL_MOVEMENT, "tries to enter others"),
    (Kind.EXPLOITATION, "exploits weaknesses"),
    (Kind.CREDENTIAL_THEFT, "steals credentials"),
    (Kind.BRUTE_FORCE, "guesses passwords"),
    (Kind.INTERCEPTION, "intercepts traffic"),
    (Kind.LOGIN, "logs in elsewhere"),
    (Kind.ACCOUNT_CHANGE, "changes accounts"),
    (Kind.EVASION, "covers its tracks"),
    (Kind.ADMINISTRATION, "changes rights, logs or data"),
    (Kind.COLLECTION, "gathers data"),
    (Kind.FLOOD, "floods"),
    (Kind.SCAN, "scans the network"),
    (Kind.ENUMERATION, "looks around"),
)
"""What a host does against others, the gravest first."""


def title(scene: Scene, namer: Namer, home: HomeNets) -> str:
    """What it is, in one line of at most ``LONGEST`` characters."""
    zero = scene.patient_zero(home)
    kinds = {p.kind for p in _acts(scene)}
    if not kinds:  # a flood from invented addresses, a card without an address: nobody to name
        drafts = [scene.group.findings[0].title]
    elif zero and (len(kinds) > 1 or len(scene.taken) > 1):
        drafts = [_intrusion(scene, namer, home, zero, full=full) for full in (True, False)]
    elif len(kinds) == 1:
        drafts = [_behaviour(scene, namer, next(iter(kinds)))]
    else:
        drafts = [_doings(scene, namer)]
    if any(f.facts.get("internal_source") for f in scene.group.findings):
        # A host of ours at a honeypot: that it is ours is the news.
        drafts = [f"Internal source: {drafts[0]}", *drafts]
    short = [draft for draft in drafts if len(draft) <= LONGEST]
    return short[0] if short else drafts[-1][: LONGEST - 1] + "…"


def _acts(scene: Scene) -> list[Part]:
    every = (scene.calls, scene.attacks, scene.hostile)
    return [part for parts in every for seen in parts.values() for part in seen]


def _intrusion(scene: Scene, namer: Namer, home: HomeNets, zero: str, *, full: bool) -> str:
    """``PC-042 (j.ortega) is under remote control; the intruder entered APP-01 and sent data``."""
    who = _name(namer, zero)
    user = namer.user(zero)
    if full and user:
        who += f" ({user[:NAME]})"
    sure = scene.sure
    if not scene.fell(zero):
        state = "acts for an intruder"
    elif zero not in scene.remote():
        state = "was entered"
    elif scene.only_loaded(zero):
        state = "loaded a suspicious file"
    else:
        state = "is under remote control" if sure else "may be under remote control"
    did: list[str] = []
    acts = {ip: parts for ip, parts in scene.attacks.items() if ip not in scene.his}
    entered = [ip for ip in sorted(scene.taken, key=order) if ip != zero and home.holds(ip)]
    others = [ip for ip in sorted(scene.remote(), key=order) if ip not in (zero, *entered)]
    if entered:
        did.append(f"entered {_names(namer, entered, 2 if full else 1)}")
    elif tried := [word for kind, word in _TRIES if kind in _kinds(acts)]:
        did.append(tried[0])
    if Kind.EXFILTRATION in _kinds(scene.calls):
        did.append("sent data out" if entered or not did else "sends data out")
    if others:
        state = state.replace("is ", "are ", 1).replace("was ", "were ", 1)
        who += f" and {len(others)} more host{'' if len(others) == 1 else 's'}"
    told = f"{who} {state}"
    if not did:
        return told
    if entered and not scene.fell(zero):
        return f"An intruder on {who} {' and '.join(did)}"
    return (
        f"{told}; {'the intruder' if entered or 'sent data out' in did else 'it'} "
        + " and ".join(did)
    )


def _behaviour(scene: Scene, namer: Namer, kind: Kind) -> str:
    """One kind of behaviour: what, from whom, against or to whom."""
    doers = sorted(scene.attacks, key=order) or sorted(scene.hostile, key=order)
    hosts = sorted(scene.calls, key=order)
    who, at = _names(namer, doers, 1), _names(namer, sorted(scene.targets, key=order), 1)
    against = f" against {at}" if scene.targets else ""  # logs of providers name no server
    us, end = _names(namer, hosts, 2), _end(scene, namer)
    sure = scene.sure
    several, many = len(doers) > 1, len(hosts) > 1
    finding = scene.group.findings[0]
    got_in = any(f.succeeded for f in scene.group.findings)
    service = str(finding.facts.get("service") or "").upper()[:NAME]
    protocol = "DNS" if scene.domains else (finding.protocol or "").upper()[:NAME]
    outcome = "successful" if got_in else "not successful as far as seen"
    told = {
        Kind.SCAN: f"Scan of {_counted(namer, scene.targets, 'addresses')} by {who}",
        Kind.ENUMERATION: f"{who} look{'' if several else 's'} around on {at}",
        Kind.BRUTE_FORCE: f"{service or 'Login'} password guessing from {who}{against}, {outcome}",
        Kind.LOGIN: f"Login from {who} to {at}",
        Kind.EXPLOITATION: f"Exploitation of {at} by {who}",
        Kind.CREDENTIAL_THEFT: f"{who} steal{'' if several else 's'} credentials from {at}",
        Kind.INTERCEPTION: (
            f"{who} {'put themselves' if several else 'puts itself'} between others and {at}"
        ),
        Kind.LATERAL_MOVEMENT: f"{who} move{'' if several else 's'} to {at}",
        Kind.COPY: f"{who} {'copy' if several else 'copies'} files to {at}",
        Kind.COLLECTION: f"{who} gather{'' if several else 's'} data from {at}",
        Kind.DOWNLOAD: f"{us} loaded a suspicious file from {end}",
        Kind.COMMAND: (
            f"{us} {'are' if many else 'is'} under remote control by {end}"
            if sure
            else f"{us} {'call' if many else 'calls'} {end} as a remote-controlled host would"
        ),
        Kind.GENERATED_NAMES: f"{us} {'search' if many else 'searches'} for a command server "
        "by generated names",
        Kind.TUNNEL: f"{protocol + ' t' if protocol else 'T'}unnel from {us} to {end}",
        Kind.EXFILTRATION: f"Suspicious transfer of data from {us} to {end}",
        Kind.MINING: f"{us} {'mine' if many else 'mines'} for {end}",
        Kind.FLOOD: f"Flood against {at} from {_counted(namer, _doers(scene), 'sources')}",
        Kind.DESTRUCTION: f"{who} destroy{'' if several else 's'} data on {at}",
        Kind.ACCOUNT_CHANGE: f"{who} change{'' if several else 's'} accounts on {at}",
        Kind.EVASION: (f"{who} {'cover their' if several else 'covers its'} tracks on {at}"),
        Kind.CONTROL: (f"{who} interfere{'' if several else 's'} with the control device {at}"),
    }.get(kind)
    return told or finding.title


def _doings(scene: Scene, namer: Namer) -> str:
    """Several kinds with nobody known to have fallen: who does what."""
    doers = sorted({*scene.attacks, *scene.hostile, *scene.calls}, key=order)
    attackers = sorted(scene.attacks, key=order) or sorted(scene.hostile, key=order) or doers
    did = [word for kind, word in _TRIES if kind in _kinds(scene.attacks) | _kinds(scene.hostile)]
    if Kind.EXFILTRATION in _kinds(scene.calls):
        did.append("sends data out")
    told = f"{_names(namer, attackers, 1)} {' and '.join(did[:3]) or 'acts unusually'}"
    if scene.targets and len(scene.targets) <= 2:
        told += f", against {_names(namer, sorted(scene.targets, key=order), 2)}"
    return told


def _doers(scene: Scene) -> dict[str, list[Part]]:
    return {**scene.hostile, **scene.attacks}


def _kinds(parts: dict[str, list[Part]]) -> frozenset[Kind]:
    return frozenset(p.kind for seen in parts.values() for p in seen)


def _end(scene: Scene, namer: Namer) -> str:
    """The attacker's end: the domain of a tunnel, a name, or an address."""
    if scene.domains and not scene.hostile:
        return _listed(sorted(scene.domains), 1)
    ends = sorted(scene.hostile, key=order)
    if any(p.kind is Kind.TUNNEL for ip in ends for p in scene.hostile[ip]) and scene.domains:
        return _listed(sorted(scene.domains), 1)
    return _names(namer, ends, 1)


def _name(namer: Namer, ip: str) -> str:
    return namer.short(ip)[:NAME]


def _names(namer: Namer, ips: Sequence[str], at_most: int) -> str:
    names = [_name(namer, ip) for ip in ips]
    # Machines cloned from one image share a name; their addresses tell them apart.
    told = [name if names.count(name) == 1 else ip for ip, name in zip(ips, names, strict=True)]
    return _listed(told, at_most) or "an unknown end"


def _listed(names: Sequence[str], at_most: int) -> str:
    """``a``, ``a and b``, ``a, b and 3 more``."""
    shown, left = [n[:NAME] for n in names[:at_most]], len(names) - at_most
    if left > 0:
        return f"{', '.join(shown)} and {left} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _counted(namer: Namer, parts: dict[str, list[Part]], word: str) -> str:
    ends = sorted(parts, key=order)
    return _names(namer, ends, 2) if len(ends) <= 2 else f"{len(ends)} {word}"
