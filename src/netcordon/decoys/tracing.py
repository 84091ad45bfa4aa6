"""Name the copy a found text was made from, or say why not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netcordon.decoys.chance import binomial_tail, over_all, token_by_chance
from netcordon.decoys.code import TOKEN_LENGTH
from netcordon.decoys.marking import copy_bits
from netcordon.decoys.readback import Read, read_layers
from netcordon.decoys.slots import Script
from netcordon.decoys.words import folded
from netcordon.model.decoy import (
    FALSE_NAMES,
    DecoyBatch,
    LayerReading,
    Suspect,
    Trace,
    Verdict,
)  # fmt: skip

_TOKEN_BITS = 5 * TOKEN_LENGTH
_METADATA_BITS = 64
_RUN = re.compile(r"[a-z2-7]{10,}")
_LONGEST_RUN = 4096
_OURS = 0.2
"""Share of a template's marked places from which a text is called ours though nobody is named."""
_WHOLE = 0.9
"""Share of marks below which something was mixed, retyped or rewritten."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file that turned up.

    Attributes:
        text: all of it that can be read.
        properties: of the file, as text.
    """

    name: str
    sha256: str
    format: str
    text: str
    properties: str


@dataclass(frozen=True)
class Known:
    """A batch with the text and places it was made with."""

    batch: DecoyBatch
    script: Script


def trace(found: Found, known: Sequence[Known], key: bytes) -> Trace:
    """Compare a file with every copy of every batch, retired ones included."""
    copies = sum(len(each.batch.copies) for each in known)
    for each in known:
        for copy in each.batch.copies:
            if copy.sha256 == found.sha256:
                suspect = Suspect(
                    copy=copy, batch_id=each.batch.id, layers=(), bits=0, matches=0, p_value=0.0
                )
                return _told(found, Verdict.SAME_FILE, 1.0, (suspect,), None, copies, ())
    tokens = _Strings.of(folded(found.text))
    suspects: list[Suspect] = []
    share = 0.0
    for each in known:
        reads, part = read_layers(each.script, found.text)
        share = max(share, part)
        suspects += _judged(each.batch, reads, key, found, tokens, copies)
    suspects.sort(key=lambda s: (s.p_value, -s.matches, s.copy.id))
    named = tuple(s for s in suspects if s.p_value <= FALSE_NAMES)
    verdict, notes = _verdict(named, share)
    nearest = suspects[0] if suspects and not named and share >= _OURS else None
    return _told(found, verdict, share, named, nearest, copies, notes)


def _told(
    found: Found, verdict: Verdict, share: float, suspects: tuple[Suspect, ...],
    nearest: Suspect | None, copies: int, notes: tuple[str, ...],
) -> Trace:  # fmt: skip
    return Trace(
        name=found.name, sha256=found.sha256, format=found.format, verdict=verdict,
        words_shared=share, suspects=suspects, nearest=nearest, copies=copies, notes=notes,
    )  # fmt: skip


@dataclass(frozen=True)
class _Strings:
    """Strings of a text that could be tokens."""

    distinct: frozenset[str]
    windows: int

    @classmethod
    def of(cls, text: str) -> _Strings:
        found: set[str] = set()
        windows = 0
        # Line ends inside a host name are the doing of whatever laid the text out.
        for part in (text, re.sub(r"\s+", "", text)):
            for run in _RUN.findall(part):
                for at in range(min(len(run), _LONGEST_RUN) - TOKEN_LENGTH + 1):
                    found.add(run[at : at + TOKEN_LENGTH])
                    windows += 1
        return cls(frozenset(found), windows)


def _judged(
    batch: DecoyBatch, reads: Sequence[Read], key: bytes, found: Found, strings: _Strings,
    copies: int,
) -> list[Suspect]:  # fmt: skip
    """Every copy of a batch with its readings; the chances are over all copies of all batches."""
    readable = [read for read in reads if read.bits]
    # Each layer, all together, the token and the properties: what was tried counts.
    tests = len(readable) + 3
    out: list[Suspect] = []
    for copy in batch.copies:
        bits = copy_bits(key, batch.id, copy.number, batch.layers)
        layers = [_reading(read, bits, copies) for read in reads if batch.layers.get(read.layer)]
        layers += [
            _string("token", copy.token in strings.distinct,
                    token_by_chance(strings.windows, copies, _TOKEN_BITS)),
            _string("properties", copy.metadata_id in found.properties,
                    token_by_chance(len(found.properties), copies, _METADATA_BITS)),
        ]  # fmt: skip
        total = sum(layer.bits for layer in layers if layer.layer not in ("token", "properties"))
        right = sum(layer.matches for layer in layers if layer.layer not in ("token", "properties"))
        together = over_all(binomial_tail(total, right), copies) if total else 1.0
        best = min([together, *(layer.p_value for layer in layers)])
        out.append(
            Suspect(
                copy=copy, batch_id=batch.id, layers=tuple(layers), bits=total, matches=right,
                p_value=over_all(best, tests),
            )
        )  # fmt: skip
    return out


def _reading(read: Read, bits: Mapping[str, Sequence[int]], copies: int) -> LayerReading:
    own = bits[read.layer]
    matches = sum(1 for at, bit in read.bits.items() if own[at] == bit)
    chance = over_all(binomial_tail(len(read.bits), matches), copies) if read.bits else 1.0
    return LayerReading(
        layer=read.layer, bits=len(read.bits), matches=matches, p_value=chance, note=read.note
    )


def _string(layer: str, is_there: bool, chance: float) -> LayerReading:
    return LayerReading(
        layer=layer, bits=0, matches=0, p_value=chance if is_there else 1.0,
        note="" if is_there else "not in it",
    )  # fmt: skip


def _verdict(named: Sequence[Suspect], share: float) -> tuple[Verdict, tuple[str, ...]]:
    if len(named) > 1:
        return Verdict.MIXED, (
            "Marks of more than one copy: whoever made this had several of them, or put parts "
            "together. Each was in somebody's hands; marks alone do not say whose hand mixed them.",
        )
    if named:
        notes = [_WHO]
        suspect = named[0]
        if suspect.bits and suspect.matches < _WHOLE * suspect.bits:
            notes.append(
                f"{suspect.bits - suspect.matches} of {suspect.bits} marks are not this copy's: "
                "it was mixed with a text that is not ours, rewritten, or mixed with more copies "
                "than can be told apart."
            )
        if not suspect.bits:
            notes.append(
                "Only a string of this copy was found, none of its text: a string can be copied "
                "from one document into another."
            )
        return Verdict.NAMED, tuple(notes)
    if share >= _OURS:
        return Verdict.OURS_UNNAMED, (
            "The text is ours, but too few marks are left to name a copy: naming the nearest "
            "would be a guess.",
        )
    return Verdict.NOT_OURS, ()


_WHO = (
    "The marks name the copy, not the person who passed it on: others may have had it before the "
    "file left."
)
