"""IPFIX: lengths that vary, elements of enterprises, both directions in one record."""

from __future__ import annotations

import struct

from tests.unit.ingest.capture.exports.datagrams import (
    CLIENT,
    FIELDS,
    SERVER,
    address,
    ipfix,
    one_set,
    options10,
    read,
    record,
    template,
)
from tests.unit.ingest.capture.exports.test_netflow import at
from tests.unit.ingest.capture.packets import START_S

REVERSE = 29305
ENDS = FIELDS[:5]
MS = (START_S - 10) * 1000


def ends(port: int = 40000, protocol: int = 6) -> bytes:
    """Addresses, ports and protocol."""
    return address(CLIENT) + address(SERVER) + struct.pack(">HHB", port, 443, protocol)


def test_a_biflow_has_both_directions_and_says_who_began() -> None:
    of = (
        *ENDS, (2, 8), (1, 8), (2, 8, REVERSE), (1, 8, REVERSE), (6, 2), (6, 2, REVERSE),
        (152, 8), (153, 8), (152, 8, REVERSE), (239, 1),
    )  # fmt: skip
    counted = struct.pack(">QQQQHH", 5, 500, 4, 4000, 0x1B, 0x1B)

    def times(began: int) -> bytes:
        return struct.pack(">QQQB", MS, MS + 2500, MS + 40, began)

    data = ends() + counted + times(1) + ends(40001) + counted + times(2)
    rows = read(ipfix(template(256, of, 2), one_set(256, data)), port=4739).rows
    assert [row["src_ip"] for row in rows] == [CLIENT, SERVER]
    first, turned = rows
    assert (first["packets_out"], first["packets_in"], first["ip_bytes_in"]) == (5, 4, 4000)
    assert (first["conn_state"], first["flow_records"]) == ("SF", 1)
    assert (first["start_time"], first["end_time"]) == (at(-10_000_000), at(-7_500_000))
    assert (turned["dst_port"], turned["packets_out"], turned["ip_bytes_out"]) == (40001, 4, 4000)


def test_fields_of_varying_length_and_of_enterprises_are_passed_over() -> None:
    of = (*ENDS, (96, 65535), (1, 8), (33, 65535, 6871), (2, 4))
    short = ends() + b"\3ssl" + struct.pack(">Q", 700) + b"\xff\1\x2c" + bytes(300)
    data = short + struct.pack(">I", 7) + ends(40001) + b"\0" + struct.pack(">QBI", 800, 0, 8)
    rows = read(ipfix(template(256, of, 2), one_set(256, data))).rows
    assert [(r["src_port"], r["ip_bytes_out"], r["packets_out"]) for r in rows] == [
        (40000, 700, 7), (40001, 800, 8),
    ]  # fmt: skip


def test_every_way_to_write_a_time() -> None:
    ntp = (START_S + 2_208_988_800 - 10) << 32 | 1 << 31
    ways = {
        256: ((150, 4), (151, 4), struct.pack(">II", START_S - 10, START_S - 8)),
        257: ((152, 8), (153, 8), struct.pack(">QQ", MS + 500, MS + 2500)),
        258: ((154, 8), (155, 8), struct.pack(">QQ", ntp, ntp + (2 << 32))),
        259: ((156, 8), (157, 8), struct.pack(">QQ", ntp, ntp + (2 << 32))),
        260: ((158, 4), (159, 4), struct.pack(">II", 9_500_000, 7_500_000)),
        261: ((152, 8), (161, 4), struct.pack(">QI", MS + 500, 2000)),
        262: ((323, 8), (162, 4), struct.pack(">QI", MS + 2500, 2_000_000)),
    }
    sets, places = b"", {}
    for number, (first, second, data) in ways.items():
        port = 41000 + number
        places[port] = number
        sets += template(number, (*ENDS, first, second), 2) + one_set(number, ends(port) + data)
    rows = {places[int(str(r["src_port"]))]: r for r in read(ipfix(sets)).rows}
    for number, row in rows.items():
        begin = -10_000_000 if number == 256 else -9_500_000
        assert (row["start_time"], row["duration_s"]) == (at(begin), 2.0), number
    assert len(rows) == len(ways)


def test_milliseconds_since_a_start_that_options_tell() -> None:
    of = (*ENDS, (22, 4), (21, 4))
    boot = one_set(257, struct.pack(">IQ", 0, (START_S - 100) * 1000))
    data = one_set(256, ends() + struct.pack(">II", 90_000, 95_000))
    sets = (options10(257, ((149, 4), (160, 8))), boot, template(256, of, 2), data)
    (row,) = read(ipfix(*sets)).rows
    assert (row["start_time"], row["duration_s"]) == (at(-10_000_000), 5.0)
    (unknown,) = read(ipfix(template(256, of, 2), data)).rows
    assert (unknown["end_time"], unknown["duration_s"]) == (at(0), 5.0)


def test_a_template_that_was_taken_back_reads_nothing_any_more() -> None:
    withdrawn = one_set(2, struct.pack(">HH", 256, 0))
    all_of_them = one_set(2, struct.pack(">HH", 2, 0))
    for back in (withdrawn, all_of_them):
        found = read(
            ipfix(template(256, FIELDS, 2), one_set(256, record())), ipfix(back, sequence=1),
            ipfix(one_set(256, record("10.1.0.6")), sequence=1),
        )  # fmt: skip
        assert [row["src_ip"] for row in found.rows] == [CLIENT]
        assert found.codes == {"NC-221": 1}
        assert found.facts["ipfix_templates_withdrawn"] == 1


def test_the_sequence_counts_records_of_each_domain() -> None:
    two = one_set(256, record() + record("10.1.0.6"))
    found = read(
        ipfix(template(256, FIELDS, 2), two), ipfix(two, sequence=2), ipfix(two, sequence=9),
        ipfix(template(256, FIELDS, 2), two, sequence=500, domain=7),
    )  # fmt: skip
    assert found.health("export_lost_records") == {"10.0.0.1": 5, "10.0.0.1#7": 0}


def test_sampling_as_space_and_as_population() -> None:
    of = ((302, 4), (305, 4), (306, 4))
    spaced = one_set(257, struct.pack(">III", 1, 1, 99))
    group = one_set(258, struct.pack(">III", 2, 1, 64))
    sampled = template(256, ((302, 4), *FIELDS), 2)
    data = b"".join(struct.pack(">I", number) + record(f"10.1.0.{number}") for number in (1, 2))
    sets = (
        options10(257, of), spaced, options10(258, ((302, 4), (309, 4), (310, 4))), group, sampled,
        one_set(256, data),
    )  # fmt: skip
    rates = {r["src_ip"]: r["sampling_interval"] for r in read(ipfix(*sets)).rows}
    assert rates == {"10.1.0.1": 100, "10.1.0.2": 64}


def test_both_families_in_one_template_and_addresses_without_ports() -> None:
    of = ((27, 16), (28, 16), (8, 4), (12, 4), (4, 1), (2, 4))
    none, six = bytes(16), address("2001:db8::1") + address("2001:db8::2")
    data = none + none + address(CLIENT) + address(SERVER) + b"\x2f\0\0\0\1"
    data += six + bytes(8) + b"\x32\0\0\0\2"
    rows = read(ipfix(template(256, of, 2), one_set(256, data))).rows
    found = {(r["src_ip"], r["dst_ip"], r["protocol"], r["src_port"]) for r in rows}
    assert found == {(CLIENT, SERVER, "gre", 0), ("2001:db8::1", "2001:db8::2", "esp", 0)}


def test_templates_that_could_hang_or_overflow_a_reader_are_refused() -> None:
    empty = one_set(2, struct.pack(">HHHH", 256, 1, 8, 0))
    tiny = template(257, ((8, 1), (12, 1)), 2)
    endless = one_set(2, struct.pack(">HH", 258, 60000))
    found = read(ipfix(empty, tiny, endless, one_set(256, bytes(64)), one_set(257, bytes(64))))
    assert found.rows == []
