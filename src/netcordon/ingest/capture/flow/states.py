"""``conn_state``: how a connection went, in Zeek's words, for whole columns of flows.

https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.layout import (
    CLOSED,
    ESTABLISHED,
    INACTIVE,
    PARTIAL,
    RESET,
    SYN_ACK_SENT,
    SYN_SENT,
)
from netcordon.ingest.capture.words import words

_STATES = 7
_NAMES = (
    "OTH",
    "S0",
    "S1",
    "S2",
    "S3",
    "SF",
    "REJ",
    "RSTO",
    "RSTR",
    "RSTOS0",
    "RSTRH",
    "SH",
    "SHR",
)


def _tcp(orig: int, resp: int) -> str:
    never_began = (INACTIVE, PARTIAL)
    if resp == RESET:
        if orig in (SYN_SENT, SYN_ACK_SENT):
            return "REJ"
        return "RSTRH" if orig in never_began else "RSTR"
    if orig == RESET:
        return "RSTOS0" if resp in never_began else "RSTO"
    if orig == CLOSED and resp == CLOSED:
        return "SF"
    if orig == CLOSED:
        return "SH" if resp in never_began else "S2"
    if resp == CLOSED:
        return "SHR" if orig in never_began else "S3"
    if orig == SYN_SENT and resp == INACTIVE:
        return "S0"
    return "S1" if orig == ESTABLISHED and resp == ESTABLISHED else "OTH"


def _udp(orig: int, resp: int) -> str:
    if orig != INACTIVE:
        return "SF" if resp != INACTIVE else "S0"
    return "SHR" if resp != INACTIVE else "OTH"


_TABLES = np.array(
    [
        [[_NAMES.index(judge(o, r)) for r in range(_STATES)] for o in range(_STATES)]
        for judge in (_tcp, _udp, lambda _o, _r: "OTH")
    ],
    dtype=np.int8,
)


def conn_state_text(
    protocol: NDArray[np.uint8], orig: NDArray[np.uint8], resp: NDArray[np.uint8]
) -> pa.DictionaryArray:
    """States of n flows from the states of their two ends."""
    kind = np.where(protocol == 6, 0, np.where(protocol == 17, 1, 2))
    return words(pa.array(_NAMES, pa.string()), _TABLES[kind, orig, resp])
