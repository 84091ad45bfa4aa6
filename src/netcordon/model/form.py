"""A form that somebody fills in for a caller, or for what network staff have seen themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.handling import TLP
from netcordon.model.intake import Channel


@dataclass(frozen=True, kw_only=True)
class Form:
    """What was filled in; checked by whoever asked for it.

    Attributes:
        what: was seen, in words.
        when: it was seen, as written; naive in ``zone``.
        attachments: name and content; hashed, never opened.
    """

    channel: Channel
    reporter: str
    what: str
    mail: str = ""
    when: datetime | None = None
    zone: str = "UTC"
    device: str = ""
    interface: str = ""
    counter: str = ""
    reference: str = ""
    due: datetime | None = None
    tlp: TLP | None = None
    attachments: Sequence[tuple[str, bytes]] = field(default_factory=tuple)
