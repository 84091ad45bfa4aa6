from __future__ import annotations

from .packets import ACK, SYN, A, B, checksum, eth, ipv4, pcap, run, talk, tcp, udp


def facts(frames: list[bytes], times_us: list[int] | None = None) -> dict[str, object]:
    return dict(run(pcap(frames, times_us=times_us)).result.facts)


def numbered(n: int, number: int, payload: bytes = b"data", ttl: int = 64) -> bytes:
    return eth(ipv4(tcp(50000, 80, ACK, n, 1, payload), 6, number=number, ttl=ttl))


def test_mirrored_frames_are_duplicates_whatever_their_ttl() -> None:
    frames = [numbered(1, 7), numbered(1, 7, ttl=63), numbered(5, 8), numbered(5, 8, ttl=63)]
    assert facts(frames, [0, 100, 2000, 2100])["duplicates"] == 2


def test_retransmissions_are_not() -> None:
    again = [numbered(1, 7), numbered(1, 8)]
    late = [numbered(1, 7), numbered(1, 7)]
    pure_acks = [numbered(1, 0, b""), numbered(1, 0, b"")]
    assert facts(again)["duplicates"] == 0
    assert facts(late, [0, 300_000])["duplicates"] == 0
    assert facts(pure_acks)["duplicates"] == 0


def test_offload_shows_in_segment_sizes() -> None:
    frames = [numbered(1, 1, b"x" * 1460), numbered(2, 2, b"x" * 3000)]
    assert facts(frames)["tcp_over_mtu"] == 1


def test_header_checksums() -> None:
    good = ipv4(udp(50000, 80, b"x"), 17)
    zero, bad = good[:10] + b"\0\0" + good[12:], good[:10] + b"\x12\x34" + good[12:]
    found = facts([eth(good), eth(zero), eth(bad)])
    assert (found["ip_checksum_zero"], found["ip_checksum_bad"]) == (1, 1)


def test_tcp_checksums_are_sampled() -> None:
    segment = tcp(50000, 80, ACK, 1, 1, b"odd")
    pseudo = bytes([10, 0, 0, 1, 192, 0, 2, 7, 0, 6, 0, len(segment)])
    total = checksum(pseudo + segment)
    whole = segment[:16] + total.to_bytes(2, "big") + segment[18:]
    found = facts([eth(ipv4(whole, 6))] * 64 + [eth(ipv4(segment, 6))] * 64)
    assert (found["tcp_checksum_checked"], found["tcp_checksum_bad"]) == (2, 1)


def test_no_checksum_is_taken_of_a_header_that_is_cut_off() -> None:
    frame = eth(ipv4(tcp(50000, 80, SYN, 1, options=bytes(12)), 6))
    read = run(pcap([frame[:-5]] * 64, wire=[len(frame)] * 64)).result.facts
    assert (read["truncated_frames"], read["tcp_checksum_checked"]) == (64, 0)


def test_clock_jumps() -> None:
    frames = [eth(ipv4(udp(50000, 80), 17))] * 4
    found = facts(frames, [10_000_000, 5_000_000, 3_700_000_000, 3_700_000_001])
    assert (found["clock_back"], found["first_clock_back_frame"]) == (1, 2)
    assert found["largest_back_ns"] == 5 * 10**9
    assert (found["clock_ahead"], found["first_clock_ahead_frame"]) == (1, 3)


def test_sides_and_beginnings_of_connections() -> None:
    whole = talk([(">", SYN, 1, 0, b""), ("<", SYN | ACK, 9, 2, b""), (">", ACK, 2, 10, b"x")])
    one_sided = talk([(">", ACK, 1, 1, b"ab"), (">", ACK, 3, 1, b"cd")], sport=40001)
    attempt = talk([(">", SYN, 1, 0, b"")] * 3, sport=40002)
    found = facts(whole + one_sided + attempt)
    assert (found["tcp_flows"], found["tcp_one_sided"], found["tcp_midstream"]) == (2, 1, 1)


def test_frames_cut_short_are_counted() -> None:
    frame = eth(ipv4(udp(50000, 80, b"x" * 100), 17, A, B))
    cut = [frame, frame[:60], frame[:60]]
    result = run(pcap(cut, wire=[len(frame)] * 3, snaplen=60)).result
    assert result.facts["truncated_frames"] == 2
    assert result.facts["snaplen"] == 60
