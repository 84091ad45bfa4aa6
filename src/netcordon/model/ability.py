"""Which commands a kind of device can express, declared once for refusals and documentation."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.model.command import Command, Direction, Refusal, Verb

_WORDS = {
    Verb.DENY: "deny",
    Verb.ALLOW: "allow; an exception belongs to the command that it narrows",
    Verb.CONTAIN: "isolate a host",
    Verb.REDIRECT: "redirect names",
    Verb.STOP: "end connections that are open",
    Verb.SET: "slow traffic down",
}
_STOPPING = (Verb.DENY, Verb.CONTAIN)


@dataclass(frozen=True, kw_only=True)
class Ability:
    """What a device can be told.

    Attributes:
        verbs: actions it can take.
        addresses: whether it can match networks at all.
        inside: whether it can match hosts of ours.
        families: of addresses.
        ports: whether it can match a responder's port.
        protocols: IP protocols it can match; ``None`` for all.
        names: whether it can match DNS names.
        ja4: whether it can match a client's fingerprint.
        one_way: whether it can tell who began a connection where no port says so.
        rejects: whether it can tell the sender that traffic was denied.
        exceptions: whether it can leave out networks from what it denies.
        counts: whether it tells how many packets matched.
    """

    verbs: tuple[Verb, ...] = _STOPPING
    addresses: bool = True
    inside: bool = True
    families: tuple[int, ...] = (4, 6)
    ports: bool = True
    protocols: tuple[str, ...] | None = None
    names: bool = False
    ja4: bool = False
    one_way: bool = True
    rejects: bool = False
    exceptions: bool = True
    counts: bool = False

    def lacks(self, command: Command) -> str | None:
        """What it would need and has not to express a well-formed command, in words."""
        target = command.target
        if command.verb not in self.verbs:
            return f"it cannot {_WORDS[command.verb]}"
        if command.refusal is Refusal.REJECT and not self.rejects:
            return "it cannot tell the sender that traffic is refused"
        if target.domain and not self.names:
            return "it does not see names"
        if target.ja4 and not self.ja4:
            return "it does not see fingerprints of TLS clients"
        if target.except_for and not self.exceptions:
            return "it cannot leave out networks from what it denies"
        return self._lacks_match(command)

    def _lacks_match(self, command: Command) -> str | None:
        target = command.target
        if not self.addresses and (target.inside or target.outside or not target.domain):
            return "it knows names only, not addresses"
        if not self.inside and target.inside:
            return "it cannot tell hosts of ours apart"
        if target.family is not None and target.family not in self.families:
            return f"it does not filter IPv{target.family}"
        if target.port is not None and not self.ports:
            return "it cannot tell ports apart"
        if target.protocol and self.protocols is not None and target.protocol not in self.protocols:
            return "it cannot tell this protocol apart"
        if command.direction is not Direction.BOTH and target.port is None and not self.one_way:
            return "without a port it cannot tell who began a connection"
        return None
