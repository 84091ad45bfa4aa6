"""What an actuator declares: which commands a kind of device can express, and how it says them.

An actuator is text in, text out: it opens no file, runs no program, reads no clock. What must be
run or sent is *said* as device calls; a transport does it. So every actuator can be tested without
its device, and judged by the device's own checker where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.command import Command, InForce
from netcordon.model.register import Boundary, EnforcementPoint


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where commands will hold, as far as a rule's text depends on it.

    Attributes:
        boundaries: of this enforcement point.
        never_block: networks that the rules themselves must leave out, in CIDR notation.
        case_id: stands in comments on the device.
    """

    point: EnforcementPoint
    boundaries: tuple[Boundary, ...]
    never_block: tuple[str, ...] = ()
    home_nets: tuple[str, ...] = ()
    case_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One thing to do at a device.

    Attributes:
        argv: program and arguments, run as they are, never through a shell.
        stdin: text the program reads.
        path: name of a file to put in place of its former self (with ``content``); relative to the
            directory that the transport was given.
        fine: exit statuses that mean success.
        sends: for devices reached by HTTPS: method, path and body; ``argv`` and ``path`` are empty.
    """

    argv: tuple[str, ...] = ()
    stdin: str = ""
    path: str = ""
    content: str | None = None
    fine: tuple[int, ...] = (0,)
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


@dataclass(frozen=True, kw_only=True)
class Actuator:
    """One kind of device.

    Attributes:
        title: what it is, for people.
        keeps_time: whether the device lets rules expire by itself.
        refuses: why the device cannot express a command; ``None`` when it can.
        render: commands that it can express, written so that applying twice is applying once.
        apply: calls that put the rendered text in force.
        revert: calls that take it back.
        cut: calls that end what is already open and would go on under the rules; empty where the
            rules themselves stop it.
        snapshot: calls whose output is the configuration, before and after.
        look: calls whose output ``read`` understands.
        read: what is in force, from the output of ``look`` at a time.
        check: the vendor's own checker, if there is one.
    """

    title: str
    keeps_time: bool
    refuses: Callable[[Command, Site], str | None]
    render: Callable[[Sequence[Command], Site], Rendered]
    apply: Callable[[Rendered, Site], Sequence[Call]]
    revert: Callable[[Rendered, Site], Sequence[Call]]
    cut: Callable[[Sequence[Command], Site], Sequence[Call]]
    snapshot: Callable[[Site], Sequence[Call]]
    look: Callable[[Site], Sequence[Call]]
    read: Callable[[str, Site, datetime], tuple[InForce, ...]]
    check: Check | None = None
