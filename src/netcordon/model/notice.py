"""Notices: what people who are affected are told to do and not to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netcordon.model.handling import TLP


class Audience(StrEnum):
    """Who reads a notice."""

    USERS = "users"
    HELPDESK = "helpdesk"
    ADMINS = "admins"
    MANAGEMENT = "management"
    PARTNER = "partner"


CLEARANCE = {
    Audience.USERS: TLP.GREEN,
    Audience.HELPDESK: TLP.AMBER_STRICT,
    Audience.ADMINS: TLP.AMBER_STRICT,
    Audience.MANAGEMENT: TLP.AMBER_STRICT,
    Audience.PARTNER: TLP.GREEN,
}
"""The most restricted marking each may read. TLP 2.0: AMBER+STRICT stays in the organisation, RED
with the persons present; everybody's inbox is no place for AMBER, a partner is none of us."""

LANGUAGES = ("en", "de", "fr")


def permits(clearance: TLP, marking: TLP) -> bool:
    """Whether somebody who may read ``clearance`` may read what is marked so."""
    order = list(TLP)
    return order.index(marking) <= order.index(clearance)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who could be told.

    Attributes:
        account: the name he logs in with; empty when not known.
        business_line: that he belongs to; empty for none.
    """

    name: str
    mail: str = ""
    account: str = ""
    business_line: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A draft; a person sends it.

    Attributes:
        id: ``notice-0001`` and on.
        tlp: marking of its text.
        business_lines: that it is for; empty where no line is known to be affected.
        left_out: who does not get it and why, for whoever sends it; never part of the text.
        warnings: likewise, what is missing.
    """

    id: str
    case_id: str
    incident_id: str
    audience: Audience
    language: str
    tlp: TLP
    subject: str
    text: str
    business_lines: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoticeRecord:
    """A notice as the journal knows it.

    Attributes:
        sha256: of its text.
        recipients: by name.
        read: name -> when somebody said that he had read it, in the order it was said.
    """

    id: str
    case_id: str
    incident_id: str
    audience: str
    language: str
    tlp: str
    subject: str
    sha256: str
    recipients: tuple[str, ...]
    time: datetime
    author: str
    read: tuple[tuple[str, datetime], ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """Who has not said so yet."""
        done = {name for name, _ in self.read}
        return tuple(name for name in self.recipients if name not in done)
