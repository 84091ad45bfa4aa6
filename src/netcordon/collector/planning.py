"""What to turn on, where, and how to turn exactly that off again."""

from __future__ import annotations

import ipaddress
import re
from functools import cache

from netcordon.collector.shipped import shipped
from netcordon.model.logging_plan import LoggingStep

_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*\Z")
_MARK = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_ENDINGS = {"sh": "sh", "powershell": "ps1", "cli": "txt"}


class WrongValueError(ValueError):
    """A value that does not go into a configuration, and why."""


@cache
def platforms() -> dict[str, LoggingStep]:
    """Platform -> what to turn on, with places for the values."""
    found: dict[str, LoggingStep] = {}
    for name, said in shipped("plans"):
        found[name] = LoggingStep(
            platform=name, host="", ending=_ENDINGS[said["language"]], title=said["title"],
            system=said["system"], shows=said["shows"], cost=said["cost"], needs=said["needs"],
            before=said.get("before", ""), do=said["do"].lstrip("\n"),
            revert=said["revert"].lstrip("\n"), check=said["check"],
        )  # fmt: skip
    return found


def step(platform: str, *, host: str, receiver: str, port: int, mark: str) -> LoggingStep:
    """A step for one host, with its values.

    Args:
        platform: one of ``platforms``.
        host: the name it gives itself in its messages.
        receiver: name or address of the collector, as its certificate says it.
        port: where it listens.
        mark: names everything that is made, so that it can be found and removed.

    Raises:
        KeyError: there is no such platform.
        WrongValueError: a value would not be safe in a configuration.
    """
    plain = platforms()[platform]
    values = {
        "HOST": _end(host, "the host"),
        "RECEIVER": _end(receiver, "the receiver"),
        "PORT": str(port),
        "MARK": mark,
    }
    if not _MARK.match(mark):
        raise WrongValueError(f"the mark {mark!r} is no word of a-z, 0-9 and hyphens")

    def filled(text: str) -> str:
        return re.sub(r"@(HOST|RECEIVER|PORT|MARK)@", lambda m: values[m[1]], text)

    return LoggingStep(
        platform=platform, host=host, ending=plain.ending, title=plain.title, system=plain.system,
        shows=plain.shows, cost=plain.cost, needs=plain.needs, before=filled(plain.before),
        do=filled(plain.do), revert=filled(plain.revert), check=filled(plain.check),
    )  # fmt: skip


def _end(text: str, what: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if _NAME.match(text) and len(text) <= 253:
            return text
    raise WrongValueError(f"{what} {text!r} is no host name or address")
