from __future__ import annotations

import struct
from collections.abc import Sequence

import pyarrow as pa
import pytest

from netcordon.ingest.capture.decode import decode

from .packets import Bytes, Listener, ipv4, ipv6, pcap, run, udp

STATION, PEER, POINT, FAR = (f"02:00:00:00:00:{n:02x}" for n in (0x0A, 0x0B, 0x0C, 0x0D))
V4 = ipv4(udp(50000, 2000, b"abc"), 17)
V6 = ipv6(udp(50000, 2000, b"abc"), 17, "2001:db8::1", "2001:db8::2")
LLC4 = b"\xaa\xaa\x03\0\0\0\x08\0" + V4
LLC6 = b"\xaa\xaa\x03\0\0\0\x86\xdd" + V6
RSN_PSK = bytes.fromhex("0100000fac040100000fac040100000fac020000")
RSN_SAE = bytes.fromhex("0100000fac040100000fac040100000fac08c000")


def macs(*texts: str) -> bytes:
    """Addresses one behind the other."""
    return bytes.fromhex("".join(texts).replace(":", ""))


def data_frame(
    body: bytes, *, flags: int = 0x0100, qos: bytes = b"", sequence: int = 0, subtype: int = 0
) -> bytes:
    """A data frame; ``flags`` are the upper octet of frame control in place."""
    kind = 2 << 2 | (subtype | (8 if qos else 0)) << 4
    ends = {
        0x0000: macs(PEER, STATION, POINT),
        0x0100: macs(POINT, STATION, PEER),
        0x0200: macs(PEER, POINT, STATION),
        0x0300: macs(FAR, POINT, PEER),
    }[flags & 0x0300]
    head = struct.pack("<HH", kind | flags, 0) + ends + struct.pack("<H", sequence)
    return head + (macs(STATION) if flags & 0x0300 == 0x0300 else b"") + qos + body


def management(subtype: int, body: bytes, *, flags: int = 0, to: str = PEER) -> bytes:
    """A management frame of the access point."""
    return struct.pack("<HH", subtype << 4 | flags, 0) + macs(to, POINT, POINT) + b"\0\0" + body


def element(kind: int, value: bytes) -> bytes:
    """An information element."""
    return bytes([kind, len(value)]) + value


def beacon(name: bytes, *elements: bytes, capabilities: int = 0x11) -> bytes:
    """A beacon on channel 6."""
    body = bytes(8) + struct.pack("<HH", 100, capabilities) + element(0, name)
    return management(8, body + element(3, b"\x06") + b"".join(elements), to="ff:ff:ff:ff:ff:ff")


def radiotap(frame: bytes, *, flags: int = 0, signal: int = -40, more: int = 0) -> bytes:
    """Radiotap with time, flags, rate, channel 1, signal; ``more`` words of presence bits."""
    present = struct.pack("<I", 0x2F | (0x80000000 if more else 0))
    for i in range(more):
        present += struct.pack("<I", 0x80000000 if i + 1 < more else 0)
    fields = b"\0" * (-(4 + len(present)) % 8) + bytes(8)
    fields += struct.pack("<BBHHb", flags, 2, 2412, 0xA0, signal)
    length = 4 + len(present) + len(fields)
    return struct.pack("<BBH", 0, 0, length) + present + fields + frame


def ppi(frame: bytes) -> bytes:
    """PPI with 802.11-Common."""
    common = struct.pack("<QHHHHBBbb", 0, 0, 2, 2437, 0, 0, 0, -50, -90)
    return struct.pack("<BBHI", 0, 0, 32, 105) + struct.pack("<HH", 2, 20) + common + frame


AVS = struct.pack(">II", 0x80211001, 64) + bytes(56)
PRISM = struct.pack("<II", 0x44, 144) + bytes(136)


@pytest.mark.parametrize(
    ("link_type", "frame", "ends"),
    [
        (105, data_frame(LLC4), (STATION, PEER)),
        (105, data_frame(LLC6, flags=0x0200), (STATION, PEER)),
        (105, data_frame(LLC4, flags=0), (STATION, PEER)),
        (105, data_frame(LLC4, flags=0x0300), (STATION, PEER)),
        (105, data_frame(LLC4, qos=b"\0\0"), (STATION, PEER)),
        (105, data_frame(LLC4, qos=b"\0\0" + bytes(4), flags=0x8200), (STATION, PEER)),
        (105, data_frame(LLC4, flags=0x0300, qos=b"\0\0"), (STATION, PEER)),
        (127, radiotap(data_frame(LLC4)), (STATION, PEER)),
        (127, radiotap(data_frame(LLC4), more=3), (STATION, PEER)),
        (127, radiotap(data_frame(b"\0\0" + LLC4, qos=b"\0\0"), flags=0x20), (STATION, PEER)),
        (192, ppi(data_frame(LLC6)), (STATION, PEER)),
        (163, AVS + data_frame(LLC4), (STATION, PEER)),
        (119, PRISM + data_frame(LLC4), (STATION, PEER)),
        (119, AVS + data_frame(LLC4), (STATION, PEER)),
    ],
)
def test_ip_is_found_in_data_frames(link_type: int, frame: bytes, ends: tuple[str, str]) -> None:
    decoded = run(pcap([frame], link_type=link_type))
    assert not decoded.result.refused
    (row,) = decoded.rows
    assert (row["src_mac"], row["dst_mac"]) == ends
    assert (row["src_port"], row["payload_bytes_out"]) == (50000, 3)


@pytest.mark.parametrize(
    ("link_type", "frame", "reason"),
    [
        (105, data_frame(LLC4, flags=0x4100), "wifi_protected"),
        (105, data_frame(LLC4, flags=0x0500), "wifi_fragment"),
        (105, data_frame(LLC4, sequence=1), "wifi_fragment"),
        (105, data_frame(b"\xaa\xaa\x03\0\0\0\x88\x8e\1\3\0\x5f"), "eapol"),
        (105, b"\x08\0" + bytes(8), "truncated_link"),
        (105, b"\x0b\0" + bytes(30), "wifi_other"),
        (105, b"\x0c\0" + bytes(30), "wifi_other"),
        (127, radiotap(data_frame(LLC4), flags=0x40), "wifi_bad_frame_check"),
        (127, b"\0\0\xff\xff" + bytes(60), "truncated_link"),
        (127, b"\1" + radiotap(data_frame(LLC4))[1:], "truncated_link"),
        (163, AVS[:20], "truncated_link"),
        (192, struct.pack("<BBHI", 0, 0, 8, 1) + bytes(30), "truncated_link"),
    ],
)
def test_refused_with_a_reason(link_type: int, frame: bytes, reason: str) -> None:
    decoded = run(pcap([frame], link_type=link_type))
    assert decoded.result.refused == {reason: 1}
    assert decoded.rows == []


def part(body: bytes, *, is_last: bool = False) -> bytes:
    """A subframe of an A-MSDU."""
    head = macs(PEER, STATION) + struct.pack(">H", len(body))
    return head + body + (b"" if is_last else b"\0" * (-(14 + len(body)) % 4))


def test_each_packet_of_an_aggregate_counts() -> None:
    other = b"\xaa\xaa\x03\0\0\0\x08\0" + ipv4(udp(50001, 2000, b"defg"), 17)
    eapol = b"\xaa\xaa\x03\0\0\0\x88\x8e\1\3\0\x5f"
    body = part(LLC4) + part(eapol) + part(other) + part(LLC4, is_last=True)
    decoded = run(pcap([data_frame(body, qos=b"\x80\0")], link_type=105))
    counted = {row["src_port"]: row["packets_out"] for row in decoded.rows}
    assert counted == {50000: 2, 50001: 1}
    assert {row["src_mac"] for row in decoded.rows} == {STATION}
    assert {row["tunnel_parent"] for row in decoded.rows} == {None}


@pytest.mark.parametrize("length", range(10, 120, 7))
def test_cut_aggregates_are_harmless(length: int) -> None:
    body = part(LLC4) + part(LLC4) + part(LLC4, is_last=True)
    frame = radiotap(data_frame(body, qos=b"\x80\0"), flags=0x10)
    decoded = run(pcap([frame[:length]], link_type=127, wire=[len(frame)]))
    assert decoded.result.records == 1


def activity(
    frames: Sequence[bytes], link_type: int = 105, **more: object
) -> list[dict[str, object]]:
    """Rows of `wifi_activity`."""
    rows: list[dict[str, object]] = []

    class Sink:
        def append(self, table: str, columns: dict[str, object]) -> None:
            if table == "wifi_activity":
                rows.extend(pa.table(dict(columns)).to_pylist())

    capture = pcap(frames, link_type=link_type, **more)  # type: ignore[arg-type]
    result = decode(Bytes(capture), Sink(), lambda _: None, Listener())  # type: ignore[arg-type]
    assert result.records == len(frames)
    return rows


def test_beacons_say_name_channel_and_security() -> None:
    frames = [radiotap(beacon(b"office", element(48, RSN_PSK)), signal=s) for s in (-40, -60, -50)]
    (row,) = activity(frames, 127)
    assert row["kind"] == "beacon"
    assert (row["ssid"], row["channel"], row["security"]) == ("office", 6, "wpa2")
    assert (row["transmitter_mac"], row["bssid"]) == (POINT, POINT)
    assert row["receiver_mac"] == "ff:ff:ff:ff:ff:ff"
    assert (row["signal_min_dbm"], row["signal_max_dbm"], row["count"]) == (-60, -40, 3)
    assert (row["first_frame"], row["is_protected"], row["reason"]) == (1, False, None)


@pytest.mark.parametrize(
    ("frame", "security"),
    [
        (beacon(b"a", capabilities=1), "open"),
        (beacon(b"a"), "wep"),
        (beacon(b"a", element(221, b"\0\x50\xf2\1\1\0")), "wpa"),
        (beacon(b"a", element(48, RSN_PSK), element(221, b"\0\x50\xf2\1\1\0")), "wpa/wpa2"),
        (beacon(b"a", element(48, RSN_SAE)), "wpa3"),
        (beacon(b"a", element(48, RSN_PSK[:17] + b"\x01\0\0")), "wpa2-enterprise"),
        (beacon(b"a", element(48, RSN_PSK[:17] + b"\x12\0\0")), "owe"),
        (beacon(b"a", element(48, b"\1\0")), "rsn"),
    ],
)
def test_security_of_networks(frame: bytes, security: str) -> None:
    (row,) = activity([frame])
    assert row["security"] == security
    assert row["is_protected"] == (security == "wpa3")


def test_deauthentication_keeps_its_reason_and_hostile_names_are_text() -> None:
    frames = [
        management(12, b"\7\0"),
        management(12, b"\7\0"),
        management(12, b"\x99\x99", flags=0x4000),
        management(11, struct.pack("<HHH", 0, 1, 13)),
        management(4, element(0, b"\x1b[2J<b>" + b"\xff")),
        management(4, element(0, b"")),
    ]
    rows = activity(frames)
    assert [(row["kind"], row["count"], row["reason"]) for row in rows] == [
        ("deauthentication", 2, 7),
        ("deauthentication", 1, None),
        ("authentication", 1, 13),
        ("probe_request", 1, None),
        ("probe_request", 1, None),
    ]
    assert [row["is_protected"] for row in rows] == [False, True, False, False, False]
    assert [row["ssid"] for row in rows[3:]] == ["\\x1b[2J<b>\\xff", None]


def test_control_frames_name_who_they_name() -> None:
    frames = [
        struct.pack("<HH", 0xB4, 0) + macs(PEER, STATION),
        struct.pack("<HH", 0xC4, 0) + macs(PEER),
        struct.pack("<HH", 0xD4, 0) + macs(STATION),
        data_frame(b"", subtype=4),
    ]
    rows = activity(frames)
    assert [(r["kind"], r["receiver_mac"], r["transmitter_mac"]) for r in rows] == [
        ("rts", PEER, STATION),
        ("cts", PEER, None),
        ("ack", STATION, None),
        ("null_data", POINT, STATION),
    ]


def test_a_minute_is_a_row() -> None:
    frames = [beacon(b"a")] * 4
    rows = activity(frames, times_us=[0, 1_000_000, 61_000_000, 125_000_000])
    assert [row["count"] for row in rows] == [2, 1, 1]


def test_a_flood_of_names_is_counted_in_bounded_space() -> None:
    frames = [beacon(b"net%d" % i) for i in range(10_000)]
    rows = activity(frames)
    assert len({row["ssid"] for row in rows}) == 10_000
    assert sum(row["count"] for row in rows) == 10_000  # type: ignore[misc]


def test_frames_without_data_are_no_refusals() -> None:
    result = run(pcap([beacon(b"a"), management(12, b"\7\0")], link_type=105)).result
    assert result.refused == {}
    assert (result.facts["wifi_frames"], result.facts["refused_frames"]) == (2, 0)
