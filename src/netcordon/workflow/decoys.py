"""Decoys: make marked copies, list and retire them, and name the copy a found file was."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from netcordon.casefile.decoys import DecoyBook, decoy_key, keep_script, kept_script
from netcordon.casefile.workspace import effective_user, open_workspace
from netcordon.decoys import code
from netcordon.decoys.blocks import Template
from netcordon.decoys.formats import FORMATS, OF_KIND, written
from netcordon.decoys.keeping import script_bytes, script_from
from netcordon.decoys.marking import copy_bits, marked
from netcordon.decoys.opening import UnreadableError, opened
from netcordon.decoys.reading import NoTemplateError, shipped, shipped_template, template_of
from netcordon.decoys.slots import PLACEHOLDER, Script, script_of
from netcordon.decoys.tracing import Found, Known, trace
from netcordon.errors import UsageError
from netcordon.model.decoy import DecoyBatch, DecoyCopy, Trace
from netcordon.model.quantity import rfc3339
from netcordon.reporting.visible import csv_cell
from netcordon.workflow.looking import noted
from netcordon.workflow.new_folder import NewFolder
from netcordon.workflow.typed import PERSON, said

Clock = Callable[[], datetime]

MOST_COPIES = 1_000
HANDOUT = "HANDOUT.csv"
"""Which file goes to whom; it stays with whoever hands the copies out."""


@dataclass(frozen=True, kw_only=True)
class DecoyRequest:
    """What copies are wanted.

    Attributes:
        template: name of a document that ships, or path of one's own.
        copies: how many; ``None`` for one a recipient.
        recipients: one copy each.
        places: where copies are put; they take turns.
        format: ``None`` for the first that the template can become.
        domain: of one's own; empty takes the declared one.
    """

    template: str
    copies: int | None = None
    recipients: Sequence[str] = ()
    places: Sequence[str] = ()
    format: str | None = None
    domain: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A batch, where it lies, and what its maker must know."""

    batch: DecoyBatch
    folder: Path
    warnings: tuple[str, ...]


def templates() -> dict[str, str]:
    """Documents that ship: name -> first line."""
    return shipped()


def make(workspace: Path, request: DecoyRequest, folder: Path, *, clock: Clock) -> Made:
    """Write marked copies into a new folder and record them; all or none.

    Raises:
        UsageError: NC-901 the request or the template cannot be used, NC-701 the folder is taken.
        WorkspaceError: NC-902 the key cannot be used.
    """
    template = _with_place_for_token(_template(request.template))
    format_ = request.format or OF_KIND[template.kind][0]
    if format_ not in OF_KIND[template.kind]:
        raise _wrong(
            f"a {template.kind} becomes {', '.join(OF_KIND[template.kind])}, not {format_}"
        )
    who = _who(request)
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened_:
        domain = request.domain.lower().rstrip(".") or opened_.config.decoy_domain
        target = NewFolder(folder)
        try:
            with opened_.journal.alone():
                key = decoy_key(opened_.path, create=True)
                batch_id = opened_.decoys.next_id()
                script = script_of(template.blocks, FORMATS[format_], key, batch_id)
                batch = DecoyBatch(
                    id=batch_id, title=template.name, format=format_, key_id=code.key_id(key),
                    script_sha256=keep_script(opened_.path, batch_id, script_bytes(script)),
                    layers={layer: script.bits(layer) for layer in FORMATS[format_]},
                    copies=(), time=clock(), author=effective_user(),
                )  # fmt: skip
                copies = [
                    _copy(target, template, script, batch, key, number, whose, domain)
                    for number, whose in enumerate(who, 1)
                ]
                batch = replace(batch, copies=tuple(copies))
                _hand_out(target, batch)
                target.finish()
                opened_.decoys.add(batch)
            target.keep()
        finally:
            target.close()
    return Made(batch=batch, folder=folder, warnings=_warnings(batch, domain))


def batches(workspace: Path, *, clock: Clock) -> tuple[DecoyBatch, ...]:
    """All batches, oldest first.

    Raises:
        WorkspaceError: when there is no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened_:
        return opened_.decoys.all()


def touches(workspace: Path, *, clock: Clock) -> tuple[tuple[str, str, str], ...]:
    """Copy, time (RFC 3339) and what happened, of everything that touched a decoy."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened_:
        return tuple(
            (entry.subject, rfc3339(entry.time), str(entry.payload["what"]))
            for entry in opened_.decoys.touches()
        )


def retire(workspace: Path, wanted: str, reason: str, *, clock: Clock) -> tuple[str, ...]:
    """End the watch over a copy or a whole batch; the ids of the copies.

    Raises:
        UsageError: NC-801 the reason is missing, NC-904 there is no such copy on watch.
    """
    reason = said(reason, "the reason")
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened_:
        found = [
            copy.id for batch in opened_.decoys.all() for copy in batch.watched
            if wanted in (batch.id, copy.id)
        ]  # fmt: skip
        if not found:
            raise UsageError(
                "NC-904",
                f"There is no decoy {wanted!r} on watch.",
                "it was retired, or none is called so",
                "netcordon decoy list",
            )
        opened_.decoys.retire(found, reason)
    return tuple(found)


def trace_file(workspace: Path, name: str, content: bytes, *, clock: Clock) -> tuple[Trace, str]:
    """Name the copy that a file was, and why the journal does not know of it (else empty).

    Raises:
        UsageError: NC-905 the file cannot be read, NC-904 there are no decoys.
        WorkspaceError: NC-902, NC-903 the key or a text cannot be used.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened_:
        book = opened_.decoys.all()
        if not book:
            raise UsageError(
                "NC-904",
                "There are no decoys to compare with.",
                "none was made in this workspace",
                "netcordon decoy make --help, or name the workspace with -w",
            )
        key = decoy_key(opened_.path, create=False)
        known = [Known(batch, script_from(kept_script(opened_.path, batch))) for batch in book]
    try:
        file = opened(content)
    except UnreadableError as error:
        raise UsageError(
            "NC-905",
            f"{name!r} cannot be read.",
            str(error),
            "save its text as a .txt file and trace that",
        ) from error
    found = Found(
        name=name, sha256=hashlib.sha256(content).hexdigest(), format=file.format, text=file.text,
        properties=file.properties,
    )  # fmt: skip
    result = trace(found, known, key)
    why = noted(workspace, clock, lambda journal: DecoyBook(journal).note_trace(result))
    return result, why or ""


def _template(name: str) -> Template:
    if name in shipped():
        return shipped_template(name)
    try:
        content = Path(name).read_bytes()
        return template_of(Path(name).name, content)
    except OSError as error:
        why = f"{error.strerror or error}; those that ship: {', '.join(shipped())}"
        raise _wrong(f"{name!r} cannot be read: {why}") from error
    except NoTemplateError as error:
        raise _wrong(f"{name!r} cannot be marked: {error}") from error


def _with_place_for_token(template: Template) -> Template:
    """The template, with a line or a row for the token when it names no place for one."""
    if any(PLACEHOLDER.search(block) for block in template.blocks):
        return template
    if template.kind == "prose":
        line = "Current version: {{url}}. Questions to {{mail}}."
        return replace(template, blocks=(*template.blocks, line))
    width = template.widths[-1]
    row = ["{{mail}}", "{{host}}", *[""] * (width - 2)][:width]
    return replace(
        template, blocks=(*template.blocks, *row), widths=(*template.widths, width)
    )  # fmt: skip


def _who(request: DecoyRequest) -> list[tuple[str, str]]:
    """Recipient and place of each copy."""
    people = [said(person, "the recipient", PERSON) for person in request.recipients]
    places = [said(place, "the place", PERSON) for place in request.places]
    count = request.copies if request.copies is not None else len(people) or len(places)
    if not people and not places:
        raise _wrong("nobody is to get them: name recipients with --for or a place with --place")
    if people and count != len(people):
        raise _wrong(f"{count} copies for {len(people)} recipients: each gets one of his own")
    if not 1 <= count <= MOST_COPIES:
        raise _wrong(f"{count} copies; between 1 and {MOST_COPIES:,} are made at once")
    return [
        (people[n] if people else "", places[n % len(places)] if places else "")
        for n in range(count)
    ]


def _copy(
    target: NewFolder, template: Template, script: Script, batch: DecoyBatch, key: bytes,
    number: int, whose: tuple[str, str], domain: str,
) -> DecoyCopy:  # fmt: skip
    token = code.token(key, batch.id, number)
    host = f"fs-{token}.{domain}" if domain else f"fs-{token}"
    mail = f"desk-{token}@{domain}" if domain else ""
    own = {"host": host, "mail": mail or f"desk-{token}", "url": f"https://{host}/",
           "reference": token.upper()}  # fmt: skip
    blocks = marked(script, copy_bits(key, batch.id, number, batch.layers), own)
    properties = code.metadata_id(key, batch.id, number)
    content = written(batch.format, template, blocks, metadata_id=properties, time=batch.time)
    part = target.part()
    part.write(content)
    name = f"{_file_stem(template.name)}-{number:03d}.{batch.format}"
    return DecoyCopy(
        id=f"{batch.id}-{number:03d}", number=number, recipient=whose[0], place=whose[1],
        file=name, sha256=part.keep_as(name), token=token, host=host, mail=mail,
        metadata_id=properties,
    )  # fmt: skip


def _file_stem(name: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in name)
    return kept.strip("-")[:60] or "document"


def _hand_out(target: NewFolder, batch: DecoyBatch) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "recipient", "place", "copy", "sha256"])
    for copy in batch.copies:
        shown = [csv_cell(text) for text in (copy.recipient, copy.place)]
        writer.writerow([copy.file, *shown, copy.id, copy.sha256])
    part = target.part()
    part.write(out.getvalue().encode())
    part.keep_as(HANDOUT)


def _warnings(batch: DecoyBatch, domain: str) -> tuple[str, ...]:
    """What the marks of this batch cannot do."""
    needed = 14 + len(batch.copies).bit_length() + 3  # 1 in 10,000, over copies and tests
    lasting = batch.layers.get("words", 0) + batch.layers.get("numbers", 0)
    out = []
    if lasting < needed:
        out.append(
            f"Only {lasting} bits lie in words and numbers, which survive retyping and plain text; "
            f"{needed} are needed to name one of {len(batch.copies)}. Use a longer text."
        )
    if not domain:
        out.append(
            "No domain is declared: the names in the copies are bare, and mail to them goes "
            "nowhere. Set [decoy] domain in netcordon.toml, or --domain."
        )
    return tuple(out)


def _wrong(why: str) -> UsageError:
    return UsageError("NC-901", "These decoys cannot be made.", why, "netcordon decoy make --help")
