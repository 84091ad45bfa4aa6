"""The programs' configuration, kept as files in `lab/conf` so that it can be read as what it is."""

from __future__ import annotations

import string
from pathlib import Path

from lab.cage import STATE

CONF = Path(__file__).resolve().parent / "conf"


class Conf(string.Template):
    """A template that leaves unknown `$names` alone: nginx and the shell have their own."""

    def filled(self, **values: object) -> str:
        """The text with our names filled in."""
        return self.safe_substitute({"state": STATE, **values})


def text(template: str, **values: object) -> str:
    """A template's text, filled in."""
    return Conf((CONF / template).read_text()).filled(**values)


def place(template: str, *, called: str = "", **values: object) -> Path:
    """Fill a template in and put it among the lab's state, under its own name or the one given."""
    return put(called or template, text(template, **values))


def put(name: str, content: str) -> Path:
    """Write one configuration file."""
    path = STATE / "conf" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path
