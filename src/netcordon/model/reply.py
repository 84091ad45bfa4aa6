"""A reply to somebody who reported."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.model.handling import TLP


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A draft; a person sends it.

    Attributes:
        to: mail address; empty where none can be used.
        warnings: what whoever sends it must know.
    """

    intake_id: str
    to: str
    subject: str
    text: str
    tlp: TLP
    in_reply_to: str
    warnings: tuple[str, ...]
