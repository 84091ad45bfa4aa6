"""What happened, in a few sentences: who fell to whom, what was entered, as whom, what left."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.addresses import HomeNets, order
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import clock
from netcordon.incidents.scene import REMOTE, Scene
from netcordon.incidents.story import kill_chain
from netcordon.model.incident import Step
from netcordon.model.quantity import count_text

SHOWN = 3
"""Hosts and ends named by sentence; the parties are listed whole."""

ACCOUNT = 60
"""Characters of an account; a hostile one can be long."""


def summary(scene: Scene, steps: Sequence[Step], namer: Namer, home: HomeNets) -> str:
    """What happened, in a few sentences.

    Args:
        scene: who did what.
        steps: the story.
        namer: says who they are.
        home: the organisation's networks.
    """
    founding = {f.id for f in scene.group.findings}
    told = [s for s in steps if s.finding_id in founding]
    last = max(told, key=lambda s: (s.end_time, s.time))
    zero = scene.patient_zero(home)
    if zero is None:
        sentences = [f"It begins at {clock(told[0].time)} UTC: {told[0].text}"]
    else:
        sentences = [_fall(scene, namer, zero), *_reached(scene, namer, home, zero)]
    if Kind.EXFILTRATION in scene.kinds:
        where = _ends(scene, namer, frozenset({Kind.EXFILTRATION}))
        sentences.append(f"Data left the network{f' for {where}' if where else ''}.")
    accounts = sorted(
        {a[:ACCOUNT] for f in scene.group.findings if f.succeeded for a in f.accounts}
    )
    if accounts and zero is not None:
        more = f" and {len(accounts) - SHOWN} more" if len(accounts) > SHOWN else ""
        word = "Account" if len(accounts) == 1 else "Accounts"
        sentences.append(f"{word} used: {', '.join(accounts[:SHOWN])}{more}.")
    if len(told) > 1 or zero is not None:
        sentences.append(f"The last of it seen ends at {clock(last.end_time)} UTC.")
    tactics = kill_chain(steps, scene.group.findings)
    if len(tactics) > 1:
        sentences.append(f"Seen of the kill chain: {', '.join(tactics)}.")
    weaker = len(scene.group.context)
    if weaker:
        sentences.append(
            f"{count_text(weaker, 'weaker observation')} on these hosts and ends "
            f"{'is' if weaker == 1 else 'are'} listed under findings."
        )
    return " ".join(sentences)


def _fall(scene: Scene, namer: Namer, zero: str) -> str:
    """How the first host came into the intruder's hand."""
    who = namer.text(zero)
    if not scene.fell(zero):
        since = clock(scene.onset(zero))
        return (
            f"The intruder acts from {who} since {since} UTC; how he came to hold it was not seen."
        )
    entered = scene.taken.get(zero)
    calls = scene.remote().get(zero)
    sentence = ""
    if entered:
        by = namer.texts(list(dict.fromkeys(b for p in entered for b in p.by)), SHOWN)
        sentence = f"{who} was entered at {clock(entered[0].time)} UTC by {by}. "
        who = "It"
    servers = _ends(scene, namer, REMOTE, zero)
    if calls and scene.only_loaded(zero):
        sentence = (
            f"{who} loaded a suspicious file at {clock(calls[0].time)} UTC"
            f"{f' from {servers}' if servers else ''}; whether it ran was not seen."
        )
    elif calls:
        loaded = scene.loaded.get(zero)
        sentence += (
            f"{who} {'is' if scene.sure else 'may be'} under remote control since "
            f"{clock(min(p.time for p in calls))} UTC{f' by {servers}' if servers else ''}"
        )
        if loaded:
            sentence += f"; it had loaded a program at {clock(loaded)} UTC"
        sentence += "."
    return sentence.strip()


def _reached(scene: Scene, namer: Namer, home: HomeNets, zero: str) -> list[str]:
    """What else of ours the intruder holds."""
    entered = sorted(
        (ip for ip in scene.taken if ip != zero and home.holds(ip)),
        key=lambda ip: (scene.taken[ip][0].time, order(ip)),
    )
    said: list[str] = []
    if entered:
        named = [f"{namer.text(ip)} at {clock(scene.taken[ip][0].time)} UTC" for ip in entered]
        more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
        said.append(f"The intruder entered {', '.join(named[:SHOWN])}{more}.")
    involved = {*scene.controlled, *scene.taken} - {zero, *entered} - scene.his
    others = sorted((ip for ip in involved if home.holds(ip)), key=order)
    if others:
        word = "host of ours is" if len(others) == 1 else "hosts of ours are"
        said.append(f"{len(others)} more {word} involved: {namer.texts(others, SHOWN)}.")
    return said


def _ends(scene: Scene, namer: Namer, kinds: frozenset[Kind], caller: str | None = None) -> str:
    """The attacker's ends of some kind; a tunnel's domain where there is none."""
    ips = [
        ip
        for ip, parts in sorted(scene.hostile.items(), key=lambda pair: order(pair[0]))
        if any(p.kind in kinds and (caller is None or caller in p.by) for p in parts)
    ]
    return namer.texts(ips, SHOWN) if ips else ", ".join(sorted(scene.domains)[:SHOWN])
