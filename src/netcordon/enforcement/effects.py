"""What a dialogue asks for, and what it is told: the only door between deciding and doing.

A dialogue is a generator. It yields an effect, is sent the answer, and returns what came of it. It
touches no device, file or clock, so every order of answers, and a death at every place, can be
tried. What must survive a death it has saved before.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from netcordon.enforcement.device import Device
from netcordon.model.actuator import Call
from netcordon.model.command import Probe
from netcordon.model.enforced import Attempted


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a device said to a call.

    Attributes:
        ok: whether the call counts as done.
        text: its output, or the file that was read.
        error: why not, in words.
    """

    ok: bool
    text: str = ""
    error: str = ""


@dataclass(frozen=True)
class Ask:
    """Make calls at a device in order, up to the first that fails. Answer: their replies."""

    key: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Save:
    """Make a ledger durable before anything else happens."""

    device: Device


@dataclass(frozen=True)
class Keep:
    """Store a configuration. Answer: its SHA-256."""

    text: str


@dataclass(frozen=True)
class Kept:
    """Answer: a configuration that was stored, or ``None``."""

    digest: str


@dataclass(frozen=True)
class Arm:
    """Let a guard watch over a run. Answer: why there is none, or empty."""

    run: str


@dataclass(frozen=True)
class Attempt:
    """Make probes. Answer: what came of each."""

    probes: tuple[Probe, ...]


@dataclass(frozen=True)
class Now:
    """Answer: the time."""


Effect = Ask | Save | Keep | Kept | Arm | Attempt | Now
T = TypeVar("T")
Dialogue = Generator[Effect, Any, T]


def ask(key: str, calls: Sequence[Call]) -> Dialogue[tuple[Reply, ...]]:
    """Replies of the calls that were made; none when there is nothing to call."""
    if not calls:
        return ()
    replies: tuple[Reply, ...] = yield Ask(key, tuple(calls))
    return replies


def failed(replies: Sequence[Reply]) -> str | None:
    """Why the calls did not all succeed; ``None`` when they did."""
    return next((reply.error or "it says no" for reply in replies if not reply.ok), None)


def text_of(replies: Sequence[Reply]) -> str:
    """Everything that was said, one reply a line or more."""
    return "\n".join(reply.text for reply in replies)


def now() -> Dialogue[datetime]:
    """The time."""
    at: datetime = yield Now()
    return at


def keep(text: str) -> Dialogue[str]:
    """SHA-256 under which a configuration is stored."""
    digest: str = yield Keep(text)
    return digest


def kept(digest: str) -> Dialogue[str | None]:
    """A stored configuration."""
    text: str | None = yield Kept(digest)
    return text


def attempt(probes: Sequence[Probe]) -> Dialogue[tuple[Attempted, ...]]:
    """What came of each probe, in order."""
    if not probes:
        return ()
    made: tuple[Attempted, ...] = yield Attempt(tuple(probes))
    return made
