"""Sealing files with who recorded them, and evidence that changes hands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from netcordon.casefile.custody_chain import custody_of
from netcordon.casefile.handovers import Handover, handovers, record_handover, record_receipt
from netcordon.casefile.people import people
from netcordon.casefile.sealed_evidence import evidence_id, record_sealed
from netcordon.casefile.signed import digest, sign
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.evidence.seal_file import seal_file
from netcordon.model.acquisition import Acquisition, Custody
from netcordon.model.statement import HandOver, Receipt
from netcordon.workflow.key_file import Ask, open_key, whose
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]
Progress = Callable[[str, int], None]

_MOST_OFFSET_S = 86_400.0 * 366


def seal_evidence(
    workspace: Path,
    files: Sequence[Path],
    told: Acquisition,
    *,
    keep: bool,
    clock: Clock,
    progress: Progress | None = None,
) -> tuple[Custody, ...]:
    """Seal files; the workspace is made when it is missing. All are recorded or none.

    Raises:
        EvidenceError: NC-101, NC-102, NC-105, NC-540: one of them cannot be sealed.
        UsageError: NC-541 what was said about them cannot be, NC-801 no collector.
    """
    told = _checked(told, clock())
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        seals = []
        for path in files:
            tell = _telling(progress, path)
            seals.append(seal_file(path, workspace=opened.path if keep else None, progress=tell))
        record_sealed(
            opened.journal,
            [(path.name, seal, told) for path, seal in zip(files, seals, strict=True)],
        )
        wanted = dict.fromkeys(evidence_id(seal.sha256) for seal in seals)
        known = {one.id: one for one in custody_of(opened.journal)}
        return tuple(known[id_] for id_ in wanted)


def _telling(progress: Progress | None, path: Path) -> Callable[[int], None] | None:
    return None if progress is None else lambda count: progress(str(path), count)


def _checked(told: Acquisition, now: datetime) -> Acquisition:
    started, ended = told.started_time, told.ended_time
    if started and ended and ended < started:
        raise _not_so("the recording ends before it begins")
    if (ended or started or now) > now:
        raise _not_so("the recording lies in the future; is its clock ahead? --clock-offset")
    if told.clock_offset_s is not None and not abs(told.clock_offset_s) <= _MOST_OFFSET_S:
        raise _not_so("the clock would be off by more than a year")
    return replace(
        told,
        collector=said(told.collector, "the collector", PERSON),
        place=_text(told.place, "the place"),
        filter=_text(told.filter, "the filter"),
        tool=_text(told.tool, "the tool"),
        note=_text(told.note, "the note"),
    )


def _text(text: str, what: str) -> str:
    return said(text, what, REASON) if text.strip() else ""


def custody(workspace: Path, ids: Sequence[str], *, clock: Clock) -> tuple[Custody, ...]:
    """The chain of custody of these pieces of evidence, or of all.

    Raises:
        UsageError: NC-542 there is no such evidence.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return _named(opened, ids)


def _named(opened: Workspace, ids: Sequence[str]) -> tuple[Custody, ...]:
    hidden = opened.cases.hidden_evidence()
    known = [one for one in custody_of(opened.journal) if one.id not in hidden]
    found = []
    for id_ in dict.fromkeys(ids):
        meant = [one for one in known if id_ in (one.id, one.sha256)]
        if not meant:
            raise UsageError(
                "NC-542",
                f"There is no evidence {id_!r} here.",
                "nothing that was sealed or taken in has this id or SHA-256",
                "netcordon evidence custody lists all of it",
            )
        found += meant
    return tuple(found) if ids else tuple(known)


def hand_over(
    workspace: Path,
    ids: Sequence[str],
    receiver: str,
    reason: str,
    key: Path,
    *,
    ask: Ask,
    clock: Clock,
) -> tuple[str, tuple[Custody, ...]]:
    """Give evidence to somebody, under the signature of who gives it; the id of the hand-over.

    Raises:
        UsageError: NC-542 no such evidence, NC-801 no receiver or reason, NC-831 and NC-833 the
            key is unusable or nobody's.
    """
    signing = open_key(key, ask)
    receiver, reason = said(receiver, "the receiver", PERSON), said(reason, "the reason", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        items = _named(opened, ids)
        known = people(opened.journal)
        giver, taker = whose(signing, known), known.named(receiver)
        says = HandOver(
            evidence=tuple(f"{item.id}={item.sha256}" for item in items),
            person_id=giver.id,
            receiver=taker.name if taker else receiver,
            receiver_id=taker.id if taker else "",
            reason=reason,
            time=clock(),
        )
        id_ = record_handover(opened.journal, sign(says, signing))
        return id_, _named(opened, [item.id for item in items])


def receive(
    workspace: Path,
    id_: str,
    files: Sequence[Path],
    key: Path,
    *,
    ask: Ask,
    clock: Clock,
) -> tuple[Handover, tuple[Custody, ...]]:
    """Confirm a hand-over; with files, only when their hashes are those that were handed over.

    Raises:
        UsageError: NC-543 there is no such hand-over, or it is somebody else's; NC-544 a file is
            not what was handed over.
    """
    signing = open_key(key, ask)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        known = people(opened.journal)
        taker, given = whose(signing, known), handovers(opened.journal, known).get(id_)
        _may_receive(given, id_, taker.id)
        assert given is not None
        if files:
            _compare(given, files)
        says = Receipt(
            hand_over=digest(given.signed), person_id=taker.id, checked=bool(files), time=clock()
        )
        with opened.journal.alone():
            record_receipt(opened.journal, id_, sign(says, signing))
            done = handovers(opened.journal, known)[id_]
            if done.receipt is None:
                # The turn is given up with an error: nothing of it is recorded.
                raise _no_receipt(id_, "one cannot receive from oneself")
        return done, _named(opened, [each.split("=", 1)[0] for each in given.says.evidence])


def _may_receive(given: Handover | None, id_: str, taker: str) -> None:
    if given is None:
        raise _no_receipt(id_, "nothing was handed over under this id")
    if given.void:
        raise _no_receipt(id_, given.void)
    if given.receipt is not None:
        raise _no_receipt(id_, f"{given.receipt.receiver.name} has received it already")
    if given.says.receiver_id not in ("", taker):
        raise _no_receipt(id_, f"it was handed to {given.says.receiver}")


def _compare(given: Handover, files: Sequence[Path]) -> None:
    wanted = {each.split("=", 1)[1] for each in given.says.evidence}
    found: set[str] = set()
    for path in files:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if sha256 not in wanted:
            raise _differs(repr(str(path)), f"its SHA-256 is {sha256}")
        found.add(sha256)
    if missing := sorted(wanted - found):
        raise _differs("What you hold", f"no file has the SHA-256 {missing[0]}")


def _differs(what: str, why: str) -> UsageError:
    return UsageError(
        "NC-544",
        f"{what} is not what was handed over.",
        why,
        "take the right files; nothing was recorded",
    )


def _no_receipt(id_: str, why: str) -> UsageError:
    return UsageError(
        "NC-543", f"The hand-over {id_!r} cannot be received.", why, "netcordon evidence custody"
    )


def _not_so(why: str) -> UsageError:
    return UsageError(
        "NC-541", "The recording cannot have been so.", why, "correct what was said about it"
    )
