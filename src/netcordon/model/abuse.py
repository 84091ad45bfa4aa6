"""An outside source and what it did, as a stranger may be told; and who is to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AbuseMatter:
    """What a provider needs to find his customer, and nothing of ours beyond.

    Attributes:
        source: address the report is about.
        name: of the source, where one was seen; hostile text.
        role: what it was to us, e.g. ``command_server``.
        attacks_us: it opened the connections; else hosts of ours called it.
        source_port: a port it used, of the first line.
        destination_ip: of ours, only when it is declared publishable.
        url: fetched from it, empty when none is known.
        heading: names the columns of ``lines``.
        lines: connections, times in UTC.
    """

    source: str
    name: str
    role: str
    attacks_us: bool
    techniques: tuple[str, ...]
    description: str
    confidence: float
    first_seen: datetime
    last_seen: datetime
    protocol: str
    source_port: int | None
    destination_ip: str
    destination_port: int | None
    url: str
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AbuseContact:
    """Where complaints about an address go.

    Attributes:
        network: what the contact answers for, in CIDR notation, or a domain.
        source: the file that says so, and where in it.
        dated: when that was last changed, as it says; empty where it does not.
    """

    network: str
    mail: str
    source: str
    dated: str


@dataclass(frozen=True, kw_only=True)
class AbuseDraft:
    """One report to one provider; a person sends it.

    Attributes:
        id: ``abuse-0001`` and on.
        contact: ``None`` when no file names one.
        xarf: the report as JSON text.
        text: the mail.
        lines: how many connections it shows, of ``recorded``.
        warnings: what whoever sends it must know.
    """

    id: str
    case_id: str
    incident_id: str
    source: str
    contact: AbuseContact | None
    subject: str
    text: str
    xarf: str
    lines: int
    recorded: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AbuseRecord:
    """A draft as the journal knows it.

    Attributes:
        sent: when somebody said that it was sent; ``None`` before.
        reference: that the provider gave.
    """

    id: str
    case_id: str
    source: str
    mail: str
    sha256: str
    time: datetime
    author: str
    sent: datetime | None = None
    reference: str = ""
