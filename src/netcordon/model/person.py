"""People who may decide: what they are, what proves that it is them, and until when."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody decides for."""

    IT = "it"
    BUSINESS = "business"
    CISO = "ciso"
    EXTERNAL = "external"

    @property
    def label(self) -> str:
        """As it is said: ``IT``, ``business``, ``CISO``, ``external validator``."""
        return _LABELS[self]


_LABELS = {
    Role.IT: "IT",
    Role.BUSINESS: "business",
    Role.CISO: "CISO",
    Role.EXTERNAL: "external validator",
}


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """A key is not believed any more (RFC 5280, 5.3: reason and invalidity date).

    Attributes:
        seq: journal entry that says so; what a later entry holds is void.
        reason: in words.
        author: OS user who said it.
        void_since: somebody else may have had the key from then on: what was signed since is void
            as well; ``None`` when only the future is.
    """

    seq: int
    time: datetime
    reason: str
    author: str
    void_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a key.

    Attributes:
        id: ``person-`` and the first ten hexadecimal digits of ``fingerprint``.
        lines: business lines they answer for; a business role without one speaks for none.
        os_users: accounts they work under, so that an author is known to be one.
        contact: how to reach them when the network is not to be trusted.
        public_key: Ed25519 as SubjectPublicKeyInfo in PEM (RFC 8410).
        fingerprint: SHA-256 of the same in DER, hexadecimal.
        seq: journal entry of the registration.
        registered_by: OS user who wrote it.
        vouched_by: id of the person who vouches; empty: trusted on first use.
        vouched_name: their name.
        first: whether the workspace knew nobody before.
        rooted: whether an unbroken chain of vouching leads back to the first person.
        revoked: ``None`` while the key is believed.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    lines: tuple[str, ...] = ()
    os_users: tuple[str, ...] = ()
    contact: str = ""
    public_key: str
    fingerprint: str
    seq: int
    registered_time: datetime
    registered_by: str
    vouched_by: str = ""
    vouched_name: str = ""
    first: bool = False
    rooted: bool = False
    revoked: Revocation | None = None

    def why_void(self, seq: int, time: datetime) -> str:
        """Why what this key signed does not count; empty when it does.

        Args:
            seq: journal entry that holds it; the order of the journal decides, for the time inside
                a statement is the signer's word.
            time: that the statement gives.
        """
        if seq <= self.seq:
            return f"{self.name} was not registered yet"
        if self.revoked is None:
            return ""
        if seq > self.revoked.seq:
            return f"the key of {self.name} was revoked before: {self.revoked.reason}"
        if self.revoked.void_since is not None and time >= self.revoked.void_since:
            return f"the key of {self.name} was compromised then: {self.revoked.reason}"
        return ""

    def doubts(self) -> tuple[str, ...]:
        """What rests on their word alone, one sentence each."""
        out = []
        if not self.vouched_by:
            first = " as the first of this workspace" if self.first else ""
            out.append(
                f"nobody vouches for {self.name}, who was registered{first} by {self.registered_by}"
            )
        if not self.os_users:
            out.append(
                f"{self.name} declared no account: only their signature says that they did not "
                "make the plan"
            )
        return tuple(out)

    def is_also(self, other: Person) -> bool:
        """Whether both are one human being, by key, by an account they share, or by name."""
        return (
            self.fingerprint == other.fingerprint
            or bool(set(self.os_users) & set(other.os_users))
            or folded(self.name) == folded(other.name)
        )

    def answers_for(self, line: str) -> bool:
        """Whether a business line is theirs; case and white space do not matter."""
        return folded(line) in {folded(each) for each in self.lines}


def folded(text: str) -> str:
    """A name as people compare it: compatibility forms, case and white space do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
