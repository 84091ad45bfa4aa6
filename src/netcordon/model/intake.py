"""What people report: users, the help desk, network staff, outsiders and authorities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from netcordon.model.handling import TLP


class Channel(StrEnum):
    """By whom the matter came to notice."""

    USER = "user"
    HELPDESK = "helpdesk"
    STAFF = "staff"
    OUTSIDER = "outsider"
    AUTHORITY = "authority"


class Support(StrEnum):
    """What stands behind the sender that a report names."""

    VOUCHED = "vouched"
    CLAIMED = "claimed"
    CONTRADICTED = "contradicted"
    NOTHING = "nothing"
    TYPED = "typed"

    @property
    def meaning(self) -> str:
        """In words."""
        return _MEANINGS[self]


_MEANINGS = {
    Support.VOUCHED: "our own mail server checked it",
    Support.CLAIMED: "a header says that it was checked; nobody declared that server as ours",
    Support.CONTRADICTED: "the check of the sender FAILED",
    Support.NOTHING: "nothing supports it; anybody can write that name",
    Support.TYPED: "as told by whoever filled in the form",
}


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Who reports.

    Attributes:
        name: as given.
        mail: as given.
        organisation: as given.
        support: what stands behind ``mail``.
        why: the words of headers that say so, and what contradicts them.
    """

    name: str = ""
    mail: str = ""
    organisation: str = ""
    support: Support = Support.NOTHING
    why: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name to show; hostile text."""
        who = self.name or self.organisation
        return f"{who} <{self.mail}>" if who and self.mail else who or self.mail or "nobody named"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time as it was reported.

    Attributes:
        text: as written.
        time: in UTC; ``None`` where the text names no day or year.
        zone: as written, e.g. ``+01:00``; empty where the text names none.
        assumed: the zone it is read in then, e.g. that of the mail.
    """

    text: str
    time: datetime | None
    zone: str = ""
    assumed: str = ""


@dataclass(frozen=True, kw_only=True)
class Observable:
    """A fact that a report names.

    Attributes:
        type: as in ``WantedType``.
        value: in canonical form.
        is_ours: an address in the home networks, or a name of ours.
        role: ``source`` or ``destination`` where the report says so.
        place: where it stands, e.g. ``text``, ``XARF``, ``attachment 1``.
    """

    type: str
    value: str
    is_ours: bool = False
    role: str = ""
    place: str = "text"


@dataclass(frozen=True, kw_only=True)
class Attached:
    """Something attached, by its hash."""

    name: str
    media: str
    kind: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An observable that the evidence shows.

    Attributes:
        is_ours: it is one of ours itself; then its peers are not named.
        hosts: of ours that touched it, the first by rows, resolvers last.
        host_count: how many hosts there are in all.
        ways: how, in the words of hunts (``out``, ``in``, ``told``, ``own``).
    """

    type: str
    value: str
    is_ours: bool
    rows: int
    host_count: int
    hosts: tuple[str, ...]
    ways: tuple[str, ...]
    first_seen_time: datetime
    last_seen_time: datetime
    caution: str = ""


@dataclass(frozen=True, kw_only=True)
class Hunted:
    """What a look at all evidence gave.

    Attributes:
        searched: pieces of evidence; 0 when there was none yet.
        looked_for: observables.
    """

    time: datetime
    searched: int
    looked_for: int
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report before it is put on record.

    Attributes:
        format: ``form``, ``mail``, ``xarf 4``, ``arf``, the name of a provider's format, ...
        channel: by whom.
        reference: that the reporter gave.
        subject: in a line.
        text: in the reporter's words, cut to what is kept.
        device: on which something was seen, as told; likewise ``interface`` and ``counter``.
        written: when the reporter wrote it, as the report says.
        seen: when it happened, first and last.
        due: by when an answer is expected; ``due_why`` says who says so.
        tlp: marking of the sender.
        is_tlp_stated: the sender said so; else it is what we assume.
        concerns_us: a host of ours is reported as the source.
        path: where it was read from; empty for a form.
        sha256: of those bytes; of a form, of its fields.
        left_out: what could not be read.
    """

    format: str
    channel: Channel
    reporter: Reporter
    subject: str
    text: str
    reference: str = ""
    device: str = ""
    interface: str = ""
    counter: str = ""
    written: Moment | None = None
    seen: tuple[Moment, ...] = ()
    due: datetime | None = None
    due_why: str = ""
    tlp: TLP = TLP.AMBER
    is_tlp_stated: bool = False
    observables: tuple[Observable, ...] = ()
    attached: tuple[Attached, ...] = ()
    concerns_us: bool = False
    path: str = ""
    sha256: str = ""
    message_id: str = ""
    evidence_id: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A report on record.

    Attributes:
        id: ``intake-0001`` and on.
        time: when it was put on record, and by whom.
        again: later reports of the same matter by the same reporter, by SHA-256 and time.
        hunted: the latest look at the evidence; ``None`` when there was none.
        case_id: of the case it belongs to; empty while none.
        replied: when replies were drafted.
        closed: when; ``None`` while it is open.
    """

    id: str
    report: Report
    time: datetime
    author: str
    again: tuple[tuple[str, datetime], ...] = ()
    hunted: Hunted | None = None
    case_id: str = ""
    incident_id: str = ""
    replied: tuple[datetime, ...] = ()
    closed: datetime | None = None
    closed_by: str = ""
    outcome: str = ""

    def is_overdue(self, now: datetime) -> bool:
        """Whether the answer is late."""
        return self.closed is None and self.report.due is not None and self.report.due < now


HOURS = {
    Channel.USER: 24,
    Channel.HELPDESK: 8,
    Channel.STAFF: 8,
    Channel.OUTSIDER: 48,
    Channel.AUTHORITY: 24,
}
"""Until when an answer is due where nobody says so, hours."""


@dataclass(frozen=True, kw_only=True)
class IntakeRules:
    """What the organisation declares of reports.

    Attributes:
        domains: names of ours; mail from there is from a colleague once our server vouches for it.
        mail_servers: names under which our servers write ``Authentication-Results`` (RFC 8601).
        hours: until an answer is due, by channel.
    """

    domains: tuple[str, ...] = ()
    mail_servers: tuple[str, ...] = ()
    hours: Mapping[Channel, int] = field(default_factory=lambda: dict(HOURS))
