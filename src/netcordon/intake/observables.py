"""What a text names that can be looked for: addresses, names, URLs, hashes, mail, accounts.

Defanged spellings are understood (``hxxp``, ``[.]``). What only looks like a name, a file or a
version, is left out: a list that cries wolf is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from netcordon.hunting.canonical import NotUnderstoodError, guessed, of_type
from netcordon.model.hunt import Atom, WantedType
from netcordon.model.intake import Observable
from netcordon.tables.names import has_known_suffix

MOST = 2000
"""Of one report."""
_MOST_TOKENS, _LONGEST = 60_000, 2048

_DOT = re.compile(
    r"[ \t]{0,2}[\[({][ \t]{0,2}(?:\.|dot|punkt|point)[ \t]{0,2}[\])}][ \t]{0,2}", re.I
)
_AT = re.compile(r"[ \t]{0,2}[\[({][ \t]{0,2}(?:@|at)[ \t]{0,2}[\])}][ \t]{0,2}", re.I)
_SIGN = re.compile(r"\[(:?//?|::?)\]")
_TOKEN = re.compile(r"[^\s<>\"'`|,;(){}\u00ab\u00bb\u201c-\u201e\u2018\u2019]+")
_EDGES = "[]().:!?*=~-_/\\\u2026"
_FILES = frozenset(
    ("sh", "py", "pl", "rs", "md", "zip", "mov", "so", "ps", "cc", "app", "bat", "com", "do")
)
"""Endings of files that are top-level domains too."""
_OWN_ENDINGS = ("example", "test", "invalid", "onion", "local", "internal", "lan", "corp", "home")
"""Endings of names that no public list holds (RFC 2606, 6761, 7686, and what networks use)."""
_ACCOUNT = re.compile(r"(?P<domain>[A-Za-z][A-Za-z0-9.-]{0,14})\\(?P<user>[A-Za-z0-9._$-]{1,64})\Z")
_NAMED = (
    re.compile(
        r"\b(?:user(?:name)?|account|login|benutzer|konto|utilisateur|compte)\b[ \t]{0,2}[:=]?"
        r"[ \t]{0,2}['\"]?(?P<name>[A-Za-z][A-Za-z0-9._$-]{1,63})['\"]?(?=[\s'\",;.)]|\Z)", re.I),
    re.compile(
        r"\bFailed \w+ for (?:invalid user )?(?P<name>[A-Za-z][A-Za-z0-9._$-]{1,63}) from\b"),
)  # fmt: skip
_NO_NAMES = frozenset(
    ("has", "was", "is", "from", "and", "the", "on", "in", "at", "to", "for", "name", "not", "or",
     "with", "that", "attempts", "attempt", "unknown", "failed", "failure", "hat", "wurde", "ist",
     "agent", "who", "can", "may", "will", "account", "accounts", "login", "logins", "user",
     "users", "password", "passwords", "activity", "reports", "reported")
)  # fmt: skip
_PORT = re.compile(
    r"\bports?\b[ \t]{0,2}[:=]?[ \t]{0,2}(?:tcp/|udp/)?(?P<port>[1-9]\d{0,4})\b", re.I
)

Ours = Callable[[str, str], bool]
"""Says of a type and a value whether it is ours."""


def observables(text: str, ours: Ours, place: str = "text") -> list[Observable]:
    """What a text names, each once, in order.

    Args:
        text: bounded by the caller; hostile.
        ours: tells own addresses and names apart.
        place: where the text stands.
    """
    found: dict[Atom, Observable] = {}
    for atom in islice(_atoms(text), MOST * 4):
        if atom not in found and len(found) < MOST:
            found[atom] = seen(atom, ours, place)
    return list(found.values())


def seen(atom: Atom, ours: Ours, place: str, role: str = "") -> Observable:
    """One observable of an atom."""
    return Observable(
        type=atom.type.value,
        value=atom.value,
        is_ours=ours(atom.type.value, atom.value),
        role=role,
        place=place,
    )


def merged(groups: Iterable[Sequence[Observable]]) -> tuple[Observable, ...]:
    """Each observable once: the first that says a role, else the first."""
    found: dict[tuple[str, str], Observable] = {}
    for one in (each for group in groups for each in group):
        key = (one.type, one.value)
        known = found.get(key)
        if known is None or (one.role and not known.role):
            found[key] = one
    return tuple(found.values())[:MOST]


def _atoms(text: str) -> Iterator[Atom]:
    whole = _SIGN.sub(r"\1", _AT.sub("@", _DOT.sub(".", text)))
    for match in islice(_TOKEN.finditer(whole), _MOST_TOKENS):
        token = match[0].strip(_EDGES)
        if 3 < len(token) <= _LONGEST:
            yield from _read(token)
    for pattern in _NAMED:
        for match in islice(pattern.finditer(whole), 200):
            name = match["name"].rstrip(".")
            if name.lower() not in _NO_NAMES:
                yield Atom(WantedType.ACCOUNT, name.lower())
    for match in islice(_PORT.finditer(whole), 100):
        if int(match["port"]) < 65_536:
            yield Atom(WantedType.PORT, match["port"])


def _read(token: str) -> tuple[Atom, ...]:
    if account := _ACCOUNT.match(token):
        # A letter and a backslash begin a path of Windows.
        return of_type(WantedType.ACCOUNT, token) if len(account["domain"]) > 1 else ()
    if "\\" in token or not re.search(r"[.:@]|[0-9a-fA-F]{32}", token):
        return ()
    found = _guess(token)
    if not found and "=" in token:
        found = _guess(token.partition("=")[2].strip(_EDGES))
    return found


def _guess(token: str) -> tuple[Atom, ...]:
    try:
        atoms = guessed(token)
    except NotUnderstoodError:
        return ()
    if any(not _is_likely(atom, token) for atom in atoms):
        return ()
    return atoms


def _is_likely(atom: Atom, token: str) -> bool:
    """Whether a person who writes this means what it could be."""
    if atom.type is WantedType.DOMAIN:
        return _is_name(atom.value)
    if atom.type is WantedType.MAIL:
        return _is_name(atom.value.rpartition("@")[2])
    if atom.type is WantedType.URL and "://" not in token:
        host = re.split(r"[/:?]", atom.value.removeprefix("//"), maxsplit=1)[0]
        return _is_name(host) or host.replace(".", "").isdigit()
    if atom.type is WantedType.ADDRESS:
        return ":" not in token or token.count(":") > 2 or "." in token
    return atom.type is not WantedType.USER_AGENT


def _is_name(name: str) -> bool:
    last = name.rpartition(".")[2]
    if last in _OWN_ENDINGS:
        return True
    return has_known_suffix(name) and not (last in _FILES - {"com"} and name.count(".") == 1)
