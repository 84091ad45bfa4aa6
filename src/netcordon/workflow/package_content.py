"""What goes into a package: evidence found again and proved, slices, and who may know what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netcordon.casefile import approvals, handovers, people, plans
from netcordon.casefile.canonical import canonical
from netcordon.casefile.cases import Case
from netcordon.casefile.chain import Row
from netcordon.casefile.custody_chain import custody_of
from netcordon.casefile.exports import EXPORTED, exports
from netcordon.casefile.sealed_evidence import sealed_files
from netcordon.casefile.stamps import STAMPED
from netcordon.casefile.workspace import CREATED, Workspace
from netcordon.errors import EvidenceError, UsageError
from netcordon.evidence.bag import safe_name
from netcordon.evidence.rehash import rehash
from netcordon.model.acquisition import Custody

_EVERYBODYS = {CREATED, STAMPED}
"""Kinds of entries that say nothing of a case."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """A file that goes in: its name in the bag, where it stands, and what it must be."""

    name: str
    path: Path
    sha256: str


@dataclass
class Content:
    """What a package is about.

    Attributes:
        originals: evidence; ``slices``: what was made of it.
        custody: of every piece of evidence that is in it or that a slice was made of.
        case: ``None`` when evidence was named and no case.
        plan_ids: of the case.
    """

    originals: list[Item] = field(default_factory=list)
    slices: list[Item] = field(default_factory=list)
    custody: list[Custody] = field(default_factory=list)
    case: Case | None = None
    plan_ids: tuple[str, ...] = ()


def content_of(opened: Workspace, named: Sequence[str], *, originals: bool) -> Content:
    """What is meant by a case, ids of evidence, and files that were made of evidence.

    Args:
        opened: the workspace.
        named: ids of a case or evidence, SHA-256, paths of slices.
        originals: whether the evidence of a case goes in whole.

    Raises:
        UsageError: NC-542 nothing here is called so, or nothing would be in it.
        EvidenceError: NC-703, NC-704 evidence is gone or was changed.
        WorkspaceError: NC-509 no such case.
    """
    found = Content()
    hidden = opened.cases.hidden_evidence()
    known = {one.id: one for one in custody_of(opened.journal) if one.id not in hidden}
    by_hash = {one.sha256: one.id for one in known.values()}
    wanted: dict[str, bool] = {}
    for name in named:
        if (id_ := by_hash.get(name, name)) in known:
            wanted[id_] = True
        elif Path(name).is_file():
            for parent in _add_slice(opened, Path(name), found):
                wanted.setdefault(parent, False)
        else:
            case = opened.cases.case(name)
            found.case = case
            for run in case.runs:
                for id_ in run.evidence_ids:
                    wanted[id_] = wanted.get(id_, False) or originals
    for id_, whole in wanted.items():
        if id_ not in known:
            raise _unknown(id_)
        found.custody.append(known[id_])
        if whole:
            found.originals.append(_original(opened, known[id_]))
    if not found.originals and not found.slices:
        raise UsageError(
            "NC-542", "Nothing would be in the package.", "no evidence and no slice was named",
            "name evidence, or a slice that netcordon carve wrote",
        )  # fmt: skip
    if found.case is not None:
        documents = plans.plan_documents(opened.journal, found.case.id)
        found.plan_ids = tuple(str(plan["id"]) for plan in documents)
    return found


def _add_slice(opened: Workspace, path: Path, found: Content) -> list[str]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    made = [export for export in exports(opened.journal) if export.sha256 == sha256]
    if not made:
        raise UsageError(
            "NC-542",
            f"{str(path)!r} was not made of evidence here.",
            f"the journal knows no export with SHA-256 {sha256}",
            "netcordon carve writes slices; netcordon evidence seal takes in any other file",
        )
    name = f"slices/{sha256[:16]}-{safe_name(path.name)}"
    found.slices.append(Item(name=name, path=path, sha256=sha256))
    return list(made[-1].parents)


def _original(opened: Workspace, one: Custody) -> Item:
    """Where its bytes stand; they are hashed when they are copied."""
    places: list[Path] = []
    seal = None
    for registration in opened.register.all():
        if registration.evidence.id == one.id:
            seal = registration.seal
            places += [opened.path / seal.kept] if seal.kept else []
            places += map(Path, registration.locations)
    for file in sealed_files(opened.journal):
        if file.id == one.id:
            seal = file.seal
            places[:0] = [opened.path / seal.kept] if seal.kept else []
            places += [Path(seal.location)] if seal.location else []
    for place in places:
        if seal is not None and place.is_file() and rehash(place, seal).first_change is None:
            name = f"evidence/{one.id}-{safe_name(Path(one.name).name)}"
            return Item(name=name, path=place, sha256=one.sha256)
    there = any(place.exists() for place in places)
    raise EvidenceError(
        "NC-704" if there else "NC-703",
        f"Evidence {one.name!r} ({one.id}) {'was changed' if there else 'is gone'}.",
        f"looked at {', '.join(repr(str(place)) for place in places)}",
        "netcordon verify names the place; bring the original back",
        path=one.name,
    )


def may_know(opened: Workspace, content: Content) -> Callable[[Row], bool]:
    """Which entries of the journal a recipient may read: those about what is in the package."""
    ids = {one.id for one in content.custody}
    subjects = {*ids, *content.plan_ids}
    seqs: set[int] = set()
    if content.case is not None:
        subjects.add(content.case.id)
        for run in content.case.runs:
            subjects.add(run.id)
            seqs |= set(run.entries.values())
    known = people.people(opened.journal)
    for each in handovers.handovers(opened.journal, known).values():
        given = {text.split("=", 1)[0] for text in each.says.evidence}
        # One hand-over of several things would also name those that are not in here.
        if given <= ids:
            receiver = {each.receipt.receiver.id} if each.receipt else set()
            subjects |= {each.id, *_vouched(known, {each.giver.id} | receiver)}
    for plan_id in content.plan_ids:
        words = approvals.words(opened.journal, plan_id, known)
        subjects |= _vouched(known, {word.person.id for word in words})
    for entry in opened.journal.entries((EXPORTED,)):
        seqs |= {entry.seq} if set(entry.payload["parents"]) <= ids else set()

    def judge(row: Row) -> bool:
        return row["kind"] in _EVERYBODYS or row["subject"] in subjects or row["seq"] in seqs

    return judge


def _vouched(known: people.People, ids: set[str]) -> set[str]:
    """These people and who vouches for them: their signatures rest on that, on nobody else's."""
    found: set[str] = set()
    while ids:
        found |= ids
        ids = {known.by_id[id_].vouched_by for id_ in ids} - found - {""}
    return found


def custody_json(content: Content) -> bytes:
    """The chains of custody as a file."""
    return (canonical(content.custody) + "\n").encode("ascii")


def _unknown(id_: str) -> UsageError:
    return UsageError(
        "NC-542", f"There is no evidence {id_!r} here.", "nothing that was sealed or taken in",
        "netcordon evidence custody lists all of it",
    )  # fmt: skip
