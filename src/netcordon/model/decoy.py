"""Decoys: marked copies of one document, and what a found one tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

FALSE_NAMES = 1e-4
"""Highest chance, over all copies and tests, at which a copy is named: an accusation follows."""


@dataclass(frozen=True, kw_only=True)
class DecoyCopy:
    """One copy.

    Attributes:
        id: of its batch, a dash and its number: ``dec-0001-007``.
        recipient: who gets it; empty when it lies at a place.
        place: where it is put; empty when a person gets it.
        file: name in the folder it was written to.
        sha256: of the file.
        token: ten letters and digits that occur nowhere else.
        host: a name under the declared domain that holds the token; a bare one without a domain.
        mail: an address under the declared domain that holds the token; empty without a domain.
        metadata_id: what stands in the properties of the file.
    """

    id: str
    number: int
    recipient: str
    place: str
    file: str
    sha256: str
    token: str
    host: str
    mail: str
    metadata_id: str

    def whose(self) -> str:
        """Who got it, or where it lay."""
        return " at ".join(part for part in (self.recipient, self.place) if part) or "nobody named"


@dataclass(frozen=True, kw_only=True)
class DecoyBatch:
    """Copies that were made of one document at one time.

    Attributes:
        title: name of the template.
        format: ``docx``, ``xlsx``, ``pdf``, ``txt`` or ``csv``.
        script_sha256: of the file that keeps the text and the places of its marks.
        key_id: which key the marks come from.
        layers: kind of mark -> bits that each copy carries.
        retired: copy -> why it is watched no longer.
    """

    id: str
    title: str
    format: str
    script_sha256: str
    key_id: str
    layers: Mapping[str, int]
    copies: tuple[DecoyCopy, ...]
    time: datetime
    author: str
    retired: Mapping[str, str] = field(default_factory=dict)

    @property
    def watched(self) -> tuple[DecoyCopy, ...]:
        """Copies that still count."""
        return tuple(copy for copy in self.copies if copy.id not in self.retired)


class Verdict(StrEnum):
    """What a trace says of a file."""

    SAME_FILE = "same file"
    NAMED = "named"
    MIXED = "mixed"
    OURS_UNNAMED = "ours, not named"
    NOT_OURS = "no copy of ours"


@dataclass(frozen=True, kw_only=True)
class LayerReading:
    """What one kind of mark says of one copy.

    Attributes:
        bits: that could be read; 0 when the layer is lost or names no copy.
        matches: of them that are the copy's.
        p_value: chance that a document made without any of our copies fits one of them so well,
            over all copies.
        note: why nothing could be read; empty otherwise.
    """

    layer: str
    bits: int
    matches: int
    p_value: float
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A copy that the file was made from.

    Attributes:
        p_value: as above, over all copies and all tests that were made.
        matches: bits of all layers together that are this copy's, out of ``bits``.
    """

    copy: DecoyCopy
    batch_id: str
    layers: tuple[LayerReading, ...]
    bits: int
    matches: int
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Where a found file comes from.

    Attributes:
        sha256: of the file.
        format: as told by its content.
        words_shared: share of the template's places that the file has, of the closest batch.
        suspects: the surest first; empty unless ``named``, ``mixed`` or ``same file``.
        nearest: the copy that fits best when none is named, with what it lacks.
        copies: how many were compared.
        notes: what a reader must know before he accuses anybody.
    """

    name: str
    sha256: str
    format: str
    verdict: Verdict
    words_shared: float
    suspects: tuple[Suspect, ...]
    nearest: Suspect | None
    copies: int
    notes: tuple[str, ...]
