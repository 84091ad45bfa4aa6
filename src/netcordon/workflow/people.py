"""Who may decide: registering people with their keys, and revoking them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netcordon.casefile.keys import fingerprint, new_key, private_pem, public_pem
from netcordon.casefile.people import People, people, record_person, record_revocation
from netcordon.casefile.signed import digest, sign
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.model.approval import Signed
from netcordon.model.person import Person, Role, folded
from netcordon.model.statement import Registration, Vouching
from netcordon.reporting.visible import visible
from netcordon.workflow.key_file import Ask, open_key, whose
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]

_MOST = 20
"""Business lines or accounts of one person."""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who is to be registered.

    Attributes:
        key: file of a key they have; ``None`` makes one.
        key_out: where a new one goes; ``None`` names the file after the key, in this directory.
        vouched_by: key file of somebody known who vouches; ``None`` for nobody.
    """

    name: str
    roles: Sequence[str]
    lines: Sequence[str] = ()
    os_users: Sequence[str] = ()
    contact: str = ""
    key: Path | None = None
    key_out: Path | None = None
    vouched_by: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Added:
    """Who was registered, and the file of the key; ``None`` when they brought it."""

    person: Person
    key_path: Path | None


def add_person(
    workspace: Path, who: Newcomer, *, ask: Ask, new_passphrase: Callable[[], bytes], clock: Clock
) -> Added:
    """Register somebody; the workspace is made when it is missing.

    ``new_passphrase`` gives that of a new key; an empty one leaves it unencrypted.

    Raises:
        UsageError: NC-801 no name, NC-831 a key cannot be used, NC-832 they cannot be registered
            so, NC-833 who vouches is nobody here, NC-701 the key file exists.
    """
    key = open_key(who.key, ask) if who.key else new_key()
    voucher = open_key(who.vouched_by, ask) if who.vouched_by else None
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        known = people(opened.journal)
        says = _registration(who, key, clock())
        _nobody_else(says, fingerprint(key), known)
        signed = sign(says, key)
        vouched = _vouching(signed, voucher, known, clock()) if voucher else None
        if who.key:
            return Added(person=record_person(opened.journal, signed, vouched), key_path=None)
        path = who.key_out or Path(f"person-{fingerprint(key)[:10]}.pem")
        pem = private_pem(key, new_passphrase())
        with closing(NewFile(path)) as file:
            file.write(pem)
            file.finish()
            person = record_person(opened.journal, signed, vouched)
            file.keep()
        return Added(person=person, key_path=path)


def _registration(who: Newcomer, key: Ed25519PrivateKey, now: datetime) -> Registration:
    roles = tuple(role.value for role in Role if role.value in set(who.roles))
    if not roles:
        raise _not_so("no role was given", "--role it, business, ciso or external")
    lines = _each(who.lines, "the business line")
    if lines and Role.BUSINESS not in roles:
        raise _not_so("a business line belongs to the role business", "--role business --line LINE")
    return Registration(
        name=_shown(said(who.name, "the name", PERSON)),
        roles=roles,
        lines=lines,
        os_users=_each(who.os_users, "the account"),
        contact=_shown(said(who.contact, "the contact", PERSON)) if who.contact else "",
        public_key=public_pem(key),
        time=now,
    )


def _each(texts: Sequence[str], what: str) -> tuple[str, ...]:
    if len(texts) > _MOST:
        raise _not_so(f"more than {_MOST} are given of {what}", "fewer")
    return tuple(dict.fromkeys(_shown(said(text, what, PERSON)) for text in texts))


def _shown(text: str) -> str:
    """A name that others rely on has nothing hidden in it."""
    if visible(text, limit=None) != text:
        raise _not_so(f"it holds what cannot be seen: {text}", "write it in plain letters")
    return text


def _nobody_else(says: Registration, print_: str, known: People) -> None:
    for person in known.all():
        if person.fingerprint == print_:
            raise _not_so(f"this key stands for {person.name} already", "netcordon person list")
        if person.revoked is not None:
            continue
        if folded(person.name) == folded(says.name):
            raise _not_so(
                f"{person.name} is registered already",
                f"netcordon person revoke {person.id} --reason TEXT first, or tell them apart",
            )
        if both := sorted(set(person.os_users) & set(says.os_users)):
            raise _not_so(
                f"{person.name} works under the account {both[0]} already",
                "an account is one person's",
            )


def _vouching(signed: Signed, key: Ed25519PrivateKey, known: People, now: datetime) -> Signed:
    voucher = whose(key, known)
    says = Vouching(registration=digest(signed), person_id=voucher.id, time=now)
    return sign(says, key)


def list_people(workspace: Path, *, clock: Clock) -> People:
    """Everybody the workspace knows.

    Raises:
        WorkspaceError: when there is no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return people(opened.journal)


def revoke_person(
    workspace: Path,
    who: str,
    reason: str,
    *,
    compromised: bool,
    since: datetime | None,
    clock: Clock,
) -> Person:
    """Say that the key of somebody (an id, or a name that only one has) is not believed any more.

    When it was ``compromised``, others may have had it: what it signed ``since`` then (``None``:
    ever) is void as well.

    Raises:
        UsageError: NC-801 no reason, NC-834 there is no such person, or the key is revoked already.
    """
    reason = said(reason, "the reason", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        person = people(opened.journal).named(who)
        if person is None or person.revoked is not None:
            raise UsageError(
                "NC-834",
                f"Nobody here whose key can be revoked is called {who!r}.",
                f"{person.name} was revoked: {person.revoked.reason}"
                if person and person.revoked
                else "no registered person, or more than one, has this name or id",
                "netcordon person list",
            )
        void_since = (since or person.registered_time) if compromised else None
        record_revocation(opened.journal, person.id, reason, void_since)
        return people(opened.journal).by_id[person.id]


def _not_so(why: str, hint: str) -> UsageError:
    return UsageError("NC-832", "This person cannot be registered so.", why, hint)
