"""Options that several commands share, and values a person types."""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_WORKSPACE = "netcordon-case"

MOST_INPUT = 1 << 20
"""Bytes of a text that are read from standard input; no note is as long."""


def now() -> datetime:
    """The time of the machine, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place where the real clock comes in


def workspace_option(command: F) -> F:
    """``--workspace DIR``, also from the environment."""
    return click.option(
        "--workspace", "-w", metavar="DIR", type=click.Path(path_type=Path),
        default=DEFAULT_WORKSPACE, envvar="NETCORDON_WORKSPACE", show_default=True,
        show_envvar=True, help="Directory of the case; `investigate` makes it when missing.",
    )(command)  # fmt: skip


def case_option(command: F) -> F:
    """``--case ID``."""
    return click.option(
        "--case", "case_id", metavar="ID", help="The case [default: the latest open one]."
    )(command)


def json_option(command: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def text_or_input(text: str | None) -> str:
    """What was typed as an argument; ``-`` or nothing reads standard input.

    Bytes that are no UTF-8 are kept as escapes.

    Raises:
        click.UsageError: when there is no argument and standard input is a terminal.
    """
    if text is not None and text != "-":
        return text
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError("write the text as an argument, or pipe it in")
    return sys.stdin.buffer.read(MOST_INPUT).decode("utf-8", "backslashreplace")


class Moment(click.ParamType[datetime]):
    """A time in RFC 3339 or a date; without a zone it is UTC."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment in UTC."""
        if isinstance(value, datetime):
            return value
        text = re.sub(r"[zZ]$", "+00:00", str(value).strip())
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-11-21 or 2026-11-21T03:10:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Span(click.ParamType[int]):
    """A whole number of seconds, minutes or hours: ``60s``, ``5m``, ``1h``."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Seconds, from 5 to 3,600."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,3})([smh])", str(value))
        seconds = int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]] if found else 0
        if not 5 <= seconds <= 3600:
            self.fail(f"{value!r} is none; write 60s, 5m or 1h, from 5 s to an hour", param, ctx)
        return seconds


class Zone(click.ParamType[str]):
    """A zone of the IANA time zone database, by name."""

    name = "zone"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The name, when this system knows the zone."""
        text = str(value)
        if text == "UTC":
            return text
        try:
            return ZoneInfo(text).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{text!r} is no time zone, such as Europe/Vienna", param, ctx)


class Network(click.ParamType[str]):
    """A network in CIDR notation or a single address."""

    name = "cidr"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The network in canonical text."""
        try:
            return str(ipaddress.ip_network(str(value).strip(), strict=False))
        except ValueError:
            self.fail(f"{value!r} is no network; write 10.0.0.0/8 or 2001:db8::/32", param, ctx)
