"""Hunt: indicators of others against all evidence of a workspace, recorded in its journal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from netcordon.casefile.lookups import HuntRecord, record_hunt
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.hunting.lists.reading import MOST_BYTES, merged, read_list, typed
from netcordon.hunting.sweep import sweep
from netcordon.model.hunt import Atom, HuntList, HuntResult, Wanted, WantedType
from netcordon.workflow.looking import looking, noted, versions
from netcordon.workflow.reaching import with_archive

_SEEN_RECORDED = 200


@dataclass(frozen=True, kw_only=True)
class HuntRequest:
    """What a hunt is told.

    Attributes:
        values: indicators that were typed.
        files: lists; ``-`` is ``standard_input``.
        forced: the type of everything typed and of text lists; ``None`` guesses each.
        with_context: also what lists give as context only.
        since: leave out rows that ended before (UTC).
        until: leave out rows that began after (UTC).
    """

    values: Sequence[str] = ()
    files: Sequence[str] = ()
    forced: WantedType | None = None
    with_context: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class HuntOutcome:
    """What a hunt gives back.

    Attributes:
        lists: what was hunted for, by origin.
        repeated: entries that occurred more than once.
        time: when the hunt was made, to tell what had expired.
        not_recorded: why the journal does not know of it; ``None`` when it does.
    """

    lists: tuple[HuntList, ...]
    repeated: int
    result: HuntResult
    time: datetime
    not_recorded: str | None


def hunt(
    workspace: Path,
    request: HuntRequest,
    *,
    clock: Callable[[], datetime],
    standard_input: BinaryIO,
) -> HuntOutcome:
    """Look for everything in all evidence at once.

    Raises:
        UsageError: NC-401 to NC-405: an indicator or a list that cannot be used, no evidence.
        WorkspaceError: when there is no workspace.
    """
    lists = [typed(request.values, request.forced)] if request.values else []
    lists += [
        read_list(
            list_content(name, standard_input),
            name,
            forced=request.forced,
            with_context=request.with_context,
        )
        for name in request.files
    ]
    lists += _decoys(workspace, clock)
    if not lists:
        raise nothing_wanted()
    wanted, repeated = merged(lists)
    with looking(workspace, clock, since=request.since, until=request.until, wanted=wanted) as (
        _,
        engine,
        ids,
        reached,
    ):
        result = with_archive(sweep(engine, wanted, ids, reached.unread), reached)
    record = HuntRecord(
        lists=[
            {"name": one.name, "format": one.format, "sha256": one.sha256, "tlp": one.tlp,
             "pap": one.pap, "indicators": len(one.wanted), "left_out": len(one.left_out)}
            for one in lists
        ],
        indicators=len(wanted),
        hits=len(result.traces),
        seen=[
            {"type": t.wanted.type, "value": t.wanted.value, "rows": t.rows}
            for t in result.traces[:_SEEN_RECORDED]
        ],
        evidence_ids=result.evidence_ids,
        versions=versions(),
    )  # fmt: skip
    why = noted(workspace, clock, lambda journal: record_hunt(journal, record))
    return HuntOutcome(
        lists=tuple(lists), repeated=repeated, result=result, time=clock(), not_recorded=why
    )


def nothing_wanted() -> UsageError:
    """The error for a hunt without an indicator."""
    return UsageError(
        "NC-404",
        "There is nothing to hunt for.",
        "no indicator was named, and this workspace has no decoys",
        "name indicators, or a list with -f",
    )


def _decoys(workspace: Path, clock: Callable[[], datetime]) -> list[HuntList]:
    """Names, addresses and hashes of marked copies: whoever hunts wants to know of them too."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        copies = [copy for batch in opened.decoys.all() for copy in batch.watched]
    found = [
        Wanted(parts=(Atom(type_, value),), given=value, source=copy.id, name=f"decoy {copy.id}")
        for copy in copies
        for type_, value in (
            (WantedType.DOMAIN, copy.host),
            (WantedType.MAIL, copy.mail),
            (WantedType.SHA256, copy.sha256),
        )
        if value
    ]
    digest = hashlib.sha256("\n".join(one.given for one in found).encode()).hexdigest()
    if not found:
        return []
    name = "this workspace"
    return [HuntList(name=name, format="decoys", sha256=digest, wanted=tuple(found))]


def list_content(name: str, standard_input: BinaryIO) -> bytes:
    """The bytes of a list, one more than allowed at most."""
    try:
        if name == "-":
            return standard_input.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            "NC-402",
            f"The list {name!r} cannot be read.",
            error.strerror or str(error),
            "name a file that you may read, or - for standard input",
        ) from error
