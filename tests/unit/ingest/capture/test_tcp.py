from __future__ import annotations

import pytest

from netcordon.ingest.capture.decode import CHUNK_PACKETS
from netcordon.ingest.capture.events import FLOW_END, RESP, TCP_DATA

from .packets import ACK, FIN, RST, SYN, A, B, Listener, flow, pcap, run, talk

HELLO = [(">", SYN, 100, 0, b""), ("<", SYN | ACK, 500, 101, b""), (">", ACK, 101, 501, b"")]
ASK = (">", ACK, 101, 501, b"question")
TELL = ("<", ACK, 501, 109, b"answer")
BYE = [
    (">", FIN | ACK, 109, 507, b""),
    ("<", FIN | ACK, 507, 110, b""),
    (">", ACK, 110, 508, b""),
]


@pytest.mark.parametrize(
    ("steps", "state", "history"),
    [
        ([*HELLO, ASK, TELL, *BYE], "SF", "ShADdFf"),
        (HELLO[:1], "S0", "S"),
        (HELLO[:1] * 3, "S0", "S"),
        ([HELLO[0], ("<", RST | ACK, 0, 101, b"")], "REJ", "Sr"),
        ([HELLO[0], (">", RST, 101, 0, b"")], "RSTOS0", "SR"),
        (HELLO[:2], "S1", "Sh"),
        ([*HELLO, ASK, TELL], "S1", "ShADd"),
        ([*HELLO, (">", FIN | ACK, 101, 501, b"")], "S2", "ShAF"),
        ([*HELLO, ("<", FIN | ACK, 501, 101, b"")], "S3", "ShAf"),
        ([*HELLO, ASK, (">", RST, 109, 0, b"")], "RSTO", "ShADR"),
        ([*HELLO, ASK, ("<", RST, 501, 0, b"")], "RSTR", "ShADr"),
        ([HELLO[0], (">", FIN, 101, 0, b"")], "SH", "SF"),
        ([HELLO[1], ("<", FIN | ACK, 501, 101, b"")], "SHR", "^hf"),
        ([HELLO[1], ("<", RST, 501, 0, b"")], "RSTRH", "^hr"),
        ([ASK, TELL], "OTH", "Dd"),
        ([TELL, ASK], "OTH", "^dD"),
        ([HELLO[1], HELLO[0], HELLO[2]], "S1", "^hSA"),
    ],
)
def test_states_and_history(
    steps: list[tuple[str, int, int, int, bytes]], state: str, history: str
) -> None:
    row = flow(talk(steps))
    assert (row["conn_state"], row["history"]) == (state, history)
    assert (row["src_ip"], row["dst_ip"], row["dst_port"]) == (A, B, 80)


def test_a_new_syn_after_an_attempt_begins_another_flow() -> None:
    again = (">", SYN, 9000, 0, b"")
    assert len(run(pcap(talk([HELLO[0], again]))).rows) == 2


def test_a_reused_port_begins_another_flow() -> None:
    second = [(w, f, s + 7000, a + 7000 if a else 0, p) for w, f, s, a, p in [*HELLO, ASK]]
    rows = run(pcap(talk([*HELLO, ASK, TELL, *BYE, *second]))).rows
    assert sorted(row["history"] for row in rows) == ["ShAD", "ShADdFf"]


def test_leftovers_do_not_swallow_a_connection() -> None:
    rows = run(pcap(talk([(">", FIN | ACK, 99, 9, b""), *HELLO]))).rows
    assert sorted(row["history"] for row in rows) == ["F", "ShA"]


def test_silence_ends_a_flow() -> None:
    frames = talk([*HELLO, ASK])
    rows = run(pcap(frames, times_us=[0, 1, 2, 301_000_000])).rows
    assert [row["packets_out"] for row in rows] == [2, 1]


def test_a_clock_that_goes_back_does_not() -> None:
    row = flow(talk([*HELLO, ASK]), times_us=[10_000_000, 10_000_001, 0, 1])
    assert row["packets_out"] == 3
    assert row["duration_s"] == pytest.approx(0.000001)


def segments(*parts: tuple[int, bytes]) -> list[bytes]:
    return talk([*HELLO, *((">", ACK, 101 + at, 501, data) for at, data in parts)])


@pytest.mark.parametrize(
    ("parts", "missed", "history"),
    [
        ([(0, b"abcd"), (4, b"efgh")], 0, "ShAD"),
        ([(0, b"abcd"), (8, b"ijkl")], 4, "ShADG"),
        ([(0, b"abcd"), (8, b"ijkl"), (4, b"efgh")], 0, "ShAD"),
        ([(0, b"abcd"), (8, b"ijkl"), (4, b"ef")], 2, "ShADG"),
        ([(0, b"abcd"), (0, b"abcd")], 0, "ShADT"),
        ([(0, b"abcd"), (2, b"cdef")], 0, "ShAD"),
        ([(n * 10, b"abcde") for n in range(8)], 35, "ShADG"),
        ([(0, b"a"), (1 << 31, b"b")], 0, "ShAD"),
    ],
)
def test_holes_and_retransmissions(
    parts: list[tuple[int, bytes]], missed: int, history: str
) -> None:
    row = flow(segments(*parts))
    assert (row["missed_bytes_out"], row["history"]) == (missed, history)


def test_bytes_that_were_acknowledged_but_not_seen_are_missing() -> None:
    row = flow(talk([*HELLO, ASK, ("<", ACK, 501, 1109, b"")]))
    assert row["missed_bytes_out"] == 999  # one octet may be a FIN


def test_repeated_zero_windows_are_counted_in_powers_of_ten() -> None:
    steps = [("<", ACK, 501, 101, b"")] * 12
    frames = talk([*HELLO, *steps])
    closed = [f[:48] + b"\0\0" + f[50:] if i > 2 else f for i, f in enumerate(frames)]
    assert flow(closed)["history"] == "ShAaww"


def test_sequence_numbers_wrap() -> None:
    begin = 0xFFFFFFF0
    steps = [(">", SYN, begin, 0, b"")]
    steps += [(">", ACK, begin + 1 + 10 * n, 1, b"0123456789") for n in range(5)]
    listener = Listener()
    row = run(pcap(talk(steps)), application=listener).rows[0]
    assert row["missed_bytes_out"] == 0
    data = [e for e in listener.events if e["kind"] == TCP_DATA]
    assert [int(e["position"]) for e in data] == [0, 10, 20, 30, 40]


def test_events_carry_payload_direction_and_the_end() -> None:
    listener = Listener()
    run(pcap(talk([*HELLO, ASK, TELL, *BYE])), application=listener)
    kinds = [int(e["kind"]) for e in listener.events]
    assert kinds == [TCP_DATA, TCP_DATA, FLOW_END]
    assert listener.payloads[:2] == [b"question", b"answer"]
    end = listener.events[2]
    assert (end["position"], end["offset"], end["length"]) == (8, 6, 0)
    answer = listener.events[1]
    assert (answer["direction"], answer["src_port"], answer["frame"]) == (RESP, 40000, 5)


@pytest.mark.parametrize(
    ("steps", "ended"),
    [
        ([*HELLO, ASK, TELL, *BYE], 3),
        ([*HELLO, ASK, TELL, *BYE[:1]], 1),
        ([*HELLO, ASK, TELL], 0),
        ([*HELLO, ASK, TELL, ("<", RST, 507, 0, b"")], 0),
        ([*HELLO, ASK, ("<", FIN | ACK, 507, 109, b""), (">", ACK, 109, 508, b"")], 0),
    ],
)
def test_the_end_says_whose_stream_was_captured_to_its_fin(
    steps: list[tuple[str, int, int, int, bytes]], ended: int
) -> None:
    listener = Listener()
    run(pcap(talk(steps)), application=listener)
    assert int(listener.events[-1]["direction"]) == ended


def test_feedback_names_the_service_and_turns_the_flow_round() -> None:
    listener = Listener({"service": 5, "flip": 1, "want": 0})
    row = run(pcap(talk([*HELLO, ASK, TELL])), application=listener).rows[0]
    assert row["service"] == "http"
    assert (row["src_ip"], row["dst_ip"], row["dst_port"]) == (B, A, 40000)
    assert (row["payload_bytes_out"], row["payload_bytes_in"]) == (6, 8)
    assert row["history"] == "^sHadD"


def test_feedback_reaches_flows_that_closed_in_the_same_chunk() -> None:
    frames = talk([*HELLO, ASK, TELL, *BYE]) + talk([*HELLO, ASK], sport=40001)
    times = [*range(8), *range(400_000_000, 400_000_004)]
    rows = run(pcap(frames, times_us=times), application=Listener({"service": 5})).rows
    assert [row["service"] for row in rows] == ["http", "http"]


def test_an_unidentified_stream_is_dropped_after_the_limit() -> None:
    parts = [(n * 1000, b"x" * 1000) for n in range(9000)]
    listener = Listener()
    run(pcap(segments(*parts)), application=listener)
    assert 66 <= len(listener.events) < 4200


def test_wishes_are_kept() -> None:
    count = CHUNK_PACKETS + 1000
    parts = [(n * 10, b"0123456789") for n in range(count)]
    silent = Listener({"want": 0, "service": 5})
    run(pcap(segments(*parts)), application=silent)
    skipping = Listener({"want": 1, "service": 5, "skip_orig": 10 * count - 15})
    run(pcap(segments(*parts)), application=skipping)
    assert len(silent.events) < CHUNK_PACKETS + 100
    expected = [10 * count - 20, 10 * count - 10]
    assert [int(e["position"]) for e in skipping.events[-3:-1]] == expected


def test_options_of_the_syn_are_told_in_order() -> None:
    from .packets import eth, ipv4, tcp

    options = bytes.fromhex("020405b4 0402 080a 0000000100000000 01 030307")
    row = flow([eth(ipv4(tcp(40000, 80, SYN, 1, options=options), 6))])
    assert row["tcp_options_out"] == "mss=1460,sok,ts,nop,ws=7"
    assert row["tcp_options_in"] is None


@pytest.mark.parametrize(
    ("numbers", "pattern"),
    [
        ([0] * 5, "zero"),
        ([7] * 5, "constant"),
        ([65534, 65535, 1, 2, 9], "incremental"),
        ([5, 60000, 333, 21000, 48000], "random"),
        ([1, 2, 3], None),
    ],
)
def test_identification_patterns(numbers: list[int], pattern: str | None) -> None:
    from .packets import eth, ipv4, udp

    frames = [eth(ipv4(udp(50000, 2000), 17, number=n)) for n in numbers]
    assert flow(frames)["ip_id_pattern_out"] == pattern
