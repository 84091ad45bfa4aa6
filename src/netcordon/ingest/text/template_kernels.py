"""Kernels that cut lines of one fixed build: fields, each up to what must stand behind it.

All callers hold ``0 <= begin <= finish <= len(data)``; a line that is built otherwise is left to
whoever reads it letter by letter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]

_SPACE, _SLASH, _COLON = 32, 47, 58


@kernel
def cut(
    data: Bytes, begins: NDArray[np.int64], finishes: NDArray[np.int64], signs: Bytes,
    places: Places, least: Places, most: Places, may_end: NDArray[np.bool_],
    is_padded: NDArray[np.bool_], starts: NDArray[np.int32], ends: NDArray[np.int32],
    fine: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Cut lines into fields.

    A field goes up to the first octet of the sign behind it, and the whole sign must stand there.

    Args:
        data: of the block.
        begins: of the lines.
        finishes: of the lines.
        signs: what stands behind each field, one after the other; nothing: the end of the line.
        places: where each sign begins in them, one more at the end.
        least: octets of each field.
        most: octets of each field.
        may_end: the line may end instead of the sign.
        is_padded: spaces before the field are no part of it.
        starts: of the fields, shape (fields, lines); written.
        ends: of the fields; written.
        fine: of the lines: those built like this; written.
    """
    for line in range(len(begins)):
        at, finish = begins[line], finishes[line]
        is_fine = True
        for field in range(len(least)):
            sign, size = places[field], places[field + 1] - places[field]
            if is_padded[field]:
                while at < finish and data[at] == _SPACE:
                    at += 1
            stop = at
            if size == 0:
                stop = finish
            else:
                octet = signs[sign]
                while stop < finish and data[stop] != octet:
                    stop += 1
                if stop == finish and may_end[field]:
                    size = 0
                elif finish - stop < size:
                    is_fine = False
                    break
                for step in range(size):
                    if data[stop + step] != signs[sign + step]:
                        is_fine = False
            if not is_fine or not least[field] <= stop - at <= most[field]:
                is_fine = False
                break
            starts[field, line] = at
            ends[field, line] = stop
            at = stop + size
        fine[line] = is_fine


@kernel
def fronts(
    data: Bytes, starts: Places, ends: Places, out: NDArray[np.int32], fine: NDArray[np.bool_]
) -> None:
    """Where the path of each URL begins: the first slash, but not those after the scheme.

    Args:
        data: of the block.
        starts: of the URLs.
        ends: of the URLs.
        out: where the path begins, the end where there is none; written.
        fine: whether what stands before is of ASCII letters, no blank among them; written.
    """
    for i in range(len(starts)):
        begin, end = starts[i], max(ends[i], starts[i])
        at = begin
        while at < end and data[at] != _COLON and data[at] != _SLASH:
            at += 1
        has_scheme = end - at >= 3 and data[at] == _COLON
        has_scheme = has_scheme and data[at + 1] == _SLASH and data[at + 2] == _SLASH
        at = at + 3 if has_scheme else begin
        while at < end and data[at] != _SLASH:
            at += 1
        out[i], fine[i] = at, True
        for place in range(begin, at):
            if data[place] <= _SPACE or data[place] > 126:
                fine[i] = False


@kernel
def requests(
    data: Bytes, starts: Places, ends: Places, methods: Places, urls: Places,
    fine: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Take request lines apart: method, URL, and the version where one is named.

    Args:
        data: of the block.
        starts: of the request lines.
        ends: of the request lines.
        methods: where the method ends; written.
        urls: where the URL ends, nine before the end at most; written.
        fine: whether a method of capitals stands there; written.
    """
    for i in range(len(starts)):
        begin, end = starts[i], ends[i]
        at = begin
        while at < end and (65 <= data[at] <= 90 or data[at] == 45):
            at += 1
        fine[i] = at < end and data[at] == _SPACE and 1 <= at - begin <= 32
        methods[i], urls[i] = at, end
        digits = end
        while digits > at and end - digits < 3:
            octet = data[digits - 1]
            if not 48 <= octet <= 57 and octet != 46:
                break
            digits -= 1
        if end > begin and (data[end - 1] > 126 or data[digits - 1] > 126):
            fine[i] = False  # digits of other scripts
        # " HTTP/" and one to three digits or points
        if digits < end and digits - at >= 7 and data[digits - 1] == _SLASH:
            is_named = (
                data[digits - 6] == _SPACE
                and data[digits - 5] == 72
                and data[digits - 4] == 84
                and data[digits - 3] == 84
                and data[digits - 2] == 80
            )
            if is_named:
                urls[i] = digits - 6


@kernel
def words_after(
    data: Bytes, begins: NDArray[np.int64], finishes: NDArray[np.int64], key: Bytes,
    starts: NDArray[np.int32], ends: NDArray[np.int32],
) -> None:  # fmt: skip
    """The first short word between quotes behind a key of JSON: small letters, digits, ``_-``.

    Args:
        data: of the block.
        begins: of the lines.
        finishes: of the lines.
        key: with its quotes and colon; a blank may follow it.
        starts: of the words; written.
        ends: of the words, before the beginning where there is none; written.
    """
    size = len(key)
    for line in range(len(begins)):
        starts[line], ends[line] = begins[line], -1
        at, finish = begins[line], finishes[line]
        while at + size < finish and ends[line] < 0:
            step = 0
            while step < size and data[at + step] == key[step]:
                step += 1
            begin = at + size
            at += 1
            if step < size:
                continue
            begin += data[begin] == _SPACE
            if begin >= finish or data[begin] != 34:
                continue
            begin += 1
            stop = begin
            while stop < finish and stop - begin <= 32:
                octet = data[stop]
                is_letter = 97 <= octet <= 122 or 48 <= octet <= 57
                if not is_letter and octet != 95 and octet != 45:
                    break
                stop += 1
            if stop < finish and data[stop] == 34 and 1 <= stop - begin <= 32:
                starts[line], ends[line] = begin, stop
