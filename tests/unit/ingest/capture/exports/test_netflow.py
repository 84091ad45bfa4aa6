"""NetFlow 5, 7 and 9: records become rows that name their exporter."""

from __future__ import annotations

import random
import struct
from datetime import datetime, timedelta

import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.ingest.capture.exports.exporters import Sequence
from netcordon.model.parser import Share
from tests.unit.ingest.capture import packets
from tests.unit.ingest.capture.application.talk import Sink
from tests.unit.ingest.capture.exports.datagrams import (
    CLIENT,
    FIELDS,
    SERVER,
    UPTIME_MS,
    frames,
    one_set,
    options9,
    read,
    record,
    record5,
    template,
    v5,
    v9,
)
from tests.unit.ingest.capture.packets import START_S, A

BACK = (SERVER, CLIENT, (443, 40000))


def at(us: int) -> datetime:
    """A time near that of sending, microseconds."""
    return datetime(1970, 1, 1) + timedelta(seconds=START_S, microseconds=us)


def test_version_5_reports_a_flow_beside_that_of_its_own_datagrams() -> None:
    found = read(v5(record5()))
    (row,) = found.rows
    (carrier,) = found.others
    assert (carrier["service"], carrier["dst_port"], carrier["packets_out"]) == ("netflow", 2055, 1)
    assert row["exporter"] == A
    ends = [row[k] for k in ("src_ip", "src_port", "dst_ip", "dst_port", "protocol")]
    assert ends == [CLIENT, 40000, SERVER, 443, "tcp"]
    assert (row["start_time"], row["end_time"]) == (at(-4_750_000), at(-750_000))
    assert (row["packets_out"], row["ip_bytes_out"], row["tcp_flags_out"]) == (10, 2000, 0x1B)
    assert row["payload_bytes_out"] == 2000 - 10 * 52 - 8
    assert row["packets_in"] is row["ttl_min_out"] is row["last_frame"] is None
    assert (row["first_frame"], row["flow_records"], row["sampling_interval"]) == (1, 1, None)


def test_both_directions_and_all_pieces_are_one_flow_of_who_began_it() -> None:
    pieces = [
        record5(*BACK, packets=8, octets=9000, first=UPTIME_MS - 200_000, last=UPTIME_MS - 140_000),
        record5(first=UPTIME_MS - 200_010, last=UPTIME_MS - 140_000, flags=0x1A),
        record5(first=UPTIME_MS - 139_000, last=UPTIME_MS - 80_000, flags=0x18),
        record5(*BACK, first=UPTIME_MS - 139_000, last=UPTIME_MS - 80_000, flags=0x11),
    ]
    (row,) = read(v5(*pieces)).rows
    assert (row["src_ip"], row["dst_port"], row["flow_records"]) == (CLIENT, 443, 4)
    assert (row["packets_out"], row["packets_in"]) == (20, 18)
    assert (row["ip_bytes_out"], row["ip_bytes_in"]) == (4000, 11000)
    assert row["conn_state"] == "S1"
    assert row["duration_s"] == pytest.approx(120.01)


def test_a_port_that_is_used_again_and_a_long_silence_make_two_flows() -> None:
    again = [
        record5(first=UPTIME_MS - 50_000, last=UPTIME_MS - 40_000),
        record5(first=UPTIME_MS - 30_000, last=UPTIME_MS - 20_000),
    ]
    assert len(read(v5(*again)).rows) == 2
    silent = [
        record5(protocol=17, flags=0, first=UPTIME_MS - 150_000, last=UPTIME_MS - 140_000),
        record5(protocol=17, flags=0, first=UPTIME_MS - 70_000, last=UPTIME_MS - 60_000),
    ]
    assert len(read(v5(*silent)).rows) == 2


@pytest.mark.parametrize(
    ("records", "ends", "state"),
    [
        ([record5(flags=2, packets=1, octets=60)], (CLIENT, SERVER), "S0"),
        ([record5(flags=2, packets=1), record5(*BACK, flags=0x14, packets=1)],
         (CLIENT, SERVER), "REJ"),
        ([record5(*BACK, flags=0x14, packets=1, octets=40)], (CLIENT, SERVER), None),
        ([record5(*BACK, protocol=17, flags=0)], (CLIENT, SERVER), None),
        ([record5(ports=(0, 0x0800), protocol=1, flags=0),
          record5(SERVER, CLIENT, (0, 0), protocol=1, flags=0)], (CLIENT, SERVER), "SF"),
        ([record5(SERVER, CLIENT, (0, 0), protocol=1, flags=0)], (CLIENT, SERVER), None),
    ],
    ids=["unanswered", "refused", "reset alone", "answer alone", "ping", "pong alone"],
)  # fmt: skip
def test_who_began_and_how_it_went(
    records: list[bytes], ends: tuple[str, str], state: str | None
) -> None:
    (row,) = read(v5(*records)).rows
    assert (row["src_ip"], row["dst_ip"]) == ends
    assert row["conn_state"] == state


def test_a_ping_shows_type_and_code() -> None:
    (row,) = read(v5(record5(ports=(0, 0x0803), protocol=1, flags=0))).rows
    assert (row["src_port"], row["dst_port"], row["protocol"]) == (8, 3, "icmp")


def test_version_9_reads_its_records_by_their_template() -> None:
    both = v9(template(300), one_set(300, record() + record(*BACK)))
    (row,) = read(both).rows
    assert (row["packets_out"], row["packets_in"], row["flow_records"]) == (10, 10, 2)
    assert row["start_time"] == at(-5_000_000)


def test_records_wait_for_their_template() -> None:
    found = read(
        v9(one_set(300, record(packets=3))), v9(template(300), sequence=1),
        v9(one_set(301, record()), sequence=2),
    )  # fmt: skip
    (row,) = found.rows
    assert (row["packets_out"], row["first_frame"]) == (3, 1)
    assert found.codes == {"NC-221": 1}
    assert found.health("export_sets_without_template") == {A: 1}


def test_a_template_may_change_its_meaning() -> None:
    turned = ((12, 4), (8, 4), *FIELDS[2:])
    found = read(
        v9(template(300), one_set(300, record(ports=(1111, 443)))),
        v9(template(300, turned), one_set(300, record(ports=(2222, 443))), sequence=1),
    )  # fmt: skip
    assert {(r["src_port"], r["src_ip"]) for r in found.rows} == {(1111, CLIENT), (2222, SERVER)}
    assert found.facts["netflow_templates_redefined"] == 1


def test_domains_and_exporters_have_templates_of_their_own() -> None:
    found = read(
        v9(template(300), domain=1),
        v9(one_set(300, record(packets=1)), domain=1, sequence=1),
        v9(one_set(300, record(packets=2)), domain=2),
        ("10.9.9.9", v9(one_set(300, record(packets=3)), domain=1)),
    )
    assert [(r["packets_out"], r["exporter"]) for r in found.rows] == [(1, f"{A}#1")]
    assert found.codes == {"NC-221": 2}


def test_sampling_is_carried_and_silence_means_nothing_then() -> None:
    (row,) = read(v5(record5(flags=2), sampling=100)).rows
    assert (row["sampling_interval"], row["packets_out"], row["packets_in"]) == (100, 10, None)
    options = options9(260, ((48, 1), (49, 1), (50, 4), (36, 2), (37, 2)))
    said = one_set(260, struct.pack(">IBBIHH", 7, 4, 2, 512, 60, 15))
    sampled = ((48, 1), *FIELDS)
    found = read(
        v9(template(300, sampled), one_set(300, b"\4" + record() + b"\5" + record("10.1.0.6"))),
        v9(options, said, sequence=1),
    )
    rates = {row["src_ip"]: row["sampling_interval"] for row in found.rows}
    assert rates == {CLIENT: 512, "10.1.0.6": None}
    assert (found.health("active_timeout"), found.health("idle_timeout")) == ({A: 60}, {A: 15})
    assert found.facts["largest_netflow_sampling"] == 512


def test_the_clock_of_a_device_wraps_after_50_days() -> None:
    (row,) = read(v5(record5(first=(1 << 32) - 3000, last=2000), uptime=5000)).rows
    assert row["start_time"] == at(250_000 - 8_000_000)
    assert row["duration_s"] == 5.0


def test_lost_datagrams_are_counted_and_late_ones_are_not_lost() -> None:
    sequence = Sequence()
    for number in (0, 1, 4, 3, 5, 6):
        sequence.take(number, 1)
    assert (sequence.lost, sequence.restarts) == (1, 0)
    sequence.take(3_000_000_000, 1)
    sequence.take(3_000_000_001, 1)
    assert (sequence.lost, sequence.restarts) == (1, 1)
    found = read(v5(record5(), sequence=0), v5(record5("10.1.0.6"), sequence=31))
    assert found.facts["netflow_lost_records"] == 30
    wrapped = Sequence()
    for number in ((1 << 32) - 1, 0, 2):
        wrapped.take(number, 1)
    assert wrapped.lost == 1


def test_firewall_events_say_who_began_and_what_was_denied() -> None:
    events = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (233, 1), (231, 4), (232, 4), (323, 8))
    head = CLIENT, SERVER

    def event(kind: int, port: int, sent: int = 0, received: int = 0) -> bytes:
        ends = b"".join(bytes(map(int, one.split("."))) for one in head)
        now = (START_S - 2) * 1000
        return ends + struct.pack(">HHBBIIQ", port, 25, 6, kind, sent, received, now)

    done = event(1, 5000) + event(2, 5000, 700, 900) + event(3, 5001)
    found = read(v9(template(263, events), one_set(263, done)))
    rows = {row["src_port"]: row for row in found.rows}
    assert (rows[5000]["ip_bytes_out"], rows[5000]["ip_bytes_in"]) == (700, 900)
    assert rows[5000]["flow_records"] == 2
    assert (rows[5001]["conn_state"], rows[5001]["packets_in"]) == ("S0", 0)


def test_what_enters_and_leaves_a_device_is_the_same_packets() -> None:
    metered = ((61, 1), *FIELDS)
    found = read(v9(template(300, metered), one_set(300, b"\0" + record() + b"\1" + record())))
    (row,) = found.rows
    assert (row["packets_out"], row["flow_records"]) == (10, 2)


def test_version_7_and_zeros_behind_the_sets() -> None:
    seven = v5(record5() + bytes(4))
    (row,) = read(b"\0\7" + seven[2:]).rows
    assert row["packets_out"] == 10
    padded = v9(template(300), one_set(300, record())) + bytes(80)
    found = read(padded)
    assert len(found.rows) == 1
    assert found.codes == {}


def test_cut_and_bent_datagrams_are_harmless() -> None:
    chance = random.Random(5)
    sound = [
        v5(record5(), record5(*BACK)),
        v9(template(300), one_set(300, record())),
        v9(options9(260, ((34, 4),)), one_set(260, bytes(8)), template(301, ((8, 65535), *FIELDS))),
    ]
    bent = []
    for number in range(1500):
        octets = bytearray(sound[number % 3])
        for _ in range(chance.randrange(1, 4)):
            octets[chance.randrange(2, len(octets))] = chance.choice((0, 1, 4, 255))
        bent.append(bytes(octets[: chance.randrange(20, len(octets) + 1)]))
    found = read(*sound, *bent)
    records = int(str(found.facts["netflow_records"]))
    assert sum(int(str(row["flow_records"])) for row in found.rows) == records > 100
    assert all(1 <= int(str(row["first_frame"])) <= 1503 for row in found.rows)


def test_rows_do_not_depend_on_the_number_of_processes() -> None:
    made = []
    for number in range(6):
        datagram = v9(template(300), one_set(300, record() + record(*BACK)))
        made += frames(datagram, sender=f"10.9.0.{number}")
    capture = packets.pcap(made)
    whole: list[str] = []
    parts: list[str] = []
    for found, shares in ((whole, [Share()]), (parts, [Share(index=i, count=3) for i in range(3)])):
        for share in shares:
            sink = Sink()
            decode(packets.Bytes(capture), sink, lambda _: None, ApplicationLayer(), share=share)
            rows = sink.rows.get("network_activity", [])
            found += [repr(row) for row in rows if row["exporter"] is not None]
    assert sorted(parts) == sorted(whole)
    assert len(whole) == 6
