"""How the truth's own reader groups packets."""

from __future__ import annotations

import struct
from pathlib import Path

from lab.capture_file import frames, pcapng
from lab.flows import ACK, FIN, SYN, flows, query_name

A, B = bytes([10, 20, 1, 2]), bytes([10, 20, 2, 3])


def ip(src: bytes, dst: bytes, number: int, body: bytes) -> bytes:
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, number, 0, src, dst)
    return b"\2" * 12 + b"\x08\0" + header + body


def tcp(src: bytes, sport: int, dst: bytes, dport: int, flags: int) -> bytes:
    return ip(src, dst, 6, struct.pack("!HHIIBBHHH", sport, dport, 0, 0, 0x50, flags, 9, 0, 0))


def udp(src: bytes, sport: int, dst: bytes, dport: int, data: bytes = b"") -> bytes:
    return ip(src, dst, 17, struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data)


def written(path: Path, *packets: tuple[float, bytes]) -> Path:
    body = b"".join(
        struct.pack("<IIII", int(at), round(at % 1 * 1e6), len(frame), len(frame)) + frame
        for at, frame in packets
    )
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + body)
    return path


def test_both_directions_are_one_flow(tmp_path: Path) -> None:
    frames = [(1.0, tcp(A, 1000, B, 22, SYN)), (1.5, tcp(B, 22, A, 1000, SYN | ACK))]
    (flow,) = flows(written(tmp_path / "a.pcap", *frames))
    assert (flow.src_ip, flow.src_port, flow.dst_ip, flow.dst_port) == (
        *("10.20.1.2", 1000),
        *("10.20.2.3", 22),
    )
    assert (flow.packets, flow.ip_bytes, flow.first, flow.last) == (2, 80, 1.0, 1.5)


def test_a_tuple_used_again_after_its_end_is_a_new_flow(tmp_path: Path) -> None:
    opened, closed = tcp(A, 1000, B, 22, SYN), tcp(A, 1000, B, 22, FIN | ACK)
    path = written(tmp_path / "a.pcap", (1, opened), (2, opened), (3, closed), (4, opened))
    assert [flow.packets for flow in flows(path)] == [3, 1]


def test_udp_after_a_silent_minute_is_a_new_flow(tmp_path: Path) -> None:
    asked = udp(A, 5000, B, 123)
    path = written(tmp_path / "a.pcap", (1, asked), (61, asked), (122, asked))
    assert [flow.packets for flow in flows(path)] == [2, 1]


def test_an_echo_and_its_reply_belong_together_an_error_does_not(tmp_path: Path) -> None:
    echo, reply, error = (ip(A, B, 1, b"\x08\0"), ip(B, A, 1, b"\0\0"), ip(B, A, 1, b"\3\1"))
    path = written(tmp_path / "a.pcap", (1, echo), (2, reply), (3, error))
    assert [(f.src_port, f.dst_port, f.packets) for f in flows(path)] == [(8, 0, 2), (3, 1, 1)]


def test_the_question_is_kept_in_lower_case(tmp_path: Path) -> None:
    message = b"\0" * 12 + b"\3WWW\7example\0\0\1\0\1"
    (flow,) = flows(written(tmp_path / "a.pcap", (1, udp(A, 999, B, 53, message))))
    assert flow.queries == {"www.example"}


def test_bytes_that_are_no_name_do_no_harm() -> None:
    assert query_name(b"") == ""
    assert query_name(b"\0" * 12 + b"\x3fab") == "ab"
    assert query_name(b"\0" * 12 + b"\2\xff\xfe\xc0\x0c") == "\\xff\\xfe"


def test_what_is_written_as_pcapng_is_read_back(tmp_path: Path) -> None:
    classic = written(tmp_path / "a.pcap", (1.25, udp(A, 9, B, 9)), (2.5, udp(A, 9, B, 9, b"odd")))
    packed = tmp_path / "a.pcapng"
    packed.write_bytes(pcapng(frames(classic), 65535, "span0", 2, 0))
    assert list(frames(packed)) == list(frames(classic))
