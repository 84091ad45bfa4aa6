"""From bytes that are handed in to a report: who, what, when, until when, and what it names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from netcordon.hunting.canonical import NotUnderstoodError, guessed
from netcordon.hunting.lists.markings import strictest, tag
from netcordon.ingest.letters.complaints import complaints, read_letter
from netcordon.ingest.letters.encoded import decoded
from netcordon.ingest.letters.moments import Setting, moment, moments, span
from netcordon.ingest.letters.xarf import xarf_json
from netcordon.intake.deadline import deadline
from netcordon.intake.observables import Ours, merged, observables, seen
from netcordon.intake.styles import style_of
from netcordon.intake.support import relay_octets, support
from netcordon.model.handling import TLP
from netcordon.model.hunt import Atom, WantedType
from netcordon.model.intake import (
    Attached,
    Channel,
    IntakeRules,
    Moment,
    Observable,
    Report,
    Reporter,
    Support,
)  # fmt: skip
from netcordon.model.letter import Complaint, Letter, Part

KEPT_TEXT = 8_000
"""Characters of the reporter's words that go on record."""
_LOOKED_AT = 128 << 10
_TLP = re.compile(r"\bTLP[ :_-]{1,2}(?:CLEAR|WHITE|GREEN|AMBER(?:\+STRICT)?|RED)\b", re.IGNORECASE)
_BRACKETED = re.compile(r"<(?P<mail>[^<>@\s]{1,64}@[^<>@\s]{1,253})>\s*\Z")
_BARE = re.compile(r"(?P<mail>[^<>@\s\"(),;:]{1,64}@[^<>@\s\"(),;:]{1,253})(?:\s*\([^()]*\))?\Z")
_READ_KINDS = ("text", "json", "html", "xml")
_MOST_READ = 20


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What is known beside the bytes.

    Attributes:
        now: when the report is put on record.
        rules: what the organisation declares.
        ours: tells own addresses and names apart.
        channel: by whom, where a person says so.
        tlp: marking, likewise.
    """

    now: datetime
    rules: IntakeRules
    ours: Ours
    channel: Channel | None = None
    tlp: TLP | None = None


def read_report(content: bytes, path: str, around: Circumstances) -> Report:
    """Read a report from a file; never raises on bytes.

    Args:
        content: a mail, or a report in XARF.
        path: where it was read from, to be told.
        around: what is known beside.
    """
    letter = read_letter(content)
    found = complaints(letter)
    text = "\n".join(filter(None, (letter.text, *letter.links, *(c.sample for c in found[:20]))))
    looked_at = text[:_LOOKED_AT]
    reporter = _reporter(letter, found, around)
    style, reference = style_of(letter, reporter.mail)
    written = _written(letter, found)
    at = written.time if written and written.time and written.time <= around.now else around.now
    here = Setting(written=at, zone=written.zone if written else "")
    channel = around.channel or _channel(reporter, bool(found or style), around.rules)
    due, due_why = deadline(looked_at, here, channel, around.rules)
    tlp, is_stated = _tlp(letter.header("subject") + "\n" + looked_at, around)
    named = merged(
        (
            _of_complaints(found, around.ours),
            observables(looked_at, around.ours),
            *_of_parts(letter, around.ours),
            *_of_enclosed(letter, around.ours),
        )
    )
    named = tuple(one for one in named if not _is_reporter(one, reporter))
    return Report(
        format=found[0].format if found else style or letter.format,
        channel=channel,
        reporter=reporter,
        reference=(found[0].reference if found else "") or reference,
        subject=(letter.header("subject") or _title(found))[:300],
        text=(letter.text.strip() or text.strip())[:KEPT_TEXT],
        written=written,
        seen=_seen(found, looked_at, here),
        due=due,
        due_why=due_why,
        tlp=tlp,
        is_tlp_stated=is_stated,
        observables=named,
        attached=()
        if letter.format == "xarf"
        else tuple(_attached(part) for part in _all_parts(letter)),
        concerns_us=_concerns_us(named, channel),
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        message_id=letter.header("message-id").strip("<> ")[:300],
        left_out=letter.left_out,
    )


def _reporter(letter: Letter, found: tuple[Complaint, ...], around: Circumstances) -> Reporter:
    name, mail = _mailbox(letter.header("from"))
    says = found[0] if found else Complaint(format="")
    if letter.format == "xarf":
        alone = ("a file without a mail around it",)
        return Reporter(organisation=says.organisation, mail=says.contact.lower(), why=alone)
    stands, why = support(letter, mail, around.rules.mail_servers)
    return Reporter(
        name=name, mail=mail, organisation=says.organisation[:200], support=stands, why=why
    )


def _mailbox(value: str) -> tuple[str, str]:
    """Name and address of a header; the address is empty where it is none.

    The parser of the standard library is not asked: comments within comments cost it the stack.
    """
    shown = value[:1000].strip()
    found = _BRACKETED.search(shown) or _BARE.match(shown)
    if not found:
        return shown[:200], ""
    name = shown[: found.start()].strip().strip("\"'").strip()
    return name[:200], found["mail"].lower()


_DESKS = frozenset(("abuse", "cert", "csirt", "noc"))
"""Mailboxes that networks keep for each other (RFC 2142, and teams of FIRST): no user's."""


def _channel(reporter: Reporter, is_complaint: bool, rules: IntakeRules) -> Channel:
    """Where nobody says: who writes from our domain, vouched for, is a colleague."""
    domain = reporter.mail.rpartition("@")[2]
    own = any(domain == name or domain.endswith(f".{name}") for name in rules.domains)
    if own:
        return Channel.USER if reporter.support is not Support.CONTRADICTED else Channel.OUTSIDER
    desk = reporter.mail.partition("@")[0] in _DESKS
    return Channel.OUTSIDER if is_complaint or rules.domains or desk else Channel.USER


def _written(letter: Letter, found: tuple[Complaint, ...]) -> Moment | None:
    said = letter.header("date") or (found[0].first if found else "")
    return moment(said) if said else None


def _seen(found: tuple[Complaint, ...], text: str, here: Setting) -> tuple[Moment, ...]:
    told = [m for c in found for part in (c.first, c.last) if (m := moment(part, here))]
    return span(told or moments(text, here))


def _tlp(text: str, around: Circumstances) -> tuple[TLP, bool]:
    if around.tlp is not None:
        return around.tlp, True
    # TLP 1 knew WHITE, and people write blanks for the colon.
    said = (re.sub(r"[ :_-]{1,2}", ":", found[0], count=1) for found in _TLP.finditer(text))
    marking, _ = strictest(filter(None, map(tag, said)))
    return (TLP(marking), True) if marking else (TLP.AMBER, False)


def _of_complaints(found: tuple[Complaint, ...], ours: Ours) -> list[Observable]:
    out: list[Observable] = []
    for one in found:
        for text, role in (
            (one.source, "source"), (one.destination, "destination"), *((u, "") for u in one.urls)
        ):  # fmt: skip
            try:
                atoms = guessed(text)
            except NotUnderstoodError:
                continue
            out += [seen(atom, ours, one.format, role) for atom in atoms]
    return out


def _of_parts(letter: Letter, ours: Ours) -> Iterator[list[Observable]]:
    """Texts that are attached; programs and documents stay closed, their hashes are named."""
    for number, part in enumerate(_all_parts(letter)[:_MOST_READ], 1):
        place = f"attachment {number}"
        if xarf_json(part.content) is not None:
            continue  # read already, field by field
        if part.kind in _READ_KINDS:
            yield observables(decoded(part.content[:_LOOKED_AT], "utf-8"), ours, place)
        elif part.content:
            yield [seen(Atom(WantedType.SHA256, part.sha256), ours, place)]


def _of_enclosed(letter: Letter, ours: Ours) -> Iterator[list[Observable]]:
    """The mail that is complained of, or was forwarded: its text, links, and who sent it."""
    for one in _inner(letter):
        said = [one.header(name) for name in ("from", "reply-to", "return-path", "subject")]
        relays = [ip for value in one.all_headers("received")[:3] for ip in relay_octets(value)]
        text = "\n".join((*said, *relays, one.text[:_LOOKED_AT], *one.links))
        yield observables(text, ours, "enclosed mail")


def _inner(letter: Letter) -> list[Letter]:
    out: list[Letter] = []
    waiting = list(letter.enclosed)
    while waiting and len(out) < _MOST_READ:
        one = waiting.pop(0)
        out.append(one)
        waiting += one.enclosed
    return out


def _all_parts(letter: Letter) -> list[Part]:
    return [part for one in (letter, *_inner(letter)) for part in one.parts]


def _attached(part: Part) -> Attached:
    return Attached(
        name=part.name, media=part.media[:100], kind=part.kind, bytes=len(part.content),
        sha256=part.sha256,
    )  # fmt: skip


def _is_reporter(one: Observable, reporter: Reporter) -> bool:
    return one.type == "mail" and one.value == reporter.mail and not one.role


def _concerns_us(named: tuple[Observable, ...], channel: Channel) -> bool:
    """Whether an outsider complains of a host of ours."""
    if channel not in (Channel.OUTSIDER, Channel.AUTHORITY):
        return False
    roles = [one for one in named if one.role == "source"]
    return any(one.is_ours for one in roles or named if one.type in ("address", "domain"))


def _title(found: tuple[Complaint, ...]) -> str:
    return f"{found[0].kind}: {found[0].source}" if found else "without a subject"
