"""Open a package that somebody sent, and check all that it claims."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidSignature

from netcordon.casefile.keys import fingerprint, public_key
from netcordon.errors import UsageError
from netcordon.evidence.bag_check import SIGNED, check_bag
from netcordon.evidence.encryption import decrypt_age, decrypt_cms, is_cms, not_opened
from netcordon.evidence.journal_extract import FIELDS, LEAVES, check_extract
from netcordon.evidence.timestamp import StampError, read_answer
from netcordon.evidence.unpack_bag import unpack_bag
from netcordon.model.quantity import count_text
from netcordon.model.transfer import OpenedPackage
from netcordon.workflow.key_file import Ask

_ZIP = b"PK"
_AGE = b"age-encryption.org/"
_MOST_TEXT = 256 << 20


def open_package(
    path: Path, folder: Path, *, key: Path | None, certificate: Path | None, max_bytes: int,
    ask: Ask,
) -> OpenedPackage:  # fmt: skip
    """Decrypt a package, unpack it into a new folder, and check it; it stays whatever is found.

    Args:
        path: of the package.
        folder: must not exist yet.
        key: private key of the recipient; ``None`` for a package that is not encrypted.
        certificate: for CMS, when it does not stand in the file of the key.
        max_bytes: that it may unpack to.
        ask: for the passphrase of a key.

    Raises:
        UsageError: NC-550 it cannot be opened, NC-701 the folder exists.
    """
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        source.seek(0)
        head = source.read(32)
        source.seek(0)
        _make(folder)
        try:
            with tempfile.TemporaryFile(dir=folder) as plain:
                _decrypt(source, plain, head, key, certificate, ask)
                plain.seek(0)
                bag = unpack_bag(plain, folder, max_bytes=max_bytes)
        except BaseException:
            shutil.rmtree(folder)
            raise
    return check_package(bag, digest)


def check_package(bag: Path, digest: str) -> OpenedPackage:
    """What an unpacked bag proves."""
    found = check_bag(bag)
    problems, notes = list(found.problems), []
    head = ""
    if (bag / "data/journal" / LEAVES).is_file():
        leaves, fields = (_text(bag / "data/journal" / name, problems) for name in (LEAVES, FIELDS))
        wrong, head = check_extract(leaves, fields)
        problems += wrong
        stamped = _stamps(bag, leaves, problems)
        if stamped:
            notes.append(
                f"{count_text(stamped, 'time stamp')} of this journal; that an authority signed "
                "them is proved by openssl: README.txt"
            )
    else:
        notes.append("there is no journal in it")
    signer = _signer(bag, problems)
    if not signer:
        unsigned = f"nobody signed it: ask the sender for its SHA-256, {digest}, by telephone"
        notes.insert(0, unsigned)
    return OpenedPackage(
        folder=str(bag), sha256=digest, files=found.files, bytes=found.bytes, head=head,
        signer=signer, problems=tuple(problems), notes=tuple(notes),
    )  # fmt: skip


def _stamps(bag: Path, leaves: bytes, problems: list[str]) -> int:
    """How many stamps are about heads of this journal; who made them, only openssl can tell."""
    heads = {line[:64] for line in leaves.decode("ascii", "replace").splitlines()}
    about = 0
    folder = bag / "data/stamps"
    for path in sorted(folder.glob("*")):
        name = f"data/stamps/{path.name}"
        if path.suffix not in (".txt", ".tsr") or not path.with_suffix(".tsr").is_file():
            problems.append(f"{name} is no time stamp")
            continue
        if path.suffix == ".tsr":
            if not path.with_suffix(".txt").is_file():
                problems.append(f"{name} does not say what was stamped")
            continue
        text = _text(path, problems)
        if text.decode("ascii", "replace").strip().partition(":")[2] not in heads:
            problems.append(f"{name} is no head of the journal")
            continue
        try:
            says = read_answer(_text(path.with_suffix(".tsr"), problems))
        except StampError as error:
            problems.append(f"{path.with_suffix('.tsr').name}: {error}")
            continue
        if says.imprint != hashlib.sha256(text).digest():
            problems.append(f"data/stamps/{path.stem}.tsr is about something else than {name}")
            continue
        about += 1
    return about


def _signer(bag: Path, problems: list[str]) -> str:
    signature, pem = bag / "signature/tagmanifest-sha256.sig", bag / "signature/key.pem"
    if not signature.is_file() and not pem.is_file():
        return ""
    try:
        key = public_key(_read(pem).decode("ascii", "replace"))
        if key is None:
            problems.append("signature/key.pem is no Ed25519 key")
            return ""
        key.verify(_read(signature), _read(bag / SIGNED))
    except (InvalidSignature, OSError, ValueError):
        problems.append("the signature does not hold")
        return ""
    return fingerprint(key)


def _decrypt(
    source: IO[bytes], plain: IO[bytes], head: bytes, key: Path | None, certificate: Path | None,
    ask: Ask,
) -> None:  # fmt: skip
    if head.startswith(_ZIP):
        shutil.copyfileobj(source, plain)
        return
    if key is None:
        raise not_opened("it is encrypted, and no key was named")
    if head.startswith(_AGE):
        decrypt_age(source, plain, key)
    elif is_cms(head):
        with key.open("rb") as file:
            needs = b"ENCRYPTED" in file.read(1 << 16)
        decrypt_cms(source, plain, key, certificate, ask(key) if needs else b"")
    else:
        raise not_opened("it is neither age, nor CMS (DER), nor ZIP")


def _make(folder: Path) -> None:
    try:
        os.mkdir(folder, 0o700)  # noqa: PTH102 - not its parents: a slip of the pen stays one
    except FileExistsError as error:
        raise UsageError(
            "NC-701", f"{str(folder)!r} exists.", "nothing is ever overwritten",
            "choose another name with -o",
        ) from error  # fmt: skip


def _text(path: Path, problems: list[str]) -> bytes:
    """What a file holds; nothing, and a problem, when a folder has its name or it is missing."""
    if path.is_file():
        return _read(path)
    problems.append(f"{path.parent.name}/{path.name} is missing, or no file")
    return b""


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_TEXT)
