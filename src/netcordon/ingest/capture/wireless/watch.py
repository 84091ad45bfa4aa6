"""The radio side of one capture: aggregates opened, frames without data into `wifi_activity`."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.addresses import NO_MAC
from netcordon.ingest.capture.application.record.rows import as_columns
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.ingest.capture.wireless.activity import ROWS, WIFI_ROW, WifiTable, count_wifi
from netcordon.ingest.capture.wireless.aggregate import read_aggregates
from netcordon.ingest.capture.wireless.elements import (
    ENTERPRISE,
    NO_NAME,
    OWE,
    PERSONAL,
    PRIVACY,
    RSN,
    SAE,
    WPA,
)
from netcordon.ingest.capture.wireless.radio import NO_SIGNAL
from netcordon.model.parser import RowSink

_KINDS = {
    0x00: "association_request", 0x01: "association_response", 0x02: "reassociation_request",
    0x03: "reassociation_response", 0x04: "probe_request", 0x05: "probe_response",
    0x06: "timing_advertisement", 0x08: "beacon", 0x09: "announcement_traffic_indication",
    0x0A: "disassociation", 0x0B: "authentication", 0x0C: "deauthentication", 0x0D: "action",
    0x0E: "action_no_ack", 0x14: "beamforming_report_poll", 0x15: "ndp_announcement",
    0x17: "control_wrapper", 0x18: "block_ack_request", 0x19: "block_ack", 0x1A: "ps_poll",
    0x1B: "rts", 0x1C: "cts", 0x1D: "ack", 0x1E: "cf_end", 0x1F: "cf_end_ack",
}  # fmt: skip
_ANNOUNCING = (0x05, 0x08)
_LONGEST_NAME = 160
"""Characters of a network's name: 32 octets, each escaped at worst."""


class RadioWatch:
    """Counts what 802.11 stations say beside their data.

    Args:
        counts: no when another share of the same capture does.
    """

    def __init__(self, *, counts: bool = True) -> None:
        self._counts = counts
        self._table = WifiTable(
            rows=np.zeros(ROWS, dtype=WIFI_ROW),
            lookup=np.zeros(2 * ROWS, dtype=np.int32),
            draft=np.zeros(1, dtype=WIFI_ROW),
            used=np.zeros(1, dtype=np.int64),
        )
        self._rows: list[tuple[object, ...]] = []

    def take(
        self, block: Octets, packets: Records, count: int, used: int, first_frame: int,
        tally: Records,
    ) -> int:  # fmt: skip
        """Take a chunk of parsed packets; the records in use then."""
        done = 0 if self._counts else count
        while done < count:
            done = count_wifi(block, packets, done, count, first_frame, self._table)
            if done < count:
                self._empty()
        return read_aggregates(block, packets, count, used, tally)

    def flush(self, sink: RowSink) -> None:
        """Hand over the rows that are done."""
        if self._rows:
            sink.append("wifi_activity", as_columns("wifi_activity", self._rows))
            self._rows = []

    def finish(self, sink: RowSink) -> None:
        """Hand over all that is left; the capture is over."""
        self._empty()
        self.flush(sink)

    def _empty(self) -> None:
        used = int(self._table.used[0])
        rows = [_row(row) for row in self._table.rows[:used]]
        self._rows += sorted(rows, key=lambda row: (row[0], row[2]))
        self._table.used[0] = 0
        self._table.lookup[:] = 0


def _row(row: np.void) -> tuple[object, ...]:
    """The schema's columns of one row."""
    length, kind = int(row["name_length"]), int(row["kind"])
    has_name = 0 < length < NO_NAME
    has_signal = int(row["signal_min"]) != NO_SIGNAL
    return (
        int(row["first_ns"]) // 1000,
        int(row["last_ns"]) // 1000,
        int(row["first_frame"]),
        _KINDS.get(kind) or ("null_data" if kind >> 4 == 2 else f"type_{kind >> 4}_{kind & 15}"),
        _mac(int(row["transmitter"])),
        _mac(int(row["receiver"])),
        _mac(int(row["network"])),
        safe_text(row["name"][:length].tobytes(), _LONGEST_NAME) if has_name else None,
        int(row["channel"]) or None,
        _security(int(row["security"]), kind),
        int(row["reason"]) if row["reason"] >= 0 else None,
        int(row["signal_min"]) if has_signal else None,
        int(row["signal_max"]) if has_signal else None,
        bool(row["is_protected"]),
        int(row["count"]),
    )


def _mac(value: int) -> str | None:
    return None if value & NO_MAC else value.to_bytes(6, "big").hex(":")


def _security(bits: int, kind: int) -> str | None:
    """What a network announces, or a station asks for; NULL where a frame does not say."""
    if bits & RSN:
        names = []
        if bits & WPA:
            names.append("wpa")
        if bits & PERSONAL or (bits & ENTERPRISE):
            names.append("wpa2")
        if bits & SAE:
            names.append("wpa3")
        if bits & OWE:
            names.append("owe")
        name = "/".join(names) or "rsn"
        return name + "-enterprise" if bits & ENTERPRISE and not bits & (PERSONAL | SAE) else name
    if bits & WPA:
        return "wpa"
    if kind not in _ANNOUNCING:
        return None
    return "wep" if bits & PRIVACY else "open"
