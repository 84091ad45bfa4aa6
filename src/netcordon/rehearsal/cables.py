"""Two cables, many frames a call: ``sendmmsg`` and ``recvmmsg`` of Linux, which Python lacks."""

from __future__ import annotations

import ctypes
import errno
import os
import select
import socket
import time
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netcordon.rehearsal.packets import LONGEST, Frames, Probes, frames, read

_ALL = 0x0003
_BATCH = 256
"""Frames put in before what came out is taken: the kernel holds 1,000 that wait to be forwarded."""
_SLOTS = 1024
_QUIET_MS, _LAST_QUIET_MS = 20, 150
"""Nothing more comes once nothing came for so long; what is missing is asked a second time."""

# struct iovec and struct mmsghdr (recvmmsg(2)).
_IOVEC = np.dtype([("base", np.uintp), ("length", np.uintp)])
_HEADER = np.dtype(
    [
        ("name", np.uintp), ("name_length", np.uint32), ("parts", np.uintp),
        ("part_count", np.uintp), ("control", np.uintp), ("control_length", np.uintp),
        ("flags", np.int32),
    ],
    align=True,
)  # fmt: skip
_MESSAGE = np.dtype([("header", _HEADER), ("length", np.uint32)], align=True)

_libc = ctypes.CDLL(None, use_errno=True)


class Cables:
    """Both ends that probes are put in and taken out at: ``i0`` inside, ``o0`` outside.

    Attributes:
        sent: frames so far.
    """

    def __init__(self, macs: Mapping[str, bytes]) -> None:
        self.sent = 0
        self._macs = macs
        self._sockets = {name: _socket(name) for name in ("i0", "o0")}
        self._room = np.zeros((_SLOTS, LONGEST), np.uint8)
        self._slots = _messages(self._room)

    def send(self, packets: Probes, side: str, flags: int, *, answers: bool) -> Probes:
        """Put packets in at one end; those that came out at the other, each once, by number."""
        found = self._sent(packets, side, flags, answers, _QUIET_MS)
        missing = packets[~np.isin(packets["number"], found["number"])]
        if len(missing):
            # A full queue drops what no rule did; a rule says the same again.
            again = self._sent(missing, side, flags, answers, _LAST_QUIET_MS)
            found = np.concatenate([found, again])
        _, first = np.unique(found["number"], return_index=True)
        return found[first]

    def _sent(self, packets: Probes, side: str, flags: int, answers: bool, quiet_ms: int) -> Probes:
        other, gate = ("o0", "in0") if side == "i0" else ("i0", "out0")
        found: list[Probes] = [packets[:0]]
        left = len(packets)
        macs = self._macs[gate], self._macs[side]
        for group in frames(packets, flags, *macs, answers=answers):
            messages = _messages(group)
            for place in range(0, len(group), _BATCH):
                batch = messages.headers[place : place + _BATCH]
                _put(self._sockets[side], batch)
                self.sent += len(batch)
                left -= self._take(other, found, 0)
        while left > 0 and (count := self._take(other, found, quiet_ms)):
            left -= count
        return np.concatenate(found)

    def _take(self, side: str, found: list[Probes], wait_ms: int) -> int:
        """All that is there, after a wait for the first; how many probes were among it."""
        end, count = self._sockets[side], 0
        if wait_ms and not select.select([end], [], [], wait_ms / 1000)[0]:
            return 0
        while (taken := _libc.recvmmsg(
            end.fileno(), ctypes.c_void_p(self._slots.headers.ctypes.data), _SLOTS,
            socket.MSG_DONTWAIT | socket.MSG_TRUNC, None,
        )) > 0:  # fmt: skip
            lengths = self._slots.headers["length"][:taken].astype(np.int64)
            probes = read(self._room[:taken], lengths)
            found.append(probes)
            count += len(probes)
        return count


def _socket(name: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    end.bind((name, _ALL))
    return end


class _Messages(NamedTuple):
    """Headers for the kernel, and the memory that they point at."""

    headers: NDArray[np.void]
    parts: NDArray[np.void]
    rows: Frames


def _messages(rows: Frames) -> _Messages:
    """One message a row."""
    parts = np.zeros(len(rows), _IOVEC)
    parts["base"] = rows.ctypes.data + np.arange(len(rows)) * rows.strides[0]
    parts["length"] = rows.shape[1]
    headers = np.zeros(len(rows), _MESSAGE)
    headers["header"]["parts"] = parts.ctypes.data + np.arange(len(rows)) * _IOVEC.itemsize
    headers["header"]["part_count"] = 1
    return _Messages(headers, parts, rows)


def _put(end: socket.socket, headers: NDArray[np.void]) -> None:
    done = 0
    while done < len(headers):
        rest = headers[done:]
        count = _libc.sendmmsg(
            end.fileno(), ctypes.c_void_p(rest.ctypes.data), ctypes.c_uint(len(rest)), 0
        )
        if count > 0:
            done += count
        elif ctypes.get_errno() == errno.ENOBUFS:
            time.sleep(0.001)  # the kernel forwards in the background
        else:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
