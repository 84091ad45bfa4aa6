"""Kernels that read cells: places in a block of bytes, each with where it begins and ends.

A cell whose end lies before its beginning is NULL. What a kernel does not read in its one plain way
(another sign, more digits, a hexadecimal) is not valid and counts as odd, and the caller reads it
by the slow way, which knows every form. All callers hold ``0 <= start <= end <= len(data)``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel

Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]

MOST_PROBES = 64
"""Steps in a table of words; texts made to collide end there."""

_ZERO, _NINE, _MINUS, _DOT = 48, 57, 45, 46


@kernel
def split(
    data: Bytes, begins: NDArray[np.int64], finishes: NDArray[np.int64], separator: int,
    unset: int, is_empty_unset: bool, starts: NDArray[np.int32], ends: NDArray[np.int32],
    marks: NDArray[np.int32], wrong: NDArray[np.bool_],
) -> int:  # fmt: skip
    """Cut lines at a separator.

    Args:
        data: of the block.
        begins: of the lines.
        finishes: of the lines, their line feed not counted.
        separator: an octet.
        unset: the octet that alone in a cell means NULL; -1 for none.
        is_empty_unset: an empty cell is NULL as well.
        starts: of the cells, shape (fields, lines); written.
        ends: of the cells; written.
        marks: room for the places of separators, as many as the longest line has octets, and one.
        wrong: whether a line has another number of fields; written.

    Returns:
        How many lines are wrong; their cells are of no use.
    """
    fields = starts.shape[0]
    bad = 0
    for line in range(len(begins)):
        begin, finish = begins[line], finishes[line]
        count = 0
        for at in range(begin, finish):  # without a branch: what is no separator is overwritten
            marks[count] = at
            count += int(data[at]) == separator
        wrong[line] = count != fields - 1
        if count != fields - 1:
            bad += 1
            continue
        marks[count] = finish
        cell = begin
        for field in range(fields):
            end = marks[field]
            size = end - cell
            is_unset = (size == 1 and int(data[cell]) == unset) or (is_empty_unset and size == 0)
            starts[field, line] = cell
            ends[field, line] = -1 if is_unset else end
            cell = end + 1
    return bad


@kernel
def whole(
    data: Bytes, starts: Places, ends: Places, out: NDArray[np.int64], valid: NDArray[np.bool_]
) -> int:
    """Whole numbers of up to 18 digits, a minus before them; returns how many cells are odd."""
    odd = 0
    for i in range(len(starts)):
        at, end = starts[i], ends[i]
        out[i] = 0
        valid[i] = end >= at
        if end < at:
            continue
        is_negative = end > at and data[at] == _MINUS
        at += is_negative
        if not 1 <= end - at <= 18:
            valid[i] = False
            odd += 1
            continue
        value = np.int64(0)
        for place in range(at, end):
            digit = np.int64(data[place]) - _ZERO
            if digit < 0 or digit > 9:
                valid[i] = False
                odd += 1
                break
            value = value * 10 + digit
        out[i] = -value if is_negative else value
    return odd


@kernel
def decimal(
    data: Bytes,
    starts: Places,
    ends: Places,
    out: NDArray[np.float64],
    valid: NDArray[np.bool_],
    powers: NDArray[np.float64],
) -> int:
    """Decimal fractions of up to 15 digits, rounded rightly; returns how many cells are odd.

    Digits below 2^53 over a power of ten up to 10^22 are one division, which is exact to the last
    bit (Clinger 1990).
    """
    odd = 0
    for i in range(len(starts)):
        at, end = starts[i], ends[i]
        out[i] = 0.0
        valid[i] = end >= at
        if end < at:
            continue
        is_negative = end > at and data[at] == _MINUS
        at += is_negative
        digits, point = 0, -1
        value = np.int64(0)
        is_odd = end - at > 16
        if not is_odd:
            for place in range(at, end):
                octet = data[place]
                if octet == _DOT and point < 0 and digits > 0:
                    point = place
                elif _ZERO <= octet <= _NINE:
                    value = value * 10 + (np.int64(octet) - _ZERO)
                    digits += 1
                else:
                    is_odd = True
                    break
        if is_odd or not 1 <= digits <= 15 or point == end - 1:
            valid[i] = False
            odd += 1
            continue
        read = float(value)
        if point >= 0:
            read = read / powers[end - 1 - point]
        out[i] = -read if is_negative else read
    return odd


@kernel
def epoch(
    data: Bytes, starts: Places, ends: Places, out: NDArray[np.int64], valid: NDArray[np.bool_]
) -> int:
    """Seconds since 1970 with up to six decimals, as microseconds; returns how many are odd.

    Below 2^32 seconds a double tells microseconds apart, so nothing is lost against reading one.
    """
    odd = 0
    for i in range(len(starts)):
        at, end = starts[i], ends[i]
        out[i] = 0
        valid[i] = end >= at
        if end < at:
            continue
        seconds, micros = np.int64(0), np.int64(0)
        digits, decimals = 0, -1
        is_odd = not 1 <= end - at <= 17
        if not is_odd:
            for place in range(at, end):
                octet = data[place]
                if octet == _DOT and decimals < 0 and digits > 0:
                    decimals = 0
                elif _ZERO <= octet <= _NINE and decimals < 0:
                    seconds = seconds * 10 + (np.int64(octet) - _ZERO)
                    digits += 1
                elif _ZERO <= octet <= _NINE:
                    micros = micros * 10 + (np.int64(octet) - _ZERO)
                    decimals += 1
                else:
                    is_odd = True
                    break
        if is_odd or digits > 10 or decimals > 6 or decimals == 0 or seconds >= 1 << 32:
            valid[i] = False
            odd += 1
            continue
        for _ in range(max(decimals, 0), 6):
            micros *= 10
        out[i] = seconds * 1_000_000 + micros
    return odd


@kernel
def lengths(starts: Places, ends: Places, offsets: Places, valid: NDArray[np.bool_]) -> int:
    """Where the text of each cell begins in a column; returns how many cells are NULL."""
    place, nulls = np.int32(0), 0
    offsets[0] = 0
    for i in range(len(starts)):
        is_cell = ends[i] >= starts[i]
        valid[i] = is_cell
        nulls += not is_cell
        if is_cell:
            place += ends[i] - starts[i]
        offsets[i + 1] = place
    return nulls


@kernel
def copy(data: Bytes, starts: Places, offsets: Places, out: Bytes) -> None:
    """The texts of cells, one after the other."""
    for i in range(len(starts)):
        begin, size = starts[i], offsets[i + 1] - offsets[i]
        place = offsets[i]
        for step in range(size):
            out[place + step] = data[begin + step]


@kernel
def words(
    data: Bytes, starts: Places, ends: Places, table: NDArray[np.int32], firsts: NDArray[np.int32],
    indices: NDArray[np.int32], valid: NDArray[np.bool_],
) -> int:  # fmt: skip
    """Number the distinct texts of cells in the order they come.

    Args:
        data: of the block.
        starts: of the cells.
        ends: of the cells.
        table: empty places (-1), a power of two of them, more than there are cells.
        firsts: the cell where each text comes first; written.
        indices: number of each cell's text, 0 where it is NULL; written.
        valid: whether the cell is one; written.

    Returns:
        How many texts there are; -1 where they are too many for the tables, or collide.
    """
    count, last = 0, len(table) - 1
    for i in range(len(starts)):
        begin, end = starts[i], ends[i]
        valid[i] = end >= begin
        indices[i] = 0
        if end < begin:
            continue
        mixed, place = np.uint64(14695981039346656037), begin
        while place + 4 <= end:
            four = np.uint64(data[place]) | np.uint64(data[place + 1]) << np.uint64(8)
            four |= np.uint64(data[place + 2]) << np.uint64(16)
            four |= np.uint64(data[place + 3]) << np.uint64(24)
            mixed = (mixed ^ four) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(32)
            place += 4
        for rest in range(place, end):
            mixed = (mixed ^ np.uint64(data[rest])) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        at = np.int64(mixed & np.uint64(last))
        found = -1
        for _ in range(MOST_PROBES):
            known = table[at]
            if known < 0:
                if count >= len(firsts):
                    return -1
                table[at], firsts[count], found = count, i, count
                count += 1
                break
            other = firsts[known]
            size = end - begin
            if ends[other] - starts[other] == size:
                step = 0
                while step < size and data[starts[other] + step] == data[begin + step]:
                    step += 1
                if step == size:
                    found = known
                    break
            at = (at + 1) & last
        if found < 0:
            return -1
        indices[i] = found
    return count


@kernel
def dotted(
    data: Bytes, starts: Places, ends: Places, out: NDArray[np.uint64], valid: NDArray[np.bool_]
) -> int:
    """IPv4 addresses as they are written canonically, as 32-bit numbers; returns how many are not.

    Four decimal numbers up to 255 without zeros before them: what stands there is the canonical
    text as well.
    """
    odd = 0
    for i in range(len(starts)):
        at, end = starts[i], ends[i]
        out[i] = 0
        valid[i] = False
        value, part, digits, parts = np.uint64(0), 0, 0, 1
        is_odd = not 7 <= end - at <= 15
        if not is_odd:
            for place in range(at, end):
                octet = data[place]
                if octet == _DOT and digits > 0 and parts < 4:
                    value = value << np.uint64(8) | np.uint64(part)
                    part, digits, parts = 0, 0, parts + 1
                elif _ZERO <= octet <= _NINE and not (digits > 0 and part == 0) and digits < 3:
                    part = part * 10 + (int(octet) - _ZERO)
                    digits += 1
                else:
                    is_odd = True
                    break
                if part > 255:
                    is_odd = True
                    break
        if is_odd or parts != 4 or digits == 0:
            odd += 1
            continue
        out[i] = value << np.uint64(8) | np.uint64(part)
        valid[i] = True
    return odd
