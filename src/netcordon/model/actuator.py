"""What an actuator declares: which commands a kind of device can express, and how it says them.

An actuator is text in, text out: it opens no file, runs no program, reads no clock. What must be
run or sent is *said* as device calls; a transport does it. So every actuator can be tested without
its device, and judged by the device's own checker where there is one.

What every device has in common is here: a command that is not well-formed, that the device cannot
express, or that it has no room for is refused in words before any text is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netcordon.model.ability import Ability
from netcordon.model.command import Command, InForce, Verb
from netcordon.model.leg import TooManyLegsError
from netcordon.model.register import Boundary, EnforcementPoint, transport_options
from netcordon.model.wellformed import is_address, is_case_id, is_within, malformed


class Others(StrEnum):
    """What becomes of lines that others wrote into the file of an actuator that writes it whole."""

    NONE = "none"
    """It writes no file."""
    KEPT = "kept"
    """They stay, behind ours."""
    REFUSED = "refused"
    """The file cannot hold both: nothing is written."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A command that is in force at the same enforcement point already, and stays."""

    case_id: str
    command: Command


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where commands will hold, as far as a rule's text depends on it.

    Attributes:
        boundaries: of this enforcement point.
        never_block: networks that must not be a target, in CIDR notation (``spared``).
        case_id: stands in comments on the device; commands are told apart by it and their id.
        standing: what is in force here already, of any case, without the commands in question.
            ``do`` adds to it, ``undo`` leaves it as it is.
        revision: of the device's rules, growing with every change; what carries a serial number
            (a DNS zone) gets it from here: ``do`` this one, ``undo`` the next.
    """

    point: EnforcementPoint
    boundaries: tuple[Boundary, ...]
    never_block: tuple[str, ...] = ()
    home_nets: tuple[str, ...] = ()
    case_id: str
    standing: tuple[Standing, ...] = ()
    revision: int = 1

    def option(self, name: str, default: str = "") -> str:
        """What the organisation says about this device."""
        return self.point.options.get(name, default)

    def families(self, command: Command) -> tuple[int, ...]:
        """Families that cross the boundary a command is meant for; both when it is not known."""
        known = {boundary.name: boundary.families for boundary in self.boundaries}
        return known.get(command.boundary, (4, 6))

    def spared(self, command: Command) -> tuple[str, ...]:
        """Networks that rules for a command must leave out.

        Its own exceptions, and what of the never-block list lies in a network that it names. Who is
        on that list is not made a target; an isolated host, or the attacker, is denied to all.
        """
        named = [end for end in (command.target.inside, command.target.outside) if end]
        protected = [
            network
            for network in self.never_block
            if not named or any(is_within(network, end) for end in named)
        ]
        return tuple(dict.fromkeys([*command.target.except_for, *protected]))

    def all_with(self, commands: Sequence[Command]) -> tuple[Standing, ...]:
        """What stands here together with more commands of this case, in a lasting order."""
        ours = [Standing(case_id=self.case_id, command=command) for command in commands]
        both = {(each.case_id, _number(each.command)): each for each in [*self.standing, *ours]}
        return tuple(both[key] for key in sorted(both))

    def rest(self, commands: Sequence[Command]) -> tuple[Standing, ...]:
        """What stands here besides some commands of this case, in a lasting order."""
        gone = {command.id for command in commands}
        return tuple(
            each
            for each in self.all_with(())
            if each.case_id != self.case_id or each.command.id not in gone
        )

    def of_case(self) -> tuple[Command, ...]:
        """Commands of this very case that stand here already."""
        return tuple(each.command for each in self.standing if each.case_id == self.case_id)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One thing to do at a device.

    With neither program, file nor request, ``stdin`` is typed at the device's own prompt.

    Attributes:
        argv: program and arguments, run as they are, never through a shell.
        stdin: text the program reads.
        path: name of a file to put in place of its former self, or, without ``content``, to read;
            relative to the directory that the transport was given.
        fine: exit statuses that mean success.
        unless: a program whose success means that the call is not needed.
        sends: for devices reached by HTTPS: method, path and body; ``argv`` and ``path`` are empty.
    """

    argv: tuple[str, ...] = ()
    stdin: str = ""
    path: str = ""
    content: str | None = None
    fine: tuple[int, ...] = (0,)
    unless: tuple[str, ...] = ()
    sends: tuple[str, str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Commands in the device's language.

    Attributes:
        do: the text a person can read and, where the device takes text, the device too.
        undo: takes back exactly what ``do`` put there.
        expressed: ids of the commands in the text, in order.
        refused: id -> why the device cannot say it, in words.
    """

    do: str
    undo: str
    expressed: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Check:
    """The vendor's own checker: a program that judges the text without putting it in force.

    Attributes:
        program: that must be installed.
        calls: made in an empty directory of their own, in order; all must succeed.
    """

    program: str
    calls: Callable[[Rendered, Site], Sequence[Call]]


def _nothing_more(command: Command, site: Site) -> str | None:  # noqa: ARG001
    return None


def _one_rule(command: Command, site: Site) -> int:  # noqa: ARG001
    return 1


def _no_claims(case_id: str, command: Command, site: Site) -> Sequence[int]:  # noqa: ARG001
    return ()


def _no_calls(commands: Sequence[Command], site: Site) -> Sequence[Call]:  # noqa: ARG001
    return ()


def _number(command: Command) -> int:
    return int(command.id.removeprefix("cmd-"))


def _spared(command: Command, site: Site) -> str | None:
    """Rules leave these networks out, so nothing of such a command would be left."""
    for end in (command.target.inside, command.target.outside):
        for network in (*command.target.except_for, *site.never_block) if end else ():
            if is_within(end, network):
                return f"{end} lies in {network}, which is to be left out"
    return None


def _effect(command: Command) -> tuple[object, ...]:
    """Equal for commands that a device could not tell apart; isolating a host is denying it all."""
    verb = Verb.DENY if command.verb is Verb.CONTAIN else command.verb
    return (verb, command.target, command.direction, command.refusal, command.packets_per_s)


@dataclass(frozen=True, kw_only=True)
class Actuator:
    """One kind of device.

    Attributes:
        title: what it is, for people.
        ability: what it can express, as far as that is the same at every site.
        keeps_time: whether the device lets rules expire by itself.
        write: commands that are not refused -> ``do`` and ``undo``. Applying twice is applying
            once; undoing some of several commands leaves the others.
        apply: calls that put the rendered text in force.
        revert: calls that take it back.
        snapshot: calls whose output is the configuration, before and after.
        look: calls whose output ``read`` understands.
        read: what of the site's case is in force, from the output of ``look`` at a time.
        refuses: why the device cannot express a command beyond its ``ability``.
        weighs: how many of the device's rules a command takes.
        claims: numbers on the device that are a command's of a case alone; no two commands get one.
        cut: calls that end what is already open and would go on under the rules; empty where the
            rules themselves stop it.
        checks: the vendors' own checkers, where there are any.
        others: what becomes of lines of others in the file it writes.
        idle: pattern of lines of that file that do nothing by themselves, and are nobody's.
        options: that it wants to know of a device, beside those of the transport.
        names_hosts: whether addresses of hosts are options too.
    """

    title: str
    ability: Ability
    keeps_time: bool
    write: Callable[[Sequence[Command], Site], tuple[str, str]]
    apply: Callable[[Rendered, Site], Sequence[Call]]
    revert: Callable[[Rendered, Site], Sequence[Call]]
    snapshot: Callable[[Site], Sequence[Call]]
    look: Callable[[Site], Sequence[Call]]
    read: Callable[[str, Site, datetime], tuple[InForce, ...]]
    refuses: Callable[[Command, Site], str | None] = _nothing_more
    weighs: Callable[[Command, Site], int] = _one_rule
    claims: Callable[[str, Command, Site], Sequence[int]] = _no_claims
    cut: Callable[[Sequence[Command], Site], Sequence[Call]] = _no_calls
    checks: tuple[Check, ...] = ()
    others: Others = Others.NONE
    idle: str = r"\s*(#.*)?"
    options: tuple[str, ...] = ()
    names_hosts: bool = False

    def unknown_option(self, point: EnforcementPoint) -> str | None:
        """What is wrong with the options of a device; a slip of the pen would else be a default."""
        known = (*self.options, *transport_options(point))
        for name in point.options:
            if name not in known and not (self.names_hosts and is_address(name)):
                there = ", ".join(sorted(known)) or "none"
                return f"{point.name} has an option {name!r} that nothing reads; known: {there}"
        return None

    def refusal(self, command: Command, site: Site) -> str | None:
        """Why the device cannot be told a command, in words; ``None`` when it can."""
        return self._refusal(command, site) or self._taken(command, site, self._claimed(site))

    def _refusal(self, command: Command, site: Site) -> str | None:
        if not is_case_id(site.case_id):
            return "the id of the case cannot stand in a rule"
        return (
            self.unknown_option(site.point)
            or malformed(command)
            or self.ability.lacks(command)
            or _spared(command, site)
            or self.refuses(command, site)
        )

    def _claimed(self, site: Site) -> dict[int, str]:
        """Number -> case and command that stands there."""
        claimed: dict[int, str] = {}
        for each in site.standing:
            try:
                numbers = self.claims(each.case_id, each.command, site)
            except TooManyLegsError:  # it stands from before more had to be spared
                continue
            claimed |= dict.fromkeys(numbers, f"{each.case_id} {each.command.id}")
        return claimed

    def _taken(self, command: Command, site: Site, claimed: Mapping[int, str]) -> str | None:
        mine = self.claims(site.case_id, command, site)
        if len(set(mine)) < len(mine):
            return "two of its rules would get the same number; give it another id"
        me = f"{site.case_id} {command.id}"
        owners = [claimed[number] for number in mine if claimed.get(number, me) != me]
        return f"a rule of it would get the number of {owners[0]}" if owners else None

    def _weight(self, command: Command, site: Site) -> int:
        try:
            return self.weighs(command, site)
        except TooManyLegsError:  # it stands from before more had to be spared
            return 1

    def render(self, commands: Sequence[Command], site: Site) -> Rendered:
        """Commands as text, in their order; what cannot be said is refused by id."""
        room = site.point.capacity
        if room is not None:
            room -= sum(self._weight(each.command, site) for each in site.standing)
        taken = {command.id: command for command in site.of_case()}
        same = {_effect(command): command.id for command in site.of_case()}
        claimed = self._claimed(site)
        expressed: list[Command] = []
        refused: dict[str, str] = {}
        for command in commands:
            if command in expressed:
                continue  # said twice is said once
            why = self._refusal(command, site) or self._taken(command, site, claimed)
            if why is None and taken.setdefault(command.id, command) != command:
                why = "another command of this case has the same id here"
            if why is None and (other := same.setdefault(_effect(command), command.id)):
                why = f"{other} does the same here" if other != command.id else None
            if why is None and room is not None:
                needed = self.weighs(command, site)
                if needed > room:
                    why = f"it takes {needed} rules, and {site.point.name} has room for {room}"
                else:
                    room -= needed
            if why is None:
                expressed.append(command)
                mine = self.claims(site.case_id, command, site)
                claimed |= dict.fromkeys(mine, f"{site.case_id} {command.id}")
            else:
                refused[command.id] = why
        do, undo = self.write(expressed, site) if expressed else ("", "")
        ids = tuple(command.id for command in expressed)
        return Rendered(do=do, undo=undo, expressed=ids, refused=refused)
