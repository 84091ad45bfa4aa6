"""802.11 frames without data, by kind, transmitter and receiver, equal tshark's."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from netcordon.ingest.capture.decode import decode
from tests.unit.ingest.capture.packets import Listener

pytestmark = [pytest.mark.engines, pytest.mark.slow]

CAPTURES = (
    "l2_wifi/80211traffic.pcap",
    "l2_wifi/SuccessfulWEPAuth.pcap",
    "l2_wifi/wep.pcapng",
    "l2_wifi/wpa-Induction.pcap",
)
_KINDS = {
    0x00: "association_request", 0x01: "association_response", 0x04: "probe_request",
    0x05: "probe_response", 0x08: "beacon", 0x0A: "disassociation", 0x0B: "authentication",
    0x0C: "deauthentication", 0x0D: "action", 0x18: "block_ack_request", 0x19: "block_ack",
    0x1A: "ps_poll", 0x1B: "rts", 0x1C: "cts", 0x1D: "ack", 0x1E: "cf_end", 0x24: "null_data",
    0x2C: "null_data",
}  # fmt: skip
_FIELDS = (
    "wlan.fc.type_subtype", "wlan.ta", "wlan.ra", "wlan.bssid", "wlan.ssid",
    "wlan.fixed.reason_code", "wlan.ds.current_channel",
)  # fmt: skip
_ANY = "<MISSING>"


class _Rows:
    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Keep the rows of one table."""
        if table == "wifi_activity":
            self.rows += pa.table(dict(columns)).to_pylist()


def _theirs(capture: Path, tshark: str) -> list[dict[str, str]]:
    command = [tshark, "-n", "-r", str(capture), "-T", "fields", "-E", "occurrence=f"]
    command += [part for name in _FIELDS for part in ("-e", name)]
    command += ["-Y", "wlan.fc.type == 0 || wlan.fc.type == 1 || wlan.fc.subtype in {4, 12}"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True)
    return [dict(zip(_FIELDS, line.split("\t"), strict=True)) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", CAPTURES)
def test_frames_without_data_agree(
    name: str, corpus: Path, engine_program: Callable[[str], str]
) -> None:
    ours, theirs = Counter[tuple[object, ...]](), Counter[tuple[object, ...]]()
    sink = _Rows()
    with (corpus / name).open("rb", buffering=0) as source:
        decode(source, sink, lambda _: None, Listener())  # type: ignore[arg-type]
    for row in sink.rows:
        is_announced = row["kind"] in ("beacon", "probe_response")
        key = (row["kind"], row["transmitter_mac"], row["receiver_mac"])
        said = (row["ssid"], row["channel"]) if is_announced else ()
        ours[(*key, *said)] += int(str(row["count"]))
    for frame in _theirs(corpus / name, engine_program("tshark")):
        kind = _KINDS[int(frame["wlan.fc.type_subtype"], 0)]
        ssid = frame["wlan.ssid"]
        ssid = "" if ssid == _ANY else ssid
        text = bytes.fromhex(ssid).decode() if _is_hex(ssid) else ssid
        channel = int(frame["wlan.ds.current_channel"] or 0)
        is_announced = kind in ("beacon", "probe_response")
        said = (text or None, channel or None) if is_announced else ()
        theirs[(kind, frame["wlan.ta"] or None, frame["wlan.ra"] or None, *said)] += 1
    different = {key for key in ours.keys() | theirs.keys() if ours[key] != theirs[key]}
    print(  # noqa: T201 - the table that -s shows
        f"\n{name:40} wifi kind+ends+network {sum(theirs.values())} frames, "
        f"{len(theirs)} groups, {len(different)} differ {sorted(different, key=repr)[:6]}",
        end="",
    )
    assert not different


def _is_hex(text: str) -> bool:
    return bool(text) and len(text) % 2 == 0 and not set(text) - set("0123456789abcdef")
