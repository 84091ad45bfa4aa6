"""Actors and victims of an incident, named as fully as the evidence allows."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.addresses import HomeNets, order
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.identity import Identities
from netcordon.incidents.movement import Movement
from netcordon.incidents.queries import clock
from netcordon.incidents.scene import Part, Scene
from netcordon.model.incident import Party

MAX_PARTIES = 200
"""Actors, and victims, kept by incident; the card counts the rest."""

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
                f"{movement.bytes} bytes) from it at {clock(movement.time)}, before it first acted."
            )
            actors[movement.dst] = namer.party(movement.dst, "staging_server", why)
    ranked = sorted(actors.values(), key=lambda p: (_rank(p.role), order(p.ip)))
    return tuple(ranked[:MAX_PARTIES])


def find_victims(scene: Scene, namer: Namer, home: HomeNets) -> tuple[Party, ...]:
    """Everyone harmed: first the host it began with, then those taken, then those attempted."""
    zero, pivots = scene.patient_zero(home), scene.pivots()
    victims: dict[str, Party] = {}

    def add(ip: str, role: str, parts: Sequence[Part], lead: str = "") -> None:
        if ip not in victims:
            victims[ip] = namer.party(ip, role, lead + _why(parts))

    if zero:
        parts = [
            *scene.calls.get(zero, ()), *scene.taken.get(zero, ()), *scene.attacks.get(zero, ())
        ]  # fmt: skip
        add(zero, "patient_zero", _ordered(parts), "First of our hosts seen under control: ")
    for ip, parts in scene.taken.items():
        add(ip, "pivot" if ip in pivots else "victim", parts, "The attacker got in: ")
    for ip, parts in scene.calls.items():
        add(ip, "pivot" if ip in pivots else "victim", parts)
    # Mere targets of a scan are no victims where others were: the card lists them.
    only_scan = not victims and scene.kinds == {Kind.SCAN}
    for ip, parts in scene.targets.items():
        worth = [p for p in parts if p.kind is not Kind.SCAN]
        if worth or only_scan:
            add(ip, "target", worth or parts)
    order_of = {"patient_zero": 0, "pivot": 1, "victim": 2, "target": 3}
    ranked = sorted(victims.values(), key=lambda p: (order_of[p.role], order(p.ip)))
    return tuple(ranked[:MAX_PARTIES])


def _rank(role: str) -> int:
    return _SERVER_RANK.index(role) if role in _SERVER_RANK else len(_SERVER_RANK)


def _ordered(parts: Sequence[Part]) -> list[Part]:
    return sorted(parts, key=lambda p: (p.time, p.finding.id))


def _why(parts: Sequence[Part]) -> str:
    """The title of the gravest finding that put the address there."""
    gravest = min(parts, key=lambda p: (-p.finding.severity.rank, p.time, p.finding.id))
    return gravest.finding.title
