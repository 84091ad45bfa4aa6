"""Zeek's history letters, packed while a flow lives and written out when it is over.

``S`` SYN, ``H`` SYN with ACK, ``A`` pure ACK, ``D`` payload, ``F`` FIN, ``R`` RST, ``Q`` SYN with
FIN or RST, ``T`` payload sent again, ``W`` zero window, ``G`` bytes missing; upper case from the
initiator, lower case from the responder, ``^`` when the first packet came from the responder.
Each stands once per direction; ``T`` and ``W`` again at the 10th, 100th, ... time. ``G`` is
judged, and stands, at the end of the flow, when nothing can fill the hole any more. Checksums are
not verified per packet, so there is no ``C``.
https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Record, Records
from netcordon.ingest.capture.octets import wide
from netcordon.ingest.capture.words import words

LETTERS = "SHADFRQTWG"
S, H, A, D, F, R, Q, T, W, G = range(10)
_FLIPPED = 2 * len(LETTERS) + 1
_ALPHABET = "\0" + LETTERS + LETTERS.lower() + "^"
_PER_WORD = 12
_MOST = 2 * _PER_WORD


@subkernel
def _append(flow: Record, code: int) -> None:
    length = wide(flow.history_length)
    if length >= _MOST:
        return
    if length < _PER_WORD:
        flow.history_a |= np.uint64(code << (5 * length))
    else:
        flow.history_b |= np.uint64(code << (5 * (length - _PER_WORD)))
    flow.history_length = np.uint8(length + 1)


@subkernel
def note(flow: Record, side: Record, direction: int, letter: int) -> None:
    """Write a letter unless this direction has it."""
    if (side.letters >> letter) & 1:
        return
    side.letters |= np.uint32(1 << letter)
    _append(flow, 1 + letter + 10 * direction)


@subkernel
def note_again(flow: Record, direction: int, letter: int, times: int) -> None:
    """Write a letter at its 1st, 10th, 100th, ... time."""
    power = 1
    while power < times:
        power *= 10
    if power == times:
        _append(flow, 1 + letter + 10 * direction)


@subkernel
def note_flip(flow: Record) -> None:
    """Write that the first packet came from the responder."""
    _append(flow, _FLIPPED)


def history_text(flows: Records, has_history: NDArray[np.bool_]) -> pa.DictionaryArray:
    """Text of n histories; NULL where ``has_history`` is false.

    Where the application layer turned the flow round, the letters change case and ``^`` leads.
    """
    # 60 bits of letters leave room for the flip; only long histories need the second word.
    first = flows["history_a"] | (flows["flip"].astype(np.uint64) << np.uint64(63))
    second = np.where(has_history, flows["history_b"], 0)
    heads, head = np.unique(first, return_inverse=True)
    tails, tail = np.unique(second, return_inverse=True)
    pairs, where = np.unique(head * len(tails) + tail, return_inverse=True)
    texts = [_text(int(heads[p // len(tails)]), int(tails[p % len(tails)])) for p in pairs]
    return words(pa.array(texts, pa.string()), where, ~has_history)


def _text(first: int, second: int) -> str:
    codes = [(word >> (5 * i)) & 31 for word in (first, second) for i in range(_PER_WORD)]
    text = "".join(_ALPHABET[code] for code in codes if code)
    if not first >> 63:
        return text
    return text[1:].swapcase() if text.startswith("^") else "^" + text.swapcase()
