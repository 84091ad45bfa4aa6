"""A letter: a mail, or a report in a file, taken apart and not yet judged."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something attached; it is never opened.

    Attributes:
        name: as the sender calls it (hostile text).
        media: type as the sender declares it.
        kind: type by its first bytes, or ``text``, or ``unknown``.
        sha256: of ``content``.
    """

    name: str
    media: str
    kind: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message and what stands in it. All of it is the sender's word.

    Attributes:
        format: ``mail``, ``msg`` or ``xarf``.
        headers: names in lower case and decoded values, in the order of the message.
        text: what a reader would see, HTML as plain text.
        links: targets of links that the text does not show.
        parts: what is attached.
        enclosed: letters in this one, e.g. the mail that is complained of.
        feedback: fields of a feedback report (RFC 5965), names in lower case.
        left_out: what was beyond the bounds or damaged, in words.
    """

    format: str
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    links: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    enclosed: tuple[Letter, ...] = ()
    feedback: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first header of a name; empty without."""
        return next((value for key, value in self.headers if key == name), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """All headers of a name, the uppermost (latest) first."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What a report in a machine's form says of one source; all of it the sender's word.

    Attributes:
        format: e.g. ``XARF 4``.
        reference: id of the report.
        organisation: that reports; ``contact`` is its mail address.
        kind: of abuse, in the report's words.
        source: address or name that is complained of; empty where it names none.
        destination: that was attacked.
        first: when it began, as written; ``last`` when it ended.
        urls: it names, and domains.
        sample: log lines or the like, as text.
    """

    format: str
    reference: str = ""
    organisation: str = ""
    contact: str = ""
    kind: str = ""
    source: str = ""
    source_port: int | None = None
    destination: str = ""
    destination_port: int | None = None
    protocol: str = ""
    first: str = ""
    last: str = ""
    urls: tuple[str, ...] = ()
    sample: str = ""
