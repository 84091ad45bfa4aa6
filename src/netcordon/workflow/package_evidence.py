"""Packages of evidence for a CERT: originals or slices, provable, encrypted for who shall read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netcordon import __version__
from netcordon.casefile.exports import Export, record_exports
from netcordon.casefile.keys import public_pem
from netcordon.casefile.people import people
from netcordon.casefile.stamps import stamped_text, stamps
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.bag import Bag
from netcordon.evidence.encryption import (
    age_recipients,
    certificates_of,
    encrypt_age,
    encrypt_cms,
    no_recipient,
)
from netcordon.evidence.journal_extract import FIELDS, LEAVES, extract
from netcordon.model.person import Person
from netcordon.model.quantity import rfc3339
from netcordon.model.transfer import Package
from netcordon.reporting.visible import visible
from netcordon.workflow.approvals_file import export as approvals_export
from netcordon.workflow.key_file import Ask, open_key, whose
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.package_content import Content, content_of, custody_json, may_know
from netcordon.workflow.package_readme import CHECK_SH, readme

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What goes into a package and who may open it.

    Attributes:
        named: a case, evidence (id or SHA-256), files that were made of evidence.
        recipients: see ``evidence.encryption``.
        encrypted: false only when somebody said so.
        originals: whether the evidence of a case goes in whole.
        key: of who signs; ``None`` for nobody.
        note: what the recipient should know.
    """

    named: Sequence[str]
    recipients: Sequence[str]
    encrypted: bool = True
    originals: bool = True
    key: Path | None = None
    note: str = ""


def package(workspace: Path, wanted: Wanted, out: Path, *, ask: Ask, clock: Clock) -> Package:
    """Write a package and put it on record.

    The name tells the encryption: ``.age``, or ``.p7m`` for certificates.

    Raises:
        UsageError: NC-542 what is named is not here, NC-548 no recipient, NC-549 too large for
            CMS, NC-701 the file exists, NC-831 and NC-833 the key.
        EvidenceError: NC-703, NC-704 evidence is gone or was changed.
    """
    way = _way(out, wanted)
    encrypt = _encrypting(way, wanted.recipients)
    signing = open_key(wanted.key, ask) if wanted.key else None
    with (
        open_workspace(workspace, create=False, clock=clock, beside=True) as opened,
        closing(NewFile(out)) as target,
        # Nameless, so that no unencrypted copy stays, whatever happens.
        tempfile.TemporaryFile(dir=out.absolute().parent) as plain,
    ):
        signer = whose(signing, people(opened.journal)) if signing else None
        content = content_of(opened, wanted.named, originals=wanted.originals)
        made = _fill(opened, content, plain, way, wanted.note, signing, signer, clock())
        plain.seek(0)
        encrypt(plain, target)
        target.finish()
        files = {item.name: item.sha256 for item in (*content.originals, *content.slices)}
        record_exports(
            opened.journal,
            [
                Export(
                    location=str(out.absolute()),
                    sha256=target.sha256,
                    bytes=target.bytes,
                    kind="package",
                    parents={one.id: one.sha256 for one in content.custody},
                    chosen_by=f"for {', '.join(wanted.recipients) or 'anybody: not encrypted'}",
                    proof={one.id: "sha256 of the whole" for one in content.custody},
                )
            ],
        )
        target.keep()
        return Package(
            path=str(out.absolute()), sha256=target.sha256, bytes=target.bytes, name=made.name,
            files=files, recipients=tuple(wanted.recipients),
            signed_by=signer.name if signer else "", entries=made.entries, given=made.given,
            fingerprint=signer.fingerprint if signer else "", stamps=made.stamps,
        )  # fmt: skip


@dataclass(frozen=True)
class _Made:
    name: str
    entries: int
    given: int
    stamps: int


def _fill(
    opened: Workspace,
    content: Content,
    plain: IO[bytes],
    way: str,
    note: str,
    signing: Ed25519PrivateKey | None,
    signer: Person | None,
    now: datetime,
) -> _Made:
    name = f"netcordon-{content.case.id if content.case else 'evidence'}-{now:%Y%m%dT%H%M%SZ}"
    with closing(Bag(plain, name, now)) as bag:
        for item in (*content.originals, *content.slices):
            if not bag.add_file(item.name, item.path, item.sha256):
                raise EvidenceError(
                    "NC-704", f"{str(item.path)!r} was changed while it was packed.",
                    "its bytes are not those that were sealed", "bring the original back",
                )  # fmt: skip
        bag.add_bytes("custody.json", custody_json(content))
        part = extract(opened.journal.rows(), may_know(opened, content))
        bag.add_bytes(f"journal/{LEAVES}", part.leaves)
        bag.add_bytes(f"journal/{FIELDS}", part.fields)
        bag.add_bytes("journal/check.sh", CHECK_SH.encode())
        for plan_id in content.plan_ids:
            text = approvals_export(opened.path, plan_id, now=now)
            bag.add_bytes(f"approvals/{plan_id}.json", text.encode())
        known = tuple(stamps(opened.journal))
        for number, stamp in enumerate(known, 1):
            bag.add_bytes(f"stamps/{number}.txt", stamped_text(stamp.head))
            bag.add_bytes(f"stamps/{number}.tsr", stamp.response)
        page = readme(
            _about(content, note, now), way, signer=signer.name if signer else "",
            fingerprint=signer.fingerprint if signer else "", has_stamps=bool(known),
        )  # fmt: skip
        bag.add_tag("README.txt", page)
        last = bag.finish(
            {
                "Bagging-Date": f"{now:%Y-%m-%d}",
                "Bag-Software-Agent": f"netcordon {__version__}",
                "External-Identifier": name,
            }
        )
        if signing is not None:
            bag.sign("signature/tagmanifest-sha256.sig", signing.sign(last))
            bag.sign("signature/key.pem", public_pem(signing).encode())
    return _Made(name, part.entries, part.given, len(known))


def _about(content: Content, note: str, now: datetime) -> str:
    lines = [f"Packed {rfc3339(now)} by netcordon {__version__}."]
    if content.case is not None:
        lines.append(f"Case {content.case.id}: {visible(content.case.title, limit=200)}")
    for item in (*content.originals, *content.slices):
        lines.append(f"  {item.sha256}  data/{item.name}")
    return "\n".join([*lines, *([visible(note, limit=2000)] if note.strip() else []), ""])


def _way(out: Path, wanted: Wanted) -> str:
    way = {".age": "age", ".p7m": "cms"}.get(out.suffix.lower(), "")
    if not wanted.encrypted:
        if way or wanted.recipients:
            raise no_recipient(str(out), "--unencrypted goes with no recipient and a name in .zip")
        return ""
    if not way:
        raise no_recipient(str(out), "the name tells the encryption: NAME.zip.age or NAME.zip.p7m")
    if not wanted.recipients:
        raise no_recipient("", "nobody is named who could open it")
    return way


def _encrypting(way: str, recipients: Sequence[str]) -> Callable[[IO[bytes], NewFile], None]:
    if way == "age":
        keys = age_recipients(recipients)
        return lambda source, target: encrypt_age(source, target, keys)
    if way == "cms":
        certificates = certificates_of(recipients)
        return lambda source, target: encrypt_cms(source, target, certificates)
    return _copy


def _copy(source: IO[bytes], target: NewFile) -> None:
    while block := source.read(1 << 20):
        target.write(block)
