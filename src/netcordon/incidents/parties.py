"""Actors and victims of an incident, named as fully as the evidence allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcordon.incidents.addresses import HomeNets, order
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.identity import Identities
from netcordon.incidents.movement import Movement
from netcordon.incidents.queries import clock
from netcordon.incidents.scene import Part, Scene
from netcordon.model.incident import Party
from netcordon.model.quantity import size_text

MAX_PARTIES = 200
"""Actors, and victims, kept by incident; the card counts the rest."""

FEW_TARGETS = 10
"""Addresses of a scan that are all told as its targets; of more, only those that answered."""

SERVER_ROLES = {
    Kind.COMMAND: "command_server",
    Kind.GENERATED_NAMES: "command_server",
    Kind.TUNNEL: "tunnel_endpoint",
    Kind.EXFILTRATION: "exfil_destination",
    Kind.DOWNLOAD: "staging_server",
    Kind.MINING: "mining_pool",
    Kind.SCAN: "scanner",
    Kind.FLOOD: "flood_source",
    Kind.INTERCEPTION: "interceptor",
}
"""What an end of the attacker is by what is done with it; anything else is an ``attacker``."""

_SERVER_RANK = (
    "command_server", "tunnel_endpoint", "exfil_destination", "attacker", "interceptor",
    "staging_server", "mining_pool", "flood_source", "scanner",
)  # fmt: skip
"""The role that is told when an end plays several."""


class Namer:
    """Says who an address was during one incident."""

    def __init__(self, identities: Identities, scene: Scene, home: HomeNets) -> None:
        self._identities = identities
        self._scene = scene
        self._home = home

    def party(self, ip: str, role: str, why: str) -> Party:
        """The address as a party."""
        who = self._identities.who(ip, self._scene.since, self._scene.until)
        return Party(
            ip=ip,
            mac=who.mac,
            name=who.name or self._name_in_findings(ip),
            user=who.user,
            role=role,
            why=why,
            internal=self._home.holds(ip),
        )

    def name(self, ip: str) -> str | None:
        """Its host name."""
        who = self._identities.who(ip, self._scene.since, self._scene.until)
        return who.name or self._name_in_findings(ip)

    def text(self, ip: str) -> str:
        """The address in a sentence: ``PC-042 (10.1.2.3, user alice)``."""
        return self._identities.who(ip, self._scene.since, self._scene.until).text()

    def short(self, ip: str) -> str:
        """Its name without the domain for a host of ours, the whole name of others."""
        who = self._identities.who(ip, self._scene.since, self._scene.until)
        return who.short() if self._home.holds(ip) else who.name or self.name(ip) or ip

    def user(self, ip: str) -> str | None:
        """The account seen on it."""
        return self._identities.who(ip, self._scene.since, self._scene.until).user

    def routes(self, ip: str) -> bool:
        """Whether it is a router's address, on which others depend."""
        return self._identities.routes(ip)

    def texts(self, ips: Sequence[str], at_most: int = 3) -> str:
        """Several of them: ``a, b and 4 more``."""
        shown = ", ".join(self.text(ip) for ip in ips[:at_most])
        return shown + (f" and {len(ips) - at_most} more" if len(ips) > at_most else "")

    def named(self, sentence: str, ips: Sequence[str]) -> str:
        """A sentence that begins with the only doer's address, with all that is known of him."""
        if len(ips) == 1 and sentence.startswith(f"{ips[0]} "):
            return self.text(ips[0]) + sentence[len(ips[0]) :]
        return f"{self.texts(ips)}: {sentence}" if ips else sentence

    def _name_in_findings(self, ip: str) -> str | None:
        """The name a finding gives an end of the attacker that has no other."""
        if self._home.holds(ip):
            return None
        names = {n for p in self._scene.hostile.get(ip, ()) for n in p.finding.dst_names} - {ip}
        return min(names) if len(names) == 1 else None


def server_role(parts: Sequence[Part]) -> str:
    """Role of an end of the attacker."""
    roles = {SERVER_ROLES.get(part.kind, "attacker") for part in parts}
    return min(roles, key=_SERVER_RANK.index)


def find_actors(scene: Scene, namer: Namer, downloads: Sequence[Movement]) -> tuple[Party, ...]:
    """Everyone who works for the attacker, the attacker's own servers first."""
    # A flood brings tens of thousands; only those that are told are looked up.
    roles = {ip: server_role(parts) for ip, parts in scene.hostile.items()}
    told = sorted(roles, key=lambda ip: (_rank(roles[ip]), order(ip)))[:MAX_PARTIES]
    actors = {ip: namer.party(ip, roles[ip], _why(scene.hostile[ip])) for ip in told}
    pivots = scene.pivots()
    for ip, parts in scene.attacks.items():
        if ip not in actors:
            role = "pivot" if ip in pivots else SERVER_ROLES.get(parts[0].kind, "attacker")
            actors[ip] = namer.party(ip, role, _why(parts))
    for movement in downloads:
        if movement.dst not in actors:
            why = (
                f"{movement.src} loaded a program ({movement.magic or 'by its name'}, "
                f"{size_text(movement.bytes)}) from it at {clock(movement.time)}, "
                "before it first acted."
            )
            server = namer.party(movement.dst, "staging_server", why)
            actors[movement.dst] = replace(server, name=server.name or movement.dst_name)
    ranked = sorted(actors.values(), key=lambda p: (_rank(p.role), order(p.ip)))
    return tuple(ranked[:MAX_PARTIES])


def find_victims(
    scene: Scene, namer: Namer, home: HomeNets, gathered: Sequence[Movement] = ()
) -> tuple[Party, ...]:
    """Everyone harmed: first the host it began with, then those taken, then those attempted.

    Args:
        scene: who did what.
        namer: says who they are.
        home: the organisation's networks.
        gathered: what entered hosts read from others of ours, who are no victims but lost data.
    """
    zero, pivots = scene.patient_zero(home), scene.pivots()
    victims: dict[str, Party] = {}

    def add(ip: str, role: str, parts: Sequence[Part], lead: str = "") -> None:
        if ip not in victims:
            victims[ip] = namer.party(ip, role, lead + _why(parts))

    if zero:
        # The reason is what shows control; what the host did with it stands in the story.
        parts = (
            scene.remote().get(zero)
            or [*scene.taken.get(zero, ()), *scene.attacks.get(zero, ())]
            or scene.calls[zero]
        )
        if scene.fell(zero):
            first = "First of our hosts seen " + ("under control" if scene.sure else "to do so")
        else:
            first = "The intruder acts from it; how he came to hold it was not seen"
        loaded = scene.loaded.get(zero)
        lead = f"It loaded a program at {clock(loaded)}; " if loaded else ""
        add(zero, "patient_zero", parts, f"{first}. {lead}")
    for ip, parts in scene.taken.items():
        add(ip, "pivot" if ip in pivots else "victim", parts, "The attacker got in: ")
    for ip, parts in scene.calls.items():
        add(ip, "pivot" if ip in pivots else "victim", parts)
    for movement in gathered:
        if movement.dst not in victims:
            why = f"{movement.src} read {size_text(movement.bytes)} from it after it was entered."
            victims[movement.dst] = namer.party(movement.dst, "data_source", why)
    # Mere targets of a scan are no victims where others were, nor where none of many answered: the
    # card lists them.
    only_scan = not victims and scene.kinds == {Kind.SCAN}
    for ip, parts in scene.targets.items():
        worth = [p for p in parts if p.kind is not Kind.SCAN]
        if worth or (only_scan and (len(scene.targets) <= FEW_TARGETS or _answered(ip, parts))):
            add(ip, "target", worth or parts)
    order_of = {"patient_zero": 0, "pivot": 1, "victim": 2, "data_source": 3, "target": 4}
    ranked = sorted(victims.values(), key=lambda p: (order_of[p.role], order(p.ip)))
    return tuple(ranked[:MAX_PARTIES])


def _answered(ip: str, parts: Sequence[Part]) -> bool:
    """Whether a scan says that the address answered (fact ``answering``)."""
    answers = (part.finding.facts.get("answering") for part in parts)
    return any(isinstance(said, (tuple, list)) and ip in said for said in answers)


def _rank(role: str) -> int:
    return _SERVER_RANK.index(role) if role in _SERVER_RANK else len(_SERVER_RANK)


def _why(parts: Sequence[Part]) -> str:
    """The title of the gravest finding that put the address there."""
    gravest = min(parts, key=lambda p: (-p.finding.severity.rank, p.time, p.finding.id))
    return gravest.finding.title
